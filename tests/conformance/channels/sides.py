"""Each channel with the other side that ships with the program: what was sent, what arrived, what goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx

from sync.clock import Clock, system_clock
from sync.delivery.base import DurableChannel
from sync.delivery.email import EmailChannel
from sync.delivery.google_account import ServiceAccount
from sync.delivery.line import LineChannel
from sync.delivery.push import PushChannel
from sync.delivery.sms import SmsChannel
from sync.ids import derived_id
from sync.model.outreach import MessageState
from sync.ports import Outgoing
from sync.sandbox.fcm_account import CLIENT_EMAIL, PROJECT, new_key, token_uri
from tests.integration.sandbox.conftest import Served
from tests.ports import free_port
from tests.unit.sandbox.outside import MIDORI

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SHORT = httpx.Timeout(1.5)
FROM = "shop@elm.example"


def line(api: str, token: str = "t", secret: str = "s", transport: httpx.BaseTransport | None = None) -> LineChannel:
    return LineChannel(api=api, token=token, secret=secret, transport=transport or httpx.HTTPTransport(), timeout=SHORT)


def sms(
    api: str, sid: str = "AC" + "0" * 32, token: str = "t", transport: httpx.BaseTransport | None = None
) -> SmsChannel:
    return SmsChannel(
        api=api,
        account_sid=sid,
        auth_token=token,
        sender="ELM",
        transport=transport or httpx.HTTPTransport(),
        timeout=SHORT,
    )


@cache
def _account(world: str, key: str) -> ServiceAccount:
    """Return the account; the same for the same key, which takes longer to be read than hundreds of requests."""
    return ServiceAccount(project_id=PROJECT, client_email=CLIENT_EMAIL, private_key=key, token_uri=token_uri(world))


def app(
    api: str,
    world: str = "http://world",
    key: str = "",
    transport: httpx.BaseTransport | None = None,
    clock: Clock = system_clock,
) -> PushChannel:
    """Return the push channel as it is against the stand-in of the outside world at `world`."""
    transport = transport or httpx.HTTPTransport()
    return PushChannel(
        api=api, account=_account(world, key or new_key()), clock=clock, transport=transport, timeout=SHORT
    )


def mail(host: str, port: int) -> EmailChannel:
    return EmailChannel(host=host, port=port, mail_from=FROM, clock=lambda: NOON, starttls=False, timeout=1.5)


@dataclass
class Side:
    """One channel and its stand-in."""

    name: str
    provider: str
    channel: DurableChannel
    to: str
    nobody: str
    """A well-formed address that the provider refuses."""
    served: Served
    after_500: MessageState
    """What a refusal by the provider's own fault means: by mail 554 is final."""

    def outgoing(self, number: int = 1, **fields: Any) -> Outgoing:
        """Return a message to the customer; the same number has the same key."""
        values = {
            "message_id": f"m{number}",
            "idempotency_key": derived_id("conformance", str(number)),
            "to": self.to,
            "sender_name": "髙橋（銀座本店）",
            "account": "株式会社エルム 銀座本店",
            "subject": "お直しができあがりました",
            "body": "佐々木様\n\nお直しができあがりました。髙橋",
            "reply_to": "reply+abc@reply.elm.example",
            "opt_out_url": "https://elm.example/c/abc",
            "status_url": "http://127.0.0.1:9/webhooks/twilio/status?message=m1",
            **fields,
        }
        return Outgoing.model_validate(values)

    def order(self, fault: str, times: int = 1) -> None:
        """Let the provider's next requests go wrong."""
        body = {"provider": self.provider, "fault": fault, "times": times, "seconds": 4}
        self.served.http.post("/demo/faults", json=body).raise_for_status()

    def inbox(self) -> list[dict[str, Any]]:
        """Return what is on the customer's phone in this channel, once every accepted text has reached it."""
        self.served.do(self._let_texts_arrive)
        found: list[dict[str, Any]] = self.served.http.get(f"/phone/{MIDORI['member_number']}/inbox.json").json()
        return [letter for letter in found if letter["channel"] == self.name]

    async def _let_texts_arrive(self) -> None:
        world = self.served.world
        for _ in ("sent", "delivered"):
            world.store.rows("UPDATE sms SET next_ticks = 0 WHERE next_ticks IS NOT NULL")
            world.twilio.advance()


def _line_side(served: Served) -> Side:
    config = served.config
    channel = line(f"{config.world_url}/line", config.line_channel_token, config.line_channel_secret)
    return Side("line", "line", channel, MIDORI["line_user_id"], "not-a-user-id", served, MessageState.QUEUED)


def _sms_side(served: Served) -> Side:
    config = served.config
    channel = sms(f"{config.world_url}/twilio", config.twilio_account_sid, config.twilio_auth_token)
    return Side("sms", "twilio", channel, "+819011112222", "090-1111-2222", served, MessageState.QUEUED)


def _mail_side(served: Served) -> Side:
    channel = mail(served.config.host, served.config.smtp_port)
    return Side("email", "smtp", channel, "midori@example.com", "nobody@example.com", served, MessageState.FAILED)


def _app_side(served: Served) -> Side:
    config = served.config
    channel = app(f"{config.world_url}/fcm", config.world_url, config.fcm_key)
    return Side("app", "fcm", channel, MIDORI["app_token"], "not-a-token", served, MessageState.QUEUED)


SIDES: dict[str, Callable[[Served], Side]] = {
    "line": _line_side,
    "sms": _sms_side,
    "email": _mail_side,
    "app": _app_side,
}


def nowhere(name: str) -> DurableChannel:
    """Return a channel whose provider does not answer at all."""
    port = free_port()
    made: dict[str, DurableChannel] = {
        "line": line(f"http://127.0.0.1:{port}"),
        "sms": sms(f"http://127.0.0.1:{port}"),
        "email": mail("127.0.0.1", port),
        "app": app(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}"),
    }
    return made[name]
