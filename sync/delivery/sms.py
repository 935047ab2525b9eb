"""Text messages by Twilio: POST .../Messages.json and the status callback.

Source: Twilio's published OpenAPI document `api_v2010` (CreateMessage) and its page on webhook security: the signature
is base64 HMAC-SHA1 over the URL followed by every form field's name and value, sorted by name.
Creating a message has no idempotency key, so an attempt without an answer is never repeated: it is `UNKNOWN` until a
callback names it (its address carries our own id) or Twilio, asked after it, shows it.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import ClassVar
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
from pydantic import BaseModel, Field, ValidationError

from sync.delivery import base
from sync.errors import BadInput, NotSignedIn
from sync.model.customer import Channel
from sync.model.outreach import MessageState, Reason
from sync.ports import ChannelEvent, Incoming, Outgoing, Receipt, Unresolved

TEXT_LIMIT = 670
"""UTF-16 code units: ten concatenated parts of 67, the most that Japanese carriers join."""

PAGE = 50
CLOCKS_APART = timedelta(minutes=5)
ACCEPTED_WITHIN = timedelta(minutes=10)
"""A text that was created longer after the attempt began is not this attempt's."""

_STATES = {
    "accepted": MessageState.SENT,
    "scheduled": MessageState.SENT,
    "queued": MessageState.SENT,
    "sending": MessageState.SENT,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}


