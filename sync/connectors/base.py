"""What connectors share: who is asking, how a body is unpacked, and plain words for what is wrong with a fact."""

import base64
import binascii
import hmac
import zlib
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sync.errors import BadInput, NotSignedIn, TooLarge
from sync.model.source import AnyFact
from sync.ports import RowError

GZIP = b"\x1f\x8b"
_SHOWN = frozenset(
    [
        "type",
        "code",
        "shop_code",
        "staff_code",
        "product_code",
        "shop_kind",
        "role",
        "sku",
        "jan",
        "price",
        "currency",
        "quantity",
        "category",
        "at",
        "starts_at",
        "ends_at",
        "booked_at",
        "opens",
        "closes",
        "minutes",
        "number",
        "channel",
        "purpose",
        "state",
        "cause",
        "direction",
        "appointment_kind",
        "event",
        "points",
        "points_expire_on",
        "rank",
        "pace",
        "preferred_channel",
        "home_shop_code",
        "person_in_charge_code",
        "language",
        "latitude",
        "longitude",
        "time_zone",
        "may_send",
        "stand_in_code",
        "active",
        "demo",
    ]
)
"""Fields whose value an error repeats. All others may hold personal data and are named only."""

FACTS: dict[str, TypeAdapter[Any]] = {cls.model_fields["type"].default: TypeAdapter(cls) for cls in AnyFact.__args__}
"""Reads a fact of each type from plain values."""


def check_basic(headers: Mapping[str, str], expected_user: str) -> None:
    """Raise NotSignedIn unless the request carries HTTP Basic credentials with this user name; the password is not asked."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    try:
        user = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        user = ""
    right = hmac.compare_digest(user.encode(), expected_user.encode())
    if scheme.lower() != "basic" or not expected_user or not right:
        raise NotSignedIn("The write key is missing or wrong.")


def unpack(body: bytes, limit: int) -> bytes:
    """Return the body, gunzipped where it is gzip, whatever the headers call it; raise TooLarge past `limit` bytes."""
    if body.startswith(GZIP):
        unzip = zlib.decompressobj(wbits=31)
        try:
            body = unzip.decompress(body, limit + 1)
        except zlib.error as error:
            raise BadInput("The body is not valid gzip.", reason="not_gzip") from error
        if not unzip.eof and len(body) <= limit:
            raise BadInput("The gzip body ends too early.", reason="not_gzip")
    if len(body) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.", limit=limit)
    return body


def row_error(row: int, field: str, message: str, value: object = "") -> RowError:
    """Return an error that repeats the value only where it cannot be personal."""
    shown = str(value)[:80] if field.split(".")[-1] in _SHOWN and not isinstance(value, (dict, list)) else ""
    printable = shown.encode("utf-8", "replace").decode().replace("\x00", "\N{SYMBOL FOR NULL}")
    return RowError(row=row, field=field, message=message, value=printable)


_WORDS = {
    "missing": "is empty, but needed",
    "string_too_short": "is empty, but needed",
    "timezone_aware": "has no time zone: write it as 2026-11-22T10:30:00+09:00",
    "string_pattern_mismatch": "is not written as it should be",
    "int_parsing": "is not a whole number",
    "int_from_float": "is not a whole number",
    "int_type": "is not a whole number",
    "int_parsing_size": "is too large a number",
    "float_parsing": "is not a number",
    "bool_parsing": "is neither true nor false",
    "date_from_datetime_parsing": "is not a date: write it as 2026-11-22",
    "date_parsing": "is not a date: write it as 2026-11-22",
    "datetime_parsing": "is not a date and time: write it as 2026-11-22T10:30:00+09:00",
    "datetime_from_date_parsing": "is not a date and time: write it as 2026-11-22T10:30:00+09:00",
    "time_parsing": "is not a time of day: write it as 10:30",
    "string_type": "is not text",
    "dict_type": "is not a group of values",
    "model_type": "is not a group of values",
    "model_attributes_type": "is not a group of values",
    "tuple_type": "is not a list",
    "string_unicode": "holds half a character",
}
_PATTERNS = {
    "anniversary": "is not month and day: write it as 04-09",
    "birthday": "is not month and day: write it as 04-09",
    "currency": "is not a currency's three letters, e.g. JPY",
    "app_id": "is not 18 hexadecimal digits in lower case",
    "app_public_key": "is not 64 hexadecimal digits in lower case",
}


def errors_of(row: int, error: ValidationError) -> list[RowError]:
    """Return one error for each wrong field, in words for whoever made the file or the event."""
    found = []
    for problem in error.errors(include_url=False, include_context=True):
        field = ".".join(str(part) for part in problem["loc"]) or "row"
        found.append(row_error(row, field, _words(field, problem), problem.get("input", "")))
    return found


def _words(field: str, problem: Mapping[str, Any]) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "enum":
        return f"is none of {context['expected']}".replace("'", "").replace(" or ", ", ")
    if kind == "literal_error":
        return f"is not {context['expected']}".replace("'", "")
    if kind == "greater_than_equal":
        return f"is less than {context['ge']}"
    if kind == "less_than_equal":
        return f"is more than {context['le']}"
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} characters"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(field, _WORDS[kind])
    return _WORDS.get(kind, str(problem["msg"]))


def holds_only_text(value: object, depth: int = 0) -> str:
    """Return what no database can store of a value of JSON (NUL, half of a surrogate pair, endless nesting), or ""."""
    if depth > 40:
        return "is nested too deeply"
    if isinstance(value, str):
        if "\x00" in value:
            return "holds a NUL character"
        return "" if value.isascii() or _is_unicode(value) else "holds half a character"
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return next((problem for part in value if (problem := holds_only_text(part, depth + 1))), "")
    return ""


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
