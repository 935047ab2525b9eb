"""LINE Messaging API: push messages and the webhook.

Source: LINE's published OpenAPI documents `messaging-api.yml` (POST /v2/bot/message/push) and `webhook.yml`, and its
reference pages for retry keys (accepted once, a repeat answers 409, kept 24 h), sender names (20 characters, without
"LINE") and text (5,000 UTF-16 code units).
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal
from unicodedata import normalize
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, ValidationError

from sync.delivery import base, line_content
from sync.errors import BadInput, NotSignedIn
from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.policy.quota import Quota
from sync.ports import Acknowledgement, ChannelEvent, Fetched, Incoming, Outgoing, Receipt

TEXT_LIMIT = 5000
"""UTF-16 code units in one text message."""
SENDER_LIMIT = 20
"""UTF-16 code units in `sender.name`."""
MESSAGES_LIMIT = 5
"""Message objects in one push."""

_KINDS: dict[str, Literal["reply", "opt_in", "opt_out", "account_link"]] = {
    "message": "reply",
    "follow": "opt_in",
    "unfollow": "opt_out",
    "accountLink": "account_link",
}

_NOT_TEXT = {
    "sticker": "［スタンプ］",
    "image": "［画像］",
    "video": "［動画］",
    "audio": "［音声］",
    "file": "［ファイル］",
    "location": "［位置情報］",
}
"""What the timeline shows for a message of hers that has no text."""


_SENT: tuple[line_content.Sent, ...] = ("image", "video", "audio", "file")


class _Source(BaseModel):
    type: str = ""
    userId: str = ""  # noqa: N815  (LINE's own spelling)


class _Message(BaseModel):
    id: str
    type: str
    text: str = ""
    contentProvider: line_content.ContentProvider | None = None  # noqa: N815


class _Link(BaseModel):
    result: Literal["ok", "failed"]
    nonce: str = Field(max_length=255)


class _Event(BaseModel):
    type: str
    webhookEventId: str = Field(min_length=1, max_length=200)  # noqa: N815
    timestamp: Annotated[int, Field(ge=0, le=253_402_300_799_000)]
    source: _Source | None = None
    message: _Message | None = None
    link: _Link | None = None
    replyToken: str = Field(default="", max_length=200)  # noqa: N815


class _Webhook(BaseModel):
    events: tuple[_Event, ...]


class LineChannel:
    """Sends as one LINE official account and reads its webhook.

    `api` is the base URL, `data_api` that of what customers send, `token` the channel access token, `secret` the channel secret. `transport` replaces the
    network in tests, `timeout` how long an answer is waited for.
    """

    channel = Channel.LINE
    webhook_paths: tuple[str, ...] = ("/webhooks/line",)
    repeatable: ClassVar[bool] = True

    def __init__(
        self,
        *,
        api: str,
        token: str,
        secret: str,
        data_api: str = "https://api-data.line.me",
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout = base.TIMEOUT,
    ) -> None:
        self._token, self._secret = token, secret
        self._http, self._data = (
            httpx.Client(
                base_url=each,
                headers={"Authorization": f"Bearer {token}"},
                timeout=timeout,
                transport=transport,
                verify=base.tls(),
            )
            for each in (api, data_api)
        )

    def close(self) -> None:
        """Close the connections to LINE."""
        self._http.close()
        self._data.close()

    def send(self, message: Outgoing) -> Receipt:
        """Push the message once under its retry key.

        409 means that an earlier attempt of the same key was accepted. 200 does not mean delivered: LINE does not tell
        when the customer has blocked the account, so SENT is the last state here. Without a token nobody is asked.
        """
        if not self._token:
            return base.failed(base.NOT_SET_UP, channel=self.channel.value)
        if len(message.body.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            return base.failed(base.TOO_LONG, limit=TEXT_LIMIT)
        if len(message.images) >= MESSAGES_LIMIT:
            return base.failed(base.NOT_SUPPORTED, what="images")
        answer = base.call(
            lambda: self._http.post(
                "/v2/bot/message/push",
                json={"to": message.to, "messages": _messages(message)},
                headers={"X-Line-Retry-Key": message.idempotency_key},
            ),
            repeatable=self.repeatable,
        )
        return answer if isinstance(answer, Receipt) else _receipt(answer)

    def acknowledge(self, said: Acknowledgement) -> bool:
        """Answer by the reply token of her message: that counts into no quota. Too late, LINE refuses it."""
        if not (self._token and said.answer_token):
            return False
        text = said.text
        if said.link:
            token = self._link_token(said.link_user)
            text = f"{text}\n{said.link}?linkToken={quote(token, safe='')}" if token else said.otherwise
        body = {"replyToken": said.answer_token, "messages": [{"type": "text", "text": text}]}
        try:
            return self._http.post("/v2/bot/message/reply", json=body).is_success
        except httpx.HTTPError:
            return False

    def _link_token(self, user_id: str) -> str:
        """Return LINE's token with which this user, and nobody else, can link her account; empty where LINE gives none."""
        try:
            answer = self._http.post(f"/v2/bot/user/{quote(user_id, safe='')}/linkToken").raise_for_status().json()
            return str(answer["linkToken"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return ""

    def fetch(self, remote_id: str, most: int) -> Fetched:
        """Ask for what a customer sent (`sync.delivery.line_content`); without a token nobody is asked."""
        return line_content.fetch(self._data, remote_id, most) if self._token else Fetched()

    def quota(self) -> Quota | None:
        """Return the month's limit and how much of it is used; None where LINE does not tell just now."""
        if not self._token:
            return None
        try:
            limit = self._http.get("/v2/bot/message/quota").raise_for_status().json()
            used = self._http.get("/v2/bot/message/quota/consumption").raise_for_status().json()
            return Quota(int(limit["value"]) if limit["type"] == "limited" else None, int(used["totalUsage"]))
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None

    def parse_webhook(self, url: str, headers: Mapping[str, str], body: bytes) -> Sequence[ChannelEvent]:  # noqa: ARG002
        """Verify `x-line-signature` over the raw body and return what customers did.

        Events of groups, and kinds that mean nothing here, are left out. Raises NotSignedIn or BadInput.
        """
        try:
            given = base64.b64decode(headers.get("x-line-signature", ""), validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotSignedIn("The signature of this callback does not hold.") from error
        base.check_hmac(self._secret, body, given, digest="sha256")
        try:
            webhook = _Webhook.model_validate_json(body)
        except ValidationError as error:
            raise BadInput("This is not a LINE webhook.", fields=_fields(error)) from error
        return [event for event in map(_event, webhook.events) if event is not None]


def _fields(error: ValidationError) -> list[str]:
    """Return where the problems are, without the values: those may be a customer's words."""
    return [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)[:5]]


def _messages(message: Outgoing) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.body}]
    parts += [{"type": "image", "originalContentUrl": image, "previewImageUrl": image} for image in message.images]
    name = cut(message.sender_name, SENDER_LIMIT)
    if name and "line" not in normalize("NFKC", name).casefold():
        # LINE refuses a name with its own in it; the account's name then stands alone, which is better than no message
        parts = [{**part, "sender": {"name": name}} for part in parts]
    return parts


