"""The keys that devices need: that of their scope, wrapped for each and on a lease, and the one that seals for this server."""

import base64
import secrets
from collections.abc import Callable
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection

from sync.clock import Clock
from sync.protocol import Lease
from sync.sealed.box import agreement_public, seal_for
from sync.sealed.lease import KEY_USE, LEASE, key_bound
from sync.server.repository import devices

RandomBytes = Callable[[int], bytes]
SERVER = "server"
"""In the table of scopes' keys, the server's own: an X25519 private key. It opens what devices could not send."""


def scope_key(
    conn: Connection, clock: Clock, scope: str, random_bytes: RandomBytes = secrets.token_bytes
) -> tuple[int, bytes]:
    """Return the newest key of a scope and its version, making the first one where there is none."""
    if devices.scope_key(conn, scope) is None:
        devices.add_scope_key(conn, scope, random_bytes(32).hex(), clock())
    found = devices.scope_key(conn, scope)
    assert found is not None
    return found[0], bytes.fromhex(found[1])


def replace_key(conn: Connection, clock: Clock, scope: str, random_bytes: RandomBytes = secrets.token_bytes) -> None:
    """Give a scope a newer key, from which whatever is sealed from now on is safe from who had the one before."""
    while True:  # who revokes another device of the shop at this very moment makes one too, which that other might have
        found = devices.scope_key(conn, scope)
        version = found[0] + 1 if found is not None else 1
        if devices.add_scope_key(conn, scope, random_bytes(32).hex(), clock(), version):
            return


def server_key(conn: Connection, clock: Clock, random_bytes: RandomBytes = secrets.token_bytes) -> X25519PrivateKey:
    """Return the key that opens what devices sealed for this server."""
    return X25519PrivateKey.from_private_bytes(scope_key(conn, clock, SERVER, random_bytes)[1])


def lend(
    conn: Connection,
    clock: Clock,
    device_id: str,
    jwk: dict[str, str],
    scope: str,
    length: timedelta = LEASE,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> Lease:
    """Return the newest key of a scope, wrapped for the device whose public key `jwk` is."""
    version, key = scope_key(conn, clock, scope, random_bytes)
    signing = base64.urlsafe_b64decode(jwk["x"] + "=")
    return Lease(
        scope=scope,
        key_version=version,
        wrapped_key=seal_for(agreement_public(signing), KEY_USE, key_bound(scope, version, device_id), key).hex(),
        seconds=int(length.total_seconds()),
        server_key=server_key(conn, clock, random_bytes).public_key().public_bytes_raw().hex(),
        server_time=clock(),
    )
