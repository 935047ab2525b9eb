"""What the channels share: how an attempt that got no clean answer is judged, and how callbacks are checked.

A channel knows one thing that durable sending must know of it: whether the provider recognises a repeated request
(`repeatable`). Where it does, an attempt without an answer is made again under the same key; where it does not, such an
attempt ends as UNKNOWN, because asking again could reach the customer twice.
"""

import hmac
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha1, sha256
from ssl import SSLContext
from typing import Any, ClassVar, Protocol

import httpx

from sync.errors import NotSignedIn
from sync.model.customer import Channel
from sync.model.outreach import MessageState, Reason
from sync.ports import MessageChannel, Receipt

NO_ANSWER = "no_answer"
"""Code of the reason of an attempt that the provider may or may not have accepted."""
NOT_REACHED = "not_reached"
THROTTLED = "throttled"
PROVIDER_DOWN = "provider_down"
REFUSED = "refused_by_provider"
TOO_LONG = "too_long"
NOT_SUPPORTED = "not_supported"
NOT_SET_UP = "not_set_up"
ADDRESS_GONE = "address_gone"
"""The provider says that nobody is reached there any more."""
QUOTA_OUT = "quota_out"
"""The month's messages are used up: nothing goes this way before the next one."""
QUOTA_KEPT = "quota_kept"
"""What is left of the month's messages is kept for service."""

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
"""Seconds. LINE, Twilio and Google all answer well below this; a slower answer is treated as none."""


class DurableChannel(MessageChannel, Protocol):
    """A channel that durable sending can drive."""

    repeatable: ClassVar[bool]
    """True where the provider takes the same idempotency key only once."""


Channels = Mapping[Channel, DurableChannel]


@cache
def tls() -> SSLContext:
    """Return the process's certificates of authorities: reading them takes a fifth of a second, once for all channels."""
    return httpx.create_ssl_context()


def failed(code: str, **params: object) -> Receipt:
    """Return the receipt of an attempt that can never succeed. `params` hold codes and numbers, no personal data."""
    return Receipt(state=MessageState.FAILED, reason=Reason(code=code, params=params))


def again(code: str, after: float | None = None, **params: object) -> Receipt:
    """Return the receipt of an attempt to be made again, at the earliest `after` seconds from now."""
    return Receipt(state=MessageState.QUEUED, reason=Reason(code=code, params=params), retry_after_seconds=after)


def throttled(after: float | None) -> Receipt:
    """Return the receipt of an attempt to be made again once the provider takes requests again, `after` seconds from now.

    The seconds also stand in the reason, from which every process learns that this provider wants to be left alone.
    """
    return again(THROTTLED, after, **({} if after is None else {"seconds": round(after, 1)}))


def unknown(**params: object) -> Receipt:
    """Return the receipt of an attempt that may have been accepted and must not be repeated."""
    return Receipt(state=MessageState.UNKNOWN, reason=Reason(code=NO_ANSWER, params=params))


def call(request: Callable[[], httpx.Response], *, repeatable: bool) -> httpx.Response | Receipt:
    """Make an HTTP request; where no answer came, return the Receipt that says what this means for the message.

    A connection that was never opened carried nothing, so the attempt is safely made again. Anything that breaks later
    may have been accepted.
    """
    try:
        return request()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
        return again(NOT_REACHED)
    except httpx.HTTPError as error:
        return again(NO_ANSWER) if repeatable else unknown(error=type(error).__name__)


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, or None. Its date form is not used by our providers."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 8 else None


def json_object(response: httpx.Response) -> dict[str, Any]:
    """Return the answer as a JSON object; an empty one where it is nothing of the kind."""
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def code_of(value: object) -> str:
    """Return a provider's error code as it may stand in a reason; empty for what may be words, and so somebody's."""
    return value if isinstance(value, str) and value.isidentifier() and len(value) <= 40 else ""


def check_hmac(secret: str, signed: bytes, given: bytes, *, digest: str) -> None:
    """Raise NotSignedIn unless `given` is the HMAC of `signed`.

    Without a secret nothing can be verified, so everything is refused: an empty key would let anyone sign.
    `digest` is "sha1" or "sha256".
    """
    algorithm = {"sha1": sha1, "sha256": sha256}[digest]
    if not secret or not hmac.compare_digest(hmac.new(secret.encode(), signed, algorithm).digest(), given):
        raise NotSignedIn("The signature of this callback does not hold.")
