"""Heads of the audit chain, kept where whoever may write to the database may not.

An anchor is one line of JSON: `{"at": "2026-11-18T03:00:00+00:00", "seq": 1234, "hash": "..."}`. It goes to a file, only
ever added to and flushed to the disk, and, or instead, to an object store by HTTP PUT: one object an anchor, named by its
place, never to be replaced (`If-None-Match: *`, as S3 and those like it take it). Objects put together make a file.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import httpx
from pydantic import ValidationError
from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import BadInput, Unavailable
from sync.model.base import Frozen, Instant
from sync.server.audit_chain import head, link
from sync.server.database import reading
from sync.settings import ServerSettings

SECONDS = 20.0
_EXISTS = 412
"""What an object store answers where `If-None-Match: *` meets an object: the same anchor was put before."""


class Anchor(Frozen):
    """The last link of the chain at a moment."""

    at: Instant
    seq: int
    hash: str


class Places(NamedTuple):
    """Where anchors go; either may be missing."""

    file: Path | None
    url: str = ""
    token: str = ""

    @classmethod
    def of(cls, settings: ServerSettings) -> "Places":
        """Return the places that the settings name; without any, a file below the data folder."""
        url = settings.audit_anchor_url.rstrip("/")
        file = settings.audit_anchor_file or (None if url else settings.data / "audit" / "anchors.jsonl")
        return cls(file, url, settings.audit_anchor_token.get_secret_value())


def anchor(engine: Engine, clock: Clock, places: Places, *, transport: httpx.BaseTransport | None = None) -> Anchor:
    """Link what waits, and keep the head in every place; return it. Raises Unavailable where a place does not take it."""
    link(engine)
    with reading(engine) as conn:
        last = head(conn)
    made = Anchor(at=clock().astimezone(UTC), seq=last.seq, hash=last.hash)
    line = json.dumps(made.model_dump(mode="json")) + "\n"
    if places.file is not None:
        _add(places.file, line)
    if places.url:
        _put(places, made, line, transport)
    return made


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Yield the anchors of a file, in its order. Raises BadInput that names a line that is none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield Anchor.model_validate_json(line)
            except ValidationError:
                raise BadInput(f"{path}, line {number} is no anchor.") from None


def _add(path: Path, line: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640), "w", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Unavailable(f"The anchor was not kept in {path}: {error.strerror}.") from error


def _put(places: Places, made: Anchor, line: str, transport: httpx.BaseTransport | None) -> None:
    headers = {"Content-Type": "application/x-ndjson", "If-None-Match": "*"}
    if places.token:
        headers["Authorization"] = f"Bearer {places.token}"
    # the time is in the name: the same head anchored again says that the chain stood still until then
    name = f"{made.seq:015d}-{made.at:%Y%m%dT%H%M%SZ}.json"
    try:
        with httpx.Client(transport=transport, timeout=SECONDS) as http:
            answer = http.put(f"{places.url}/{name}", content=line.encode(), headers=headers)
    except httpx.HTTPError as error:
        raise Unavailable(f"The anchor's store does not answer: {type(error).__name__}.") from error
    if answer.status_code >= 300 and answer.status_code != _EXISTS:
        raise Unavailable(f"The anchor's store answered {answer.status_code}.")
