"""A staff badge: a number that only its card shows, with which a person uncovers the screen they left a moment ago.

It holds 128 random bits, so a plain digest of it can be kept where tablets read it: nobody finds a number to a digest. It
signs nobody in, and nothing is done by it but resuming.
"""

import hashlib
from base64 import b32decode, b32encode
from binascii import Error

_MARK = "STAFF"
_BYTES = 16
LENGTH = len(_MARK) + 26
"""Letters and digits of a badge's code, as a scanner types them."""


def badge_code(number: bytes) -> str:
    """Return what a badge shows as a QR code or Code 128. `number` is 16 random bytes."""
    if len(number) != _BYTES:
        raise ValueError("A badge's number is 16 bytes.")
    return _MARK + b32encode(number).decode().rstrip("=")


def is_badge(text: str) -> bool:
    """Return whether a scanned text has the form of a badge."""
    if len(text) != LENGTH or not text.startswith(_MARK):
        return False
    try:
        return badge_code(b32decode(text[len(_MARK) :] + "======")) == text
    except Error:
        return False


def badge_digest(text: str) -> str:
    """Return what is kept of a badge: SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
