"""What came of signing in with the company's account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The provider knows who it is, and so do we."""

    staff_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It came to nothing."""

    code: str
