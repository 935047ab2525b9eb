"""An outside world for tests: three customers, a clock and a server that are the test's own."""

import asyncio
import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from sync.sandbox.config import DemoConfig
from sync.sandbox.keys import app_token
from sync.sandbox.world import World, build_world, world_app

NOON = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)
MIDORI: dict[str, Any] = {
    "member_number": "100001",
    "name": "佐々木 みどり",
    "kana": "ササキ ミドリ",
    "special": {"ja": "7か月ぶりのご来店", "en": "Back after seven months"},
    "line_user_id": "U" + "a" * 32,
    "app_token": app_token(7, "100001"),
    "phone": "090-1111-2222",
    "email": "Midori@example.com",
    "also_email": ["m.sasaki@work.example"],
}
FAR = {
    "member_number": "100002",
    "name": "田中 一郎",
    "kana": "タナカ イチロウ",
    "special": "",
    "line_user_id": "",
    "app_token": "",
    "phone": "+819033330000",
    "email": "",
}
DAUGHTER: dict[str, Any] = {
    **MIDORI,
    "member_number": "100003",
    "name": "佐々木 葵",
    "line_user_id": "U" + "b" * 32,
    "app_token": "",
    "email": "aoi@example.com",
    "also_email": [],
}
"""Shares her mother's telephone."""


def write_retailer(folder: Path) -> None:
    """Write the files of which the outside world reads who is who."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "phones.json").write_text(json.dumps([MIDORI], ensure_ascii=False))
    (folder / "addresses.json").write_text(json.dumps([MIDORI, FAR, DAUGHTER], ensure_ascii=False))
    with (folder / "retailer.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["number", "brand", "line_account"])
        rows.writerow([4711, "かざね", "かざね公式"])


def counted_ids() -> Callable[[], str]:
    """Return a source of UUIDs 1, 2, 3, ..."""
    numbers: Iterator[int] = iter(range(1, 1_000_000))
    return lambda: str(UUID(int=next(numbers)))


@dataclass
class Server:
    """The retailer's server as the outside world meets it: keeps what it is sent, answers what the test says."""

    status: int | None = 200
    """None: nobody answers."""
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.status is None:
            raise httpx.ConnectError("refused", request=request)
        self.requests.append(request)
        return httpx.Response(self.status)

    def events(self) -> list[dict[str, Any]]:
        return [event for request in self.requests for event in json.loads(request.content)["events"]]

    def forms(self) -> list[dict[str, str]]:
        return [dict(httpx.QueryParams(request.content.decode()).items()) for request in self.requests]


class Outside:
    """A world with its HTTP side, driven without real time."""

    def __init__(self, data: Path) -> None:
        write_retailer(data / "retailer")
        self.data, self.now, self.ticks, self.server = data, NOON, 1000.0, Server()
        self.config = DemoConfig(tablet_port=1, world_port=2, server_port=3)
        self.world = self._build()
        self.app = world_app(self.world)

    def _build(self) -> World:
        return build_world(
            self.config,
            self.data,
            clock=lambda: self.now,
            ticks=lambda: self.ticks,
            fresh_id=counted_ids(),
            transport=httpx.MockTransport(self.server),
        )

    def restart(self) -> None:
        """Close the world and open it again over the same folder."""
        self.world.store.close()
        self.world = self._build()
        self.app = world_app(self.world)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make one HTTP request to the world."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://world") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())

    def pass_time(self, seconds: float = 1.0) -> None:
        """Let real time pass, then one beat of the world."""
        self.ticks += seconds
        self.now += timedelta(seconds=seconds)
        asyncio.run(self.world.beat())

    def push(self, body: Any, *, key: str = "", token: str | None = None) -> httpx.Response:
        """Push by LINE as the server does."""
        headers = {"Authorization": f"Bearer {self.config.line_channel_token if token is None else token}"}
        if key:
            headers["X-Line-Retry-Key"] = key
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
        return self.request("POST", "/line/v2/bot/message/push", headers=headers, content=content)

    def text(self, **form: Any) -> httpx.Response:
        """Create a text message at Twilio as the server does."""
        sid, token = self.config.twilio_account_sid, self.config.twilio_auth_token
        return self.request("POST", f"/twilio/2010-04-01/Accounts/{sid}/Messages.json", data=form, auth=(sid, token))

    def inbox(self, member: str = "100001") -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.request("GET", f"/phone/{member}/inbox.json").json()
        return answer


def greeting(text: str = "こんにちは", to: str = MIDORI["line_user_id"], **message: Any) -> dict[str, Any]:
    """Return a push of one text message."""
    return {"to": to, "messages": [{"type": "text", "text": text, **message}]}
