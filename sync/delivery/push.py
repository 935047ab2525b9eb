"""Messages to the house's own app by Firebase Cloud Messaging (FCM), HTTP v1: POST .../messages:send.

Source: Google's reference of `projects.messages` and of FCM's error codes; in our words in `tests/contracts/fcm.toml`.
Sending has no idempotency key and nothing can be asked afterwards, so an attempt without an answer is never repeated: it
is `UNKNOWN` and stays so. That FCM took a message is the last we hear of it: there are no callbacks.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from sync.clock import Clock
from sync.delivery import base
from sync.delivery.google_account import AccessTokens, ServiceAccount
from sync.errors import BadInput
from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.ports import ChannelEvent, Outgoing, Receipt

TEXT_LIMIT = 500
"""UTF-16 units, at most 1,500 bytes: title, links and what JSON adds fit beside them in the 4,096 bytes that FCM takes."""
KEPT_FOR = timedelta(days=1)
"""How long FCM tries to reach a phone that is switched off. Its own default is four weeks: nobody thanks for a visit then."""
DEFAULT_PAUSE = 60.0
"""Seconds to leave FCM alone where it is asked too much and names no time (Google's page on scaling)."""

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class PushChannel:
    """Sends as one Firebase project. Without an account nobody is asked.

    `api` is the base URL. `transport` replaces the network in tests, `timeout` how long an answer is waited for.
    """

    channel = Channel.APP
    webhook_paths: tuple[str, ...] = ()
    repeatable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        api: str,
        account: ServiceAccount | None,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout = base.TIMEOUT,
    ) -> None:
        self._clock = clock
        self._http = httpx.Client(base_url=api, timeout=timeout, transport=transport, verify=base.tls())
        self._path = f"/v1/projects/{quote(account.project_id, safe='')}/messages:send" if account else ""
        self._tokens = AccessTokens(account, self._http, clock) if account else None

    def close(self) -> None:
        """Close the connections to Google."""
        self._http.close()

    def send(self, message: Outgoing) -> Receipt:
        """Send once. Pictures are not supported: a push shows one at most, and that is for the app to fetch."""
        if self._tokens is None:
            return base.failed(base.NOT_SET_UP, channel=self.channel.value)
        if len(message.body.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            return base.failed(base.TOO_LONG, limit=TEXT_LIMIT)
        if message.images:
            return base.failed(base.NOT_SUPPORTED, what="images")
        answer = self._ask(message, self._tokens)
        return answer if isinstance(answer, Receipt) else _receipt(answer, message.to)

    def parse_webhook(self, url: str, headers: Mapping[str, str], body: bytes) -> Sequence[ChannelEvent]:  # noqa: ARG002
        """Raise BadInput: FCM calls nobody back."""
        raise BadInput("Firebase Cloud Messaging has no callbacks.")

    def _ask(self, message: Outgoing, tokens: AccessTokens) -> httpx.Response | Receipt:
        """Send, and once more with a fresh access token where the one we had was refused: then nothing was accepted."""
        content = {"message": self._message(message)}
        answer: httpx.Response | Receipt = base.again(base.NOT_REACHED)
        for _ in range(2):
            token = tokens.get()
            if isinstance(token, Receipt):
                return token
            headers = {"Authorization": f"Bearer {token}"}
            post = partial(self._http.post, self._path, json=content, headers=headers)
            answer = base.call(post, repeatable=self.repeatable)
            if isinstance(answer, Receipt) or answer.status_code != 401 or _details(answer, _FCM_ERROR):
                break
            tokens.forget(token)
        return answer

    def _message(self, message: Outgoing) -> dict[str, Any]:
        data = {"id": message.message_id, "link": message.link, "stop": message.opt_out_url}
        until = self._clock() + KEPT_FOR
        return {
            "token": message.to,
            "notification": {"title": message.sender_name or message.account, "body": message.body},
            "data": {name: value for name, value in data.items() if value},
            "android": {"ttl": f"{int(KEPT_FOR.total_seconds())}s"},
            "apns": {"headers": {"apns-expiration": str(int(until.timestamp()))}},
        }


def _receipt(response: httpx.Response, to: str) -> Receipt:
    """Judge FCM's answer.

    An error in Google's own form (`google.rpc.Status`) is its refusal, so the attempt may be repeated where the error
    passes; but a deadline that passed inside (504), or a 5xx that something between wrote, leaves open whether it was
    accepted.

    A token is only called gone where FCM says so of that very token: UNREGISTERED, or a fault named at `message.token`.
    SENDER_ID_MISMATCH and THIRD_PARTY_AUTH_ERROR more likely mean that our own account is another project's, or Apple's
    key is not entered, and would take every customer's app off.
    """
    status, fields = response.status_code, base.json_object(response)
    if response.is_success:
        name = fields.get("name")
        sent = isinstance(name, str) and bool(name)
        return Receipt(state=MessageState.SENT, provider_id=str(name)) if sent else base.unknown(status=status)
    if status == 429:
        return base.throttled(base.retry_after(response) or DEFAULT_PAUSE)
    said = fields.get("error")
    own = isinstance(said, dict) and isinstance(said.get("status"), str)
    if status >= 500:
        if status == 503 or (own and status != 504):
            return base.again(base.PROVIDER_DOWN, base.retry_after(response), status=status)
        return base.unknown(status=status)
    code = next((base.code_of(each.get("errorCode")) for each in _details(response, _FCM_ERROR)), "")
    if code == "UNREGISTERED" or (code == "INVALID_ARGUMENT" and _names_the_token(response)):
        gone = base.failed(base.ADDRESS_GONE, channel=Channel.APP.value)
        return gone.model_copy(update={"gone": to})
    code = code or (base.code_of(said["status"]) if isinstance(said, dict) and own else "")
    return base.failed(base.REFUSED, status=status, error=code)


def _details(response: httpx.Response, kind: str) -> list[dict[str, Any]]:
    said = base.json_object(response).get("error")
    listed = said.get("details") if isinstance(said, dict) else None
    found = listed if isinstance(listed, list) else []
    return [each for each in found if isinstance(each, dict) and each.get("@type") == kind]


def _names_the_token(response: httpx.Response) -> bool:
    faults = [fault for each in _details(response, _BAD_REQUEST) for fault in _list(each.get("fieldViolations"))]
    return any(isinstance(fault, dict) and fault.get("field") == "message.token" for fault in faults)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
