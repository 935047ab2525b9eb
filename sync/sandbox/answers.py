"""What a stand-in answers to one request, apart from how it travels."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    """In place of `body`, for what is no JSON."""