class SmsChannel:
    """Sends as one sender id or number of a Twilio account and reads its status callbacks.

    `api` is the base URL. `transport` replaces the network in tests, `timeout` how long an answer is waited for.
    """

    channel = Channel.SMS
    webhook_paths: tuple[str, ...] = ("/webhooks/twilio/status",)
    repeatable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        api: str,
        account_sid: str,
        auth_token: str,
        sender: str,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout = base.TIMEOUT,
    ) -> None:
        self._account_sid, self._token = account_sid, auth_token
        self._sender = sender
        self._path = f"/2010-04-01/Accounts/{quote(account_sid, safe='')}/Messages.json"
        self._http = httpx.Client(
            base_url=api, auth=(account_sid, auth_token), timeout=timeout, transport=transport, verify=base.tls()
        )

    def close(self) -> None:
        """Close the connections to Twilio."""
        self._http.close()

    def send(self, message: Outgoing) -> Receipt:
        """Create the message once. Pictures are not supported: text messages in Japan carry none. Without an account and a
        sender nobody is asked."""
        if not (self._account_sid and self._token and self._sender):
            return base.failed(base.NOT_SET_UP, channel=self.channel.value)
        if len(message.body.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            return base.failed(base.TOO_LONG, limit=TEXT_LIMIT)
        if message.images:
            return base.failed(base.NOT_SUPPORTED, what="images")
        form = {"To": message.to, "From": self._sender, "Body": message.body}
        if message.status_url:
            form["StatusCallback"] = message.status_url
        answer = base.call(lambda: self._http.post(self._path, data=form), repeatable=self.repeatable)
        return answer if isinstance(answer, Receipt) else _receipt(answer)

    def find(self, unresolved: Unresolved) -> ChannelEvent | None:
        """Look among the texts that Twilio created for her number about then; None where there is none, or no answer.

        They are filtered by number alone: `DateSent` would leave out those that still wait to be sent. Two texts with
        the same words to one number are told apart by what is known to be the other's.
        """
        try:
            answer = self._http.get(self._path, params={"To": unresolved.to, "PageSize": PAGE})
            found = _Page.model_validate_json(answer.raise_for_status().content).messages
        except (httpx.HTTPError, ValidationError):
            return None
        for each in found:
            about_then = -CLOCKS_APART <= each.at - unresolved.since <= ACCEPTED_WITHIN
            hers = each.body.startswith(unresolved.body) and each.sid not in unresolved.taken
            if about_then and hers and each.status in _STATES:
                return _state_event(each.sid, each.status, str(each.error_code or ""), unresolved.message_id, "found")
        return None

    def parse_webhook(self, url: str, headers: Mapping[str, str], body: bytes) -> Sequence[ChannelEvent]:
        """Verify `x-twilio-signature` and return the new state of a message, or a text that came in.

        `url` is the whole URL as Twilio called it; its query carries our own id of the message (`message=`), and the
        signature covers it. Raises NotSignedIn or BadInput.
        """
        form = _form(body)
        signed = url + "".join(name + value for name, value in sorted(form))
        try:
            given = base64.b64decode(headers.get("x-twilio-signature", ""), validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotSignedIn("The signature of this callback does not hold.") from error
        base.check_hmac(self._token, signed.encode(), given, digest="sha1")
        fields = dict(form)
        sid = fields.get("MessageSid", "") or fields.get("SmsSid", "")
        status = fields.get("MessageStatus", "") or fields.get("SmsStatus", "")
        if not sid or len(sid) > 100 or not status:
            raise BadInput("A status callback needs MessageSid and MessageStatus.")
        if status == "received":
            return [_reply(sid, fields)]
        if status not in _STATES:
            raise BadInput("This message status is not known.", field="MessageStatus")
        message_id = dict(parse_qsl(urlsplit(url).query)).get("message", "")[:64]
        return [_state_event(sid, status, fields.get("ErrorCode", ""), message_id)]


_MOST_MEDIA = 10
"""Of one MMS, as Twilio says."""


class _Text(BaseModel):
    sid: str = Field(min_length=1, max_length=100)
    body: str
    status: str
    error_code: int | None = None
    date_created: str

    @property
    def at(self) -> datetime:
        return parsedate_to_datetime(self.date_created)


class _Page(BaseModel):
    messages: tuple[_Text, ...]


def _state_event(sid: str, status: str, error: str, message_id: str, how: str = "") -> ChannelEvent:
    state = _STATES[status]
    reason = None
    if state is MessageState.FAILED:
        reason = Reason(code="not_delivered", params={"status": status, "error": error[:10]})
    return ChannelEvent(
        type="state",
        channel=Channel.SMS,
        event_id=":".join(filter(None, (sid, status, how))),
        provider_id=sid,
        message_id=message_id,
        state=state,
        reason=reason,
    )


def _form(body: bytes) -> list[tuple[str, str]]:
    """Read a form as Twilio posts it. What cannot be read cannot have been signed by Twilio either."""
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=200
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadInput("This is not a form.") from error


def _reply(sid: str, fields: Mapping[str, str]) -> ChannelEvent:
    """A text from the customer. Japanese carriers take none; in other countries they come to the same URL. Media of an MMS is
    not fetched, and that is said."""
    if not fields.get("From"):
        raise BadInput("A text that came in needs From.")
    told = fields.get("NumMedia", "")
    media = min(int(told), _MOST_MEDIA) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    return ChannelEvent(
        type="reply",
        channel=Channel.SMS,
        event_id=sid,
        sender=fields["From"],
        text=fields.get("Body", ""),
        attachments=(Incoming(what="file", reason=Reason(code="attachment_mms")),) * media,
    )


def _receipt(response: httpx.Response) -> Receipt:
    """Judge Twilio's answer.

    An error in Twilio's own form (JSON with `code`) is its refusal, so the attempt may be repeated; a 5xx in any other
    form comes from something between, behind which Twilio may have accepted.
    """
    try:
        answer = response.json()
    except ValueError:
        answer = None
    fields = answer if isinstance(answer, dict) else {}
    if response.is_success:
        sid = str(fields.get("sid", ""))
        return Receipt(state=MessageState.SENT, provider_id=sid) if sid else base.unknown(status=response.status_code)
    if response.status_code == 429:
        return base.throttled(base.retry_after(response))
    if response.status_code >= 500:
        if response.status_code == 503 or "code" in fields:
            return base.again(base.PROVIDER_DOWN, base.retry_after(response), status=response.status_code)
        return base.unknown(status=response.status_code)
    return base.failed(base.REFUSED, status=response.status_code, error=fields.get("code"))
