"""What LINE accepts as a push: the published request, checked by hand and answered in LINE's own words.

Source: LINE's OpenAPI document (`PushMessageRequest` and the message types) and, for lengths that are not in it, the
Messaging API reference: text of at most 5,000 UTF-16 units, alternative text of 1,500, pictures by HTTPS.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Detail = dict[str, str]
"""One entry of `details` in LINE's error answer: message and property."""

MAX_MESSAGES, MAX_TEXT, MAX_ALT_TEXT, MAX_SENDER, MAX_URL, MAX_QUICK_REPLIES = 5, 5_000, 1_500, 20, 2_000, 13
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "text": {"text": str},
    "textV2": {"text": str},
    "sticker": {"packageId": str, "stickerId": str},
    "image": {"originalContentUrl": str, "previewImageUrl": str},
    "video": {"originalContentUrl": str, "previewImageUrl": str},
    "audio": {"originalContentUrl": str, "duration": int},
    "location": {"title": str, "address": str, "latitude": (int, float), "longitude": (int, float)},
    "imagemap": {"baseUrl": str, "altText": str, "baseSize": dict, "actions": list},
    "template": {"altText": str, "template": dict},
    "flex": {"altText": str, "contents": dict},
    "coupon": {"couponId": str},
}
"""Message type to the fields it must have."""


def utf16_units(text: str) -> int:
    """Return the length as LINE counts it: an emoji outside the basic plane counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def faults_of_push(body: Any) -> list[Detail]:
    """Return what is wrong with a push request, empty where LINE takes it."""
    if not isinstance(body, dict):
        return [_detail("Must be an object", "")]
    return list(_push(body))


def faults_of_reply(body: Any) -> list[Detail]:
    """Return what is wrong with a reply request, apart from whether its token is good."""
    if not isinstance(body, dict):
        return [_detail("Must be an object", "")]
    token = body.get("replyToken")
    wrong = [] if isinstance(token, str) and token else [_detail("May not be empty", "replyToken")]
    return [*wrong, *(fault for fault in _push({**body, "to": "-"}))]


def _push(body: dict[str, Any]) -> Iterator[Detail]:
    to = body.get("to")
    if not isinstance(to, str) or not to:
        yield _detail("May not be empty", "to")
    if not isinstance(body.get("notificationDisabled", False), bool):
        yield _detail("Must be a boolean", "notificationDisabled")
    units = body.get("customAggregationUnits", [])
    if not isinstance(units, list) or not all(isinstance(unit, str) for unit in units):
        yield _detail("Must be an array of strings", "customAggregationUnits")
    messages = body.get("messages")
    if messages is None:
        yield _detail("May not be null", "messages")
    elif not isinstance(messages, list) or not 1 <= len(messages) <= MAX_MESSAGES:
        yield _detail(f"Size must be between 1 and {MAX_MESSAGES}", "messages")
    else:
        for index, message in enumerate(messages):
            yield from _message(message, f"messages[{index}]")


def _message(message: Any, at: str) -> Iterator[Detail]:
    if not isinstance(message, dict):
        yield _detail("Must be an object", at)
        return
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in _FIELDS:
        yield _detail(f"Must be one of the following values: [{', '.join(_FIELDS)}]", f"{at}.type")
        return
    for name, wanted in _FIELDS[kind].items():
        yield from _field(message.get(name), wanted, f"{at}.{name}")
    yield from _sender(message.get("sender"), f"{at}.sender")
    yield from _quick_reply(message.get("quickReply"), f"{at}.quickReply")


def _field(value: Any, wanted: type | tuple[type, ...], at: str) -> Iterator[Detail]:
    if value is None or value == "":
        yield _detail("May not be empty", at)
    elif not isinstance(value, wanted) or isinstance(value, bool):
        yield _detail("Has a wrong type", at)
    elif at.endswith("Url") and not _is_url(str(value)):
        yield _detail("Must be a valid HTTPS URL", at)
    elif isinstance(value, str):
        longest = MAX_ALT_TEXT if at.endswith("altText") else MAX_TEXT
        if utf16_units(value) > longest:
            yield _detail(f"Length must be between 0 and {longest}", at)


def _sender(sender: Any, at: str) -> Iterator[Detail]:
    if sender is None:
        return
    if not isinstance(sender, dict):
        yield _detail("Must be an object", at)
        return
    name = sender.get("name", "")
    if not isinstance(name, str):
        yield _detail("Has a wrong type", f"{at}.name")
    elif utf16_units(name) > MAX_SENDER:
        yield _detail(f"Length must be between 0 and {MAX_SENDER}", f"{at}.name")
    elif "line" in name.casefold():
        yield _detail("Contains a word that may not be used", f"{at}.name")
    icon = sender.get("iconUrl")
    if icon is not None and (not isinstance(icon, str) or not _is_url(icon)):
        yield _detail("Must be a valid HTTPS URL", f"{at}.iconUrl")


def _quick_reply(quick: Any, at: str) -> Iterator[Detail]:
    if quick is None:
        return
    items = quick.get("items") if isinstance(quick, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_QUICK_REPLIES:
        yield _detail(f"Size must be between 1 and {MAX_QUICK_REPLIES}", f"{at}.items")


def _is_url(value: str) -> bool:
    """True for HTTPS, as LINE asks; this stand-in also lets through plain HTTP on this machine, where the demo runs."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    return secure and bool(parts.hostname) and len(value) <= MAX_URL


def _detail(message: str, at: str) -> Detail:
    return {"message": message, "property": at}
