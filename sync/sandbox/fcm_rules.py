"""What FCM takes of a message (HTTP v1, `projects.messages`): names, kinds of values, receivers, size."""

import json
import re
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 4096
"""Of notification and data together."""
MAX_TTL_SECONDS = 28 * 86_400

_RECEIVERS = ("token", "fid", "topic", "condition")
_TTL = re.compile(r"(\d{1,10})(\.\d{1,9})?s", re.ASCII)
_RESERVED = re.compile(r"from|message_type|google\..*|gcm\.notification\..*", re.DOTALL)
_REQUEST = {"message", "validate_only"}
_MESSAGE = {"name", "data", "notification", "android", "webpush", "apns", "fcm_options", *_RECEIVERS}
_INSIDE = {
    "notification": {"title", "body", "image"},
    "android": {
        "collapse_key",
        "priority",
        "ttl",
        "restricted_package_name",
        "data",
        "notification",
        "fcm_options",
        "direct_boot_ok",
    },
    "apns": {"headers", "payload", "fcm_options", "live_activity_token"},
    "webpush": {"headers", "data", "notification", "fcm_options"},
    "fcm_options": {"analytics_label"},
}
_TEXTS = {("notification", "title"), ("notification", "body"), ("notification", "image"), ("android", "ttl")}
_TEXT_MAPS = {("android", "data"), ("apns", "headers"), ("webpush", "headers"), ("webpush", "data")}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a request."""

    field: str
    words: str


def fault_of(request: Any) -> Fault | None:
    """Return the first thing wrong with the body of `messages:send`, or None."""
    if not isinstance(request, dict):
        return Fault("", "Invalid JSON payload received.")
    if strange := _strange(request, _REQUEST):
        return Fault("", f'Invalid JSON payload received. Unknown name "{strange}": Cannot find field.')
    if not isinstance(request.get("validate_only", False), bool):
        return Fault("validate_only", "Invalid value at 'validate_only' (TYPE_BOOL)")
    message = request.get("message")
    if not isinstance(message, dict):
        return Fault("message", "Missing required field message")
    return _of_message(message) or _of_receiver(message) or _of_data(message) or _of_size(message)


def _of_message(message: dict[str, Any]) -> Fault | None:
    if strange := _strange(message, _MESSAGE):
        return Fault(
            "message", f"Invalid JSON payload received. Unknown name \"{strange}\" at 'message': Cannot find field."
        )
    for part, names in _INSIDE.items():
        value = message.get(part, {})
        if not isinstance(value, dict) or _strange(value, names):
            return Fault(f"message.{part}", f"Invalid value at 'message.{part}'")
        for name, inner in value.items():
            wrong = (part, name) in _TEXTS and not isinstance(inner, str)
            if wrong or ((part, name) in _TEXT_MAPS and not _texts(inner)):
                return Fault(f"message.{part}.{name}", f"Invalid value at 'message.{part}.{name}' (TYPE_STRING)")
    ttl = message.get("android", {}).get("ttl", "0s")
    fits = _TTL.fullmatch(ttl)
    if not fits or int(fits[1]) > MAX_TTL_SECONDS:
        return Fault("message.android.ttl", "Invalid ttl: a duration in seconds of at most four weeks, such as 3.5s")
    if not isinstance(message.get("apns", {}).get("payload", {}), dict):
        return Fault("message.apns.payload", "Invalid value at 'message.apns.payload'")
    return None


def _of_receiver(message: dict[str, Any]) -> Fault | None:
    """This stand-in reaches single phones: topics and conditions are not ours to use, and are refused in FCM's place."""
    named = [one for one in _RECEIVERS if one in message]
    if not named:
        return Fault("message", "Recipient of the message is not set.")
    if len(named) > 1:
        return Fault("message", "Only one of token, topic and condition may be set.")
    if named != ["token"] or not isinstance(message["token"], str):
        return Fault(f"message.{named[0]}", "Invalid registration token")
    return None


def _of_data(message: dict[str, Any]) -> Fault | None:
    data = message.get("data", {})
    if not _texts(data):
        return Fault("message.data", "Invalid value at 'message.data' (TYPE_STRING)")
    if reserved := next((key for key in data if _RESERVED.fullmatch(key)), None):
        return Fault("message.data", f"Invalid data payload key: {reserved}")
    return None


def _of_size(message: dict[str, Any]) -> Fault | None:
    parts = {name: message[name] for name in ("notification", "data") if name in message}
    if len(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return Fault("message", f"Message is too big: at most {MAX_BYTES} bytes.")
    return None


def _strange(given: dict[str, Any], known: set[str]) -> str:
    """Return a name that is not known; the JSON form of protocol buffers takes both `fcm_options` and `fcmOptions`."""
    return next((name for name in given if re.sub(r"[A-Z]", lambda m: f"_{m[0].lower()}", name) not in known), "")


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
