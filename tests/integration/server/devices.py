"""Devices for tests of the server: one that speaks HTTP with signed requests, and one inside the process."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from sync.clock import Clock
from sync.identity.match import IdentityResolver
from sync.ids import new_id
from sync.model.commands import COMMAND, Command, Envelope, Outcome
from sync.policy.playbook import load_playbook
from sync.protocol import (
    PROTOCOL_HEADER,
    PROTOCOL_VERSION,
    Digest,
    Enrolment,
    EnrolRequest,
    Page,
    PullRequest,
    PushRequest,
    Row,
)
from sync.server.commands.base import Tools
from sync.server.database import reading
from sync.server.enrolment import create_enrolment_code, enrol, secret_hash
from sync.server.repository import devices
from sync.server.service import Service


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A device's key pair."""

    def __init__(self, seed: bytes = b"\x07" * 32) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}

    def proof(self, method: str, url: str, token: str, at: datetime, **changes: Any) -> str:
        """Return a DPoP proof; `changes` replace claims, or headers where they begin with `header_`."""
        claims = {
            "htm": method,
            "htu": url,
            "iat": int(at.timestamp()),
            "jti": new_id(),
            "ath": b64(hashlib.sha256(token.encode()).digest()),
        } | {name: value for name, value in changes.items() if not name.startswith("header_")}
        headers = {"typ": "dpop+jwt", "jwk": self.jwk} | {
            name.removeprefix("header_"): value for name, value in changes.items() if name.startswith("header_")
        }
        return jwt.encode(claims, self.private, algorithm="EdDSA", headers=headers)

    def headers(self, method: str, url: str, token: str, at: datetime, **changes: Any) -> dict[str, str]:
        return {
            "Authorization": f"DPoP {token}",
            "DPoP": self.proof(method, url, token, at, **changes),
            PROTOCOL_HEADER: str(PROTOCOL_VERSION),
        }


def enrolled(engine: Engine, clock: Clock, key: Key, shop_code: str = "ginza") -> Enrolment:
    """Enrol a device in a shop without HTTP."""
    code = create_enrolment_code(engine, shop_code, clock)
    return enrol(engine, clock, EnrolRequest(code=code, name="tablet", public_key=key.jwk))


class HttpDevice:
    """A device that speaks HTTP."""

    def __init__(self, http: httpx.Client, clock: Clock, enrolment: Enrolment, key: Key) -> None:
        self.http, self.clock, self.enrolment, self.key = http, clock, enrolment, key

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a signed request."""
        url = str(self.http.base_url.join(path)).partition("?")[0]
        extra: Mapping[str, str] = options.pop("headers", {})
        headers = self.key.headers(method, url, self.enrolment.token, self.clock())
        return self.http.request(method, path, headers=headers | dict(extra), **options)


class Device:
    """A device inside the process: what it pulled is in `rows`, by kind and id."""

    def __init__(self, engine: Engine, clock: Clock, shop_code: str = "ginza", seed: bytes = b"\x01" * 32) -> None:
        self.clock = clock
        self.enrolment = enrolled(engine, clock, Key(seed), shop_code)
        with reading(engine) as conn:
            found = devices.by_token(conn, secret_hash(self.enrolment.token))
        assert found is not None
        self.device = found
        self.service = Service(
            engine, clock, found, Tools(load_playbook(), IdentityResolver(), new_id, lambda: "call-token-of-the-test")
        )
        self.epoch: str | None = None
        self.cursor = 0
        self.seq = 0
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.tags: dict[tuple[str, str], int] = {}
        self.seen: list[Row] = []

    def pull(self, limit: int = 2000) -> Page:
        """Pull until there is no more; return the last page."""
        while True:
            page = self.service.pull(PullRequest(epoch=self.epoch, cursor=self.cursor, limit=limit))
            if self.epoch not in (None, page.epoch):
                self.rows.clear()
                self.tags.clear()
            self.epoch, self.cursor = page.epoch, page.cursor
            for row in page.rows:
                self.seen.append(row)
                if row.data is None:
                    self.rows.pop((row.kind, row.id), None)
                    self.tags.pop((row.kind, row.id), None)
                else:
                    self.rows[row.kind, row.id] = row.data
                    self.tags[row.kind, row.id] = row.tag
            if not page.more:
                return page

    def digests(self) -> dict[str, Digest]:
        """Return the digests of what it holds, of the kinds that are compared."""
        kinds = {kind for kind, _ in self.tags} - {"web_activity"}
        tags = {kind: [tag for (its_kind, _), tag in self.tags.items() if its_kind == kind] for kind in kinds}
        return {kind: Digest(len(of_kind), sum(of_kind)) for kind, of_kind in tags.items()}

    def ids(self, kind: str) -> set[str]:
        return {record_id for its_kind, record_id in self.rows if its_kind == kind}

    def envelope(self, command: Command, staff_id: str | None, command_id: str | None = None) -> Envelope:
        self.seq += 1
        return Envelope(
            id=command_id or new_id(),
            seq=self.seq,
            staff_id=staff_id,
            device_time=self.clock(),
            command=COMMAND.validate_python(command.model_dump()),
        )

    def do(self, command: Command, staff_id: str | None) -> Outcome:
        """Push one command and return its answer."""
        return self.push(self.envelope(command, staff_id))[0]

    def push(self, *envelopes: Envelope) -> tuple[Outcome, ...]:
        return self.service.push(PushRequest(commands=envelopes)).outcomes
