"""Seals for whoever holds a private key: what only a device may open (a scope's key), or only the server (unsent work).

A box is: version (1 byte) | ephemeral X25519 public key (32) | AES-256-GCM ciphertext and tag. The key is HKDF-SHA256 of
the shared secret, bound to both public keys and to what the box is for; each has its own, so that the nonce is zero.
A device's X25519 key follows from the Ed25519 key that it enrolled with (as in age's recipients of SSH keys), so that
nobody can put another one in its place.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.sealed.vault import KEY_BYTES, Unsealable

PUBLIC_BYTES = 32
_VERSION = b"\x01"
_FIELD = 2**255 - 19
_NONCE = bytes(12)


def seal_for(public: bytes, use: str, bound: str, plain: bytes) -> bytes:
    """Return a box that only the holder of the X25519 key `public` opens, and only for the same `use` and `bound`.

    Raises ValueError where `public` is no usable key.
    """
    ephemeral = X25519PrivateKey.generate()
    mine = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    sealed = AESGCM(_key(shared, use, mine, public)).encrypt(_NONCE, plain, bound.encode())
    return _VERSION + mine + sealed


def open_box(private: X25519PrivateKey, use: str, bound: str, box: bytes) -> bytes:
    """Return what was sealed. Raises Unsealable: for somebody else, for something else, or altered."""
    if box[:1] != _VERSION or len(box) < 1 + PUBLIC_BYTES:
        raise Unsealable("this is no sealed box")
    theirs = box[1 : 1 + PUBLIC_BYTES]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(theirs))
        key = _key(shared, use, theirs, private.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(_NONCE, box[1 + PUBLIC_BYTES :], bound.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable("sealed for another key or another use, or altered") from error


def agreement_key(signing: Ed25519PrivateKey) -> X25519PrivateKey:
    """Return the X25519 key that belongs to an Ed25519 key (RFC 8032, 5.1.5: both are one scalar)."""
    return X25519PrivateKey.from_private_bytes(hashlib.sha512(signing.private_bytes_raw()).digest()[:32])


def agreement_public(signing_public: bytes) -> bytes:
    """Return the X25519 public key that belongs to an Ed25519 public key: u = (1 + y) / (1 - y) (RFC 7748, 4.1)."""
    y = int.from_bytes(signing_public, "little") & (2**255 - 1)
    return ((1 + y) * pow(1 - y, -1, _FIELD) % _FIELD).to_bytes(PUBLIC_BYTES, "little")


def _key(shared: bytes, use: str, ephemeral: bytes, recipient: bytes) -> bytes:
    info = b"clienteling/box/%b|" % use.encode() + ephemeral + recipient
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(shared)
