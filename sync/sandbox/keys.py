"""The keys in the sample customers' apps: derived, so that the phones and the sample retailer agree without sharing a file."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

APP_ID_BYTES = 9
"""Length of an app id in a membership code (design, "Membership code")."""


def customer_key(seed: int, member_number: str) -> tuple[str, Ed25519PrivateKey]:
    """Return the app id (18 lower-case hex digits) and the signing key of a sample customer's app.

    Both come from HMAC-SHA256 over "{seed}:{member_number}", each under a label of its own, so that the public app id
    says nothing about the key. For the demo and for tests only: real keys are random and never leave the phone.
    """
    return app_id(seed, member_number), Ed25519PrivateKey.from_private_bytes(_derive(b"key", seed, member_number))


def app_id(seed: int, member_number: str) -> str:
    """Return the app id of a sample customer, 18 lower-case hex digits."""
    return _derive(b"app", seed, member_number)[:APP_ID_BYTES].hex()


def app_token(seed: int, member_number: str) -> str:
    """Return the token under which a push reaches a sample customer's app, formed like one of Firebase's."""
    text = urlsafe_b64encode(hashlib.shake_256(_derive(b"push", seed, member_number)).digest(117)).decode()
    return f"{text[:22]}:APA91b{text[22:]}"


def public_key_hex(key: Ed25519PrivateKey) -> str:
    """Return the public half of the key as 64 lower-case hex digits, as `MembershipKey.public_key` wants it."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _derive(label: bytes, seed: int, member_number: str) -> bytes:
    return hmac.digest(b"clienteling sample retailer " + label, f"{seed}:{member_number}".encode(), hashlib.sha256)
