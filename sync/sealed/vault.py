"""Seals personal records for the disk: AES-256-GCM, each blob bound to its scope, kind and id."""

import os
import threading
import zlib
from collections.abc import Callable, Mapping
from functools import cache

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from sync.errors import ClientelingError
from sync.policy.assets import assets_folder

KEY_BYTES = 32
_NONCE_BYTES = 12
_PLAIN, _DEFLATED, _ZSTD = b"\x00", b"\x01", b"\x02"
_WORTH_SQUEEZING = 64
"""Bytes: shorter records grow, or shrink by less than the work is worth."""
_MOST_BYTES = 1 << 30

Random = Callable[[int], bytes]


class Unsealable(ClientelingError):  # noqa: N818 - named like the rest of the tree
    """A sealed record does not open: damaged, moved, or sealed with a key that this device does not have."""

    code = "unsealable"


class Vault:
    """Seals and opens with a set of keys, the current one for what is new.

    A blob is: key version (2 bytes, big-endian) | nonce (12) | ciphertext and tag. Its associated data is
    `scope|kind|id`, so that a blob moved to another row does not open. The plain text starts with one byte that says how
    the rest is packed: as it is, deflated (outboxes of 0.1.0), or by zstd with the dictionary of records. Safe to use from
    several threads. Nonces are random: at most 2^30 seals a key, after
    which the server must have given a new one (NIST SP 800-38D, 8.3, allows 2^32).
    """

    def __init__(self, scope: str, keys: Mapping[int, bytes], *, random: Random = os.urandom) -> None:
        self._scope = scope.encode()
        self._keys = dict(keys)
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._current = max(keys)
        self._random = random

    @property
    def versions(self) -> frozenset[int]:
        """The versions of its keys."""
        return frozenset(self._ciphers)

    def seal(self, kind: str, record_id: str, plain: bytes) -> bytes:
        """Return the sealed form of `plain`."""
        packed = _PLAIN + plain
        if len(plain) >= _WORTH_SQUEEZING:
            squeezed = _squeezer().compress(plain)
            if len(squeezed) < len(plain):
                packed = _ZSTD + squeezed
        nonce = self._random(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, packed, self._bound(kind, record_id))
        return self._current.to_bytes(2, "big") + nonce + sealed

    def open(self, kind: str, record_id: str, blob: bytes) -> bytes:
        """Return what was sealed. Raise Unsealable where blob, kind, id or scope is not what it was, or the key is gone."""
        cipher = self._ciphers.get(int.from_bytes(blob[:2], "big"))
        if cipher is None:
            raise Unsealable("sealed with a key that this device does not have")
        sealed = memoryview(blob)  # the index of people is of many megabytes: no copy of it for nothing
        try:
            packed = cipher.decrypt(
                sealed[2 : 2 + _NONCE_BYTES], sealed[2 + _NONCE_BYTES :], self._bound(kind, record_id)
            )
            return _unpack(packed)
        except (InvalidTag, ValueError, zlib.error, zstandard.ZstdError) as error:
            raise Unsealable() from error

    def mac(self, use: str, name: str, *, version: int | None = None, nonce: bytes | None = None) -> "Mac":
        """Return what vouches for bytes that come piece by piece, bound to their use and name: by the key of this `version`, the
        current one where none is told, and for who vouches by a new nonce. Raise Unsealable where the key is not here."""
        key = self._keys.get(self._current if version is None else version)
        if key is None:
            raise Unsealable("vouched for with a key that this device does not have")
        return Mac(key, self._random(_NONCE_BYTES) if nonce is None else nonce, self._bound(use, name))

    def _bound(self, kind: str, record_id: str) -> bytes:
        return b"%b|%b|%b" % (self._scope, kind.encode(), record_id.encode())


class Mac:
    """Vouches for bytes: GMAC (NIST SP 800-38D), which is AES-GCM that seals nothing, by the same keys and never by the same nonce.

    Its key is only with the server and the devices of the scope, and for a large file it takes a twentieth of what SHA-256 does.
    """

    def __init__(self, key: bytes, nonce: bytes, bound: bytes) -> None:
        self.nonce = nonce
        self._cipher = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
        self.update(b"%d|%b" % (len(bound), bound))

    def update(self, block: bytes) -> None:
        self._cipher.authenticate_additional_data(block)

    def hexdigest(self) -> str:
        """Return the tag. Nothing can be added afterwards."""
        self._cipher.finalize()
        return self._cipher.tag.hex()


class _Zstd(threading.local):
    """A thread's own contexts: they cannot be shared, and making one costs more than a record."""

    def __init__(self) -> None:
        records = _dictionary()
        self.squeezer = zstandard.ZstdCompressor(level=1, dict_data=records, write_dict_id=False, write_checksum=False)
        self.opener = zstandard.ZstdDecompressor(dict_data=records)


_zstd: Callable[[], _Zstd] = cache(_Zstd)


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict((assets_folder() / "sealed" / "records-1.zdict").read_bytes())


def _squeezer() -> zstandard.ZstdCompressor:
    return _zstd().squeezer


def _unpack(packed: bytes) -> bytes:
    form, body = packed[:1], memoryview(packed)[1:]
    if form == _ZSTD:
        return _zstd().opener.decompress(body, max_output_size=_MOST_BYTES)
    return zlib.decompress(body, wbits=-13) if form == _DEFLATED else bytes(body)


def derive(secret: bytes, use: str) -> bytes:
    """Return the 256-bit key for one use of a device's secret (HKDF-SHA256)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"clienteling/{use}".encode()).derive(
        secret
    )


def wrap(wrapping_key: bytes, key: bytes) -> bytes:
    """Return a key wrapped for this device (AES key wrap, RFC 3394)."""
    return aes_key_wrap(wrapping_key, key)


def unwrap(wrapping_key: bytes, wrapped: bytes) -> bytes:
    """Return the key that was wrapped. Raise Unsealable where it was wrapped for another device."""
    try:
        return aes_key_unwrap(wrapping_key, wrapped)
    except (InvalidUnwrap, ValueError) as error:
        raise Unsealable("this key was wrapped for another device") from error