def cut(text: str, units: int) -> str:
    """Return the beginning of a text that is no longer than so many UTF-16 units, without half a letter at its end."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").strip()


def _receipt(response: httpx.Response) -> Receipt:
    if response.status_code == 200:
        return Receipt(state=MessageState.SENT, provider_id=_sent_id(response))
    if response.status_code == 409:
        return Receipt(
            state=MessageState.SENT,
            provider_id=response.headers.get("x-line-accepted-request-id", "") or _sent_id(response),
        )
    if response.status_code == 429:
        return base.failed(base.QUOTA_OUT) if _quota_is_out(response) else base.throttled(base.retry_after(response))
    if response.status_code >= 500:
        # it may have been accepted all the same: developers.line.biz, "Retrying a failed API request"
        return base.again(base.NO_ANSWER, base.retry_after(response), status=response.status_code)
    return base.failed(base.REFUSED, status=response.status_code)


def _quota_is_out(response: httpx.Response) -> bool:
    """Tell the two kinds of 429 apart, which LINE does by its words alone: too fast, or the month's messages used up."""
    return "monthly limit" in response.text.casefold()


def _sent_id(response: httpx.Response) -> str:
    """Return the id of the sent message, falling back on the request's id; an answer in another shape has neither."""
    try:
        sent = response.json()["sentMessages"][0]["id"]
    except (ValueError, KeyError, IndexError, TypeError):
        return str(response.headers.get("x-line-request-id", ""))
    return str(sent)


def _event(event: _Event) -> ChannelEvent | None:
    if event.source is None or event.source.type != "user" or not event.source.userId:
        return None
    kind = _KINDS.get(event.type)
    if kind is None:
        return None
    text, attachments = "", tuple[Incoming, ...]()
    if kind == "reply":
        if event.message is None:
            raise BadInput("A message event of LINE has no message.")
        text = event.message.text or _NOT_TEXT.get(event.message.type, "［メッセージ］")
        if event.message.type in _SENT:
            attachments = (line_content.incoming(event.message.type, event.message.id, event.message.contentProvider),)
    if kind == "account_link" and event.link is None:
        raise BadInput("An account link event of LINE has no link.")
    return ChannelEvent(
        type=kind,
        channel=Channel.LINE,
        event_id=event.webhookEventId,
        at=datetime.fromtimestamp(event.timestamp / 1000, UTC),
        sender=event.source.userId,
        text=text,
        attachments=attachments,
        answer_token=event.replyToken if kind in ("reply", "account_link") else "",
        nonce=event.link.nonce if event.link is not None else "",
        linked=event.link is not None and event.link.result == "ok",
    )
