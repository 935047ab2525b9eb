"""The membership code that a customer's app shows: signed by her key, good for a few seconds, checked without a network.

80 bytes: version 1 | retailer 2 | app id 9 | time step 4 | Ed25519 signature 64, all big-endian, written as 128
characters of base32 (RFC 4648, upper case, no padding): letters and digits only, because keyboard-wedge scanners on
hosts with a Japanese keyboard layout garble spaces and punctuation. The signature covers a prefix of this protocol's
own and the first 16 bytes, so that no other thing she signs can pass for a code.
"""

import base64
import binascii
import hashlib
import struct
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.errors import BadField, BadInput

STEP_SECONDS = 15
EARLY_SECONDS = 5
"""How far ahead of the shop's clock a phone's may be: the next step is good for this long before it starts."""
VERSION = 1
CODE_LENGTH = 128
SHORTEST_PIECE = 24
"""Characters of a code of which part was lost that are enough to know it by."""

_DOMAIN = b"clienteling-membership-v1\0"
_HEAD = struct.Struct(">BH9sI")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_LONGEST_INPUT = 1000


class CodeVerdict(StrEnum):
    VALID = "valid"
    OTHER_RETAILER = "other_retailer"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    UNKNOWN_APP = "unknown_app"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class MembershipCode:
    """A code that was read, not yet checked."""

    version: int
    retailer: int
    app_id: str
    """9 bytes in lower-case hex: the id of a MembershipKey record."""
    step: int
    """Unix seconds // 15 when the app made it."""
    signature: bytes
    text: str
    """The code as the app wrote it: 128 characters of base32."""
    digest: str
    """SHA-256 of the 80 bytes in hex, for remembering that the code was used without keeping it."""


def step_at(at: datetime) -> int:
    """Return the time step of a moment."""
    return (at - _EPOCH) // timedelta(seconds=STEP_SECONDS)


def make_code(private_key: Ed25519PrivateKey, retailer: int, app_id: str, at: datetime) -> str:
    """Return the code (128 characters) that an app shows at `at`.

    Raises BadField for a retailer beyond 0..65535, an app id that is not 18 hex digits, or a moment out of range.
    """
    try:
        head = _HEAD.pack(VERSION, retailer, _app_bytes(app_id), step_at(at))
    except struct.error as error:
        raise BadField("A membership code cannot hold this retailer or moment.", field="retailer or at") from error
    return base64.b32encode(head + private_key.sign(_DOMAIN + head)).decode("ascii")


def _app_bytes(app_id: str) -> bytes:
    try:
        raw = bytes.fromhex(app_id)
    except ValueError:
        raw = b""
    if len(raw) != 9:
        raise BadField("An app id is 18 hex digits.", field="app_id")
    return raw


def _normalise(text: str) -> str:
    """Undo what scanners and input methods do to a code: full-width letters, lower case, white space and CR around it."""
    if len(text) > _LONGEST_INPUT:
        return ""
    text = unicodedata.normalize("NFKC", text).strip().strip("\x00\x07\x02\x03\ufeff").strip()
    # Only ASCII is folded: "ı".upper() is "I", and must not pass for it.
    return text.upper() if text.isascii() else ""


def looks_like_code(text: str) -> bool:
    """Return whether a scan or typed text is meant as a membership code, be it whole or damaged.

    True for 64 and more letters and digits without a space: nobody's name, number or telephone looks like that. Such a
    text belongs to `parse_code`, anything else to a search.
    """
    normal = _normalise(text)
    return len(normal) >= 64 and normal.isalnum()


def looks_like_piece(text: str) -> bool:
    """Return whether this may be what is left of a membership code, part of which was lost on its way.

    Only letters and digits that codes are made of, some of each, too long for a name or a number and too short for a code.
    """
    normal = _normalise(text)
    return (
        SHORTEST_PIECE <= len(normal) < CODE_LENGTH
        and _ALPHABET.issuperset(normal)
        and not (normal.isalpha() or normal.isdigit())
    )


def parse_code(text: str) -> MembershipCode:
    """Read a code, however the scanner wrote it. Raises BadInput with `reason="not_a_code"` for anything else."""
    normal = _normalise(text)
    if len(normal) != CODE_LENGTH or not _ALPHABET.issuperset(normal):
        raise BadInput("This is not a membership code.", reason="not_a_code")
    try:
        raw = base64.b32decode(normal)
    except binascii.Error as error:  # pragma: no cover - length and alphabet were checked
        raise BadInput("This is not a membership code.", reason="not_a_code") from error
    version, retailer, app, step = _HEAD.unpack_from(raw)
    if version != VERSION:
        raise BadInput("This is not a membership code of a known version.", reason="not_a_code", version=version)
    return MembershipCode(
        version=version,
        retailer=retailer,
        app_id=app.hex(),
        step=step,
        signature=raw[_HEAD.size :],
        text=normal,
        digest=hashlib.sha256(raw).hexdigest(),
    )


def check_code(code: MembershipCode, *, retailer: int, public_key: str | None, now: datetime) -> CodeVerdict:
    """Judge a code at `now` (server-corrected time) against the app's public key (32 bytes in hex; None: not known here).

    Good are the current and the previous step, and the next one in the 5 seconds before it starts. The signature is
    checked before the time, so that "out of date" is only ever said of a code that was genuine. Whether it was used
    before is for the caller to remember, by `digest`.
    """
    if code.retailer != retailer:
        return CodeVerdict.OTHER_RETAILER
    if public_key is None:
        return CodeVerdict.UNKNOWN_APP
    head = _HEAD.pack(code.version, code.retailer, _app_bytes(code.app_id), code.step)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(code.signature, _DOMAIN + head)
    except (InvalidSignature, ValueError):  # ValueError: the key on file is no key, so nothing can be signed by it
        return CodeVerdict.FORGED
    if code.step < step_at(now) - 1:
        return CodeVerdict.EXPIRED
    if code.step > step_at(now + timedelta(seconds=EARLY_SECONDS)):
        return CodeVerdict.TOO_EARLY
    return CodeVerdict.VALID
