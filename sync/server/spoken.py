"""Answers in the version of the protocol that a device speaks, where an older one has another form of them."""

import json
from typing import Any

from sync.protocol import CustomerRange, Page

_ROW_OF_1 = 4
"""kind, id, customer_id, data: rows had no tag."""

_SINCE_2 = {"digests", "key_version", "lease_seconds"}


def as_spoken(answer: Page | CustomerRange, protocol: int) -> bytes:
    """Return an answer as JSON."""
    if protocol >= 2:
        return answer.model_dump_json().encode()
    plain: dict[str, Any] = answer.model_dump(mode="json", exclude=_SINCE_2)
    plain["rows"] = [row[:_ROW_OF_1] for row in plain["rows"]]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
