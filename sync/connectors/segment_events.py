"""What one Segment event says, as facts.

track     the browsing events and orders of the V2 ecommerce spec, and our own `Contact Recorded` for what another tool
          sent; other events only link the names they carry
identify  two names of one person, with traits, and where a push reaches the app it came from
alias     the same, by a former id
page, screen  only "My Page" is kept (she looks at her own account); others only link names
group     nothing is kept
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from pydantic import TypeAdapter, ValidationError

from sync.model.catalogue import Money
from sync.model.customer import BrowseEvent
from sync.model.source import (
    AnyFact,
    BrowseFact,
    ContactFact,
    CustomerRef,
    IdentityFact,
    OrderFact,
    OrderLineFact,
)
from sync.model.source_values import When

BROWSING = {
    "Product Viewed": BrowseEvent.PRODUCT_VIEWED,
    "Product List Viewed": BrowseEvent.PRODUCT_LIST_VIEWED,
    "Products Searched": BrowseEvent.PRODUCTS_SEARCHED,
    "Product Added": BrowseEvent.PRODUCT_ADDED,
    "Product Added to Wishlist": BrowseEvent.PRODUCT_ADDED_TO_WISHLIST,
    "Cart Viewed": BrowseEvent.CART_VIEWED,
}
MY_PAGE = "my page"
CONTACT = "Contact Recorded"
_ORDERS = {"Order Completed": False, "Order Refunded": True}
_FUTURE = timedelta(days=1)
"""How far ahead of ours another clock may run before what it says is nonsense."""
_MOST = 10**12
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_WHEN: TypeAdapter[datetime] = TypeAdapter(When)


class EventError(Exception):
    """An event that cannot be taken: which field, why, and its value."""

    def __init__(self, field: str, message: str, value: object = "") -> None:
        super().__init__(field)
        self.field, self.message, self.value = field, message, value


def facts_of(event: dict[str, Any], sent_at: object, received_at: datetime) -> list[AnyFact]:
    """Return what the event says; raise EventError or pydantic's ValidationError for what is wrong with it."""
    type_ = event.get("type")
    if type_ not in ("track", "identify", "page", "screen", "alias", "group"):
        raise EventError("type", "is none of track, identify, page, screen, alias, group", type_ or "")
    at = _moment(event, sent_at, received_at)
    ref = _ref(event)
    if type_ == "track":
        return _track(event, ref, at)
    if type_ == "group":
        return []
    if type_ == "identify":
        return _identify(event, ref)
    if type_ == "alias":
        previous = _id(event, "previousId")
        if not previous or not ref.user_id:
            raise EventError("previousId" if not previous else "userId", "is empty, but needed")
        return [IdentityFact(ref=ref.model_copy(update={"anonymous_id": previous}))]
    name = event.get("name") or _group(event, "properties").get("name")
    if isinstance(name, str) and name.strip().lower() == MY_PAGE:
        return [BrowseFact(ref=ref, at=at, event=BrowseEvent.MY_PAGE_VIEWED)]
    return _link(ref)


def _track(event: dict[str, Any], ref: CustomerRef, at: datetime) -> list[AnyFact]:
    name = event.get("event")
    if not isinstance(name, str) or not name.strip():
        raise EventError("event", "is empty, but needed" if name in (None, "") else "is not text")
    properties = _group(event, "properties")
    if name in BROWSING:
        return [
            BrowseFact(
                ref=ref,
                at=at,
                event=BROWSING[name],
                product_code=_text(properties, "product_id"),
                sku=_text(properties, "sku"),
                category=_text(properties, "category"),
                size=_text(properties, "size"),
                query=_text(properties, "query"),
            )
        ]
    if name in _ORDERS:
        return [_order(properties, ref, at, refunded=_ORDERS[name])]
    if name == CONTACT:
        return [_contact(event, properties, ref, at)]
    return _link(ref)


def _order(properties: dict[str, Any], ref: CustomerRef, at: datetime, *, refunded: bool) -> OrderFact:
    currency = _text(properties, "currency") or "JPY"
    if not re.fullmatch("[A-Z]{3}", currency):
        raise EventError("properties.currency", "is not a currency's three letters, e.g. JPY", currency)
    products = properties.get("products", [])
    if not isinstance(products, list) or len(products) > 500:
        raise EventError("properties.products", "is not a list of at most 500 products")
    lines = tuple(_line(product, index, currency) for index, product in enumerate(products))
    if not lines and not refunded:
        raise EventError("properties.products", "is empty, but needed")
    total = next((properties[key] for key in ("total", "revenue") if properties.get(key) is not None), None)
    if total is None:
        amount = sum(line.quantity * line.price.amount for line in lines)
    else:
        amount = _minor(total, currency, "properties.total")
    said = properties.get("refunded", False)
    if not isinstance(said, bool):
        raise EventError("properties.refunded", "is neither true nor false")
    return OrderFact(
        ref=ref,
        number=_text(properties, "order_id", needed=True),
        shop_code=_text(properties, "affiliation") or "web",
        at=at,
        lines=lines,
        total=Money(amount=amount, currency=currency),
        refunded=refunded or said,
        staff_code=_text(properties, "staff_code"),
    )


def _line(product: object, index: int, currency: str) -> OrderLineFact:
    where = f"properties.products.{index}"
    if not isinstance(product, dict):
        raise EventError(where, "is not an object")
    quantity = product.get("quantity", 1)
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= 100_000:
        raise EventError(f"{where}.quantity", "is not a whole number from 1 to 100000", quantity)
    return OrderLineFact(
        sku=_text(product, "sku", where, needed=True),
        name=_text(product, "name", where),
        category=_text(product, "category", where),
        quantity=quantity,
        price=Money(amount=_minor(product.get("price", 0), currency, f"{where}.price"), currency=currency),
    )


def _contact(event: dict[str, Any], properties: dict[str, Any], ref: CustomerRef, at: datetime) -> ContactFact:
    said = {name: _text(properties, name) for name in ("purpose", "text")}
    needed = {name: _text(properties, name, needed=True) for name in ("means", "tool")}
    number = _text(properties, "contact_id") or _id(event, "messageId")
    kept = {name: value for name, value in said.items() if value}
    return ContactFact.model_validate({"ref": ref, "at": at, "number": number, **needed, **kept})


def _identify(event: dict[str, Any], ref: CustomerRef) -> list[AnyFact]:
    traits = _group(event, "traits")
    names = {
        "member_number": _text(traits, "member_number", "traits"),
        "email": _text(traits, "email", "traits"),
        "phone": _text(traits, "phone", "traits"),
    }
    known = {
        "family_name": _text(traits, "last_name", "traits") or _text(traits, "lastName", "traits"),
        "given_name": _text(traits, "first_name", "traits") or _text(traits, "firstName", "traits"),
    }
    kept = {key: value for key, value in {**known, "email": names["email"], "phone": names["phone"]}.items() if value}
    if token := _push_token(event):
        kept["app_token"] = token
    update = {key: value for key, value in names.items() if value}
    if len(names["member_number"]) > 64:
        raise EventError("traits.member_number", "is longer than 64 characters")
    return [IdentityFact(ref=ref.model_copy(update=update), traits=kept)]


def _push_token(event: dict[str, Any]) -> str:
    """Return where a push reaches the app that sent the event: `context.device.token`, as Segment's mobile libraries have
    it. What is no text there says nothing, and is no reason to lose the rest."""
    context = event.get("context")
    device = context.get("device") if isinstance(context, dict) else None
    token = device.get("token") if isinstance(device, dict) else None
    return token.strip() if isinstance(token, str) else ""


def _link(ref: CustomerRef) -> list[AnyFact]:
    return [IdentityFact(ref=ref)] if ref.user_id and ref.anonymous_id else []


def _ref(event: dict[str, Any]) -> CustomerRef:
    user, anonymous = _id(event, "userId"), _id(event, "anonymousId")
    if not user and not anonymous:
        raise EventError("userId", "is empty, and so is anonymousId: one of them is needed")
    return CustomerRef(user_id=user, anonymous_id=anonymous)


def _id(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    if not isinstance(value, str):
        raise EventError(name, "is not text")
    if len(value) > 254:
        raise EventError(name, "is longer than 254 characters")
    return value


def _group(event: dict[str, Any], name: str) -> dict[str, Any]:
    value = event.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EventError(name, "is not an object")
    return value


def _text(group: dict[str, Any], name: str, where: str = "properties", *, needed: bool = False) -> str:
    value = group.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        value = str(value)
    if value is None or value == "":
        if needed:
            raise EventError(f"{where}.{name}", "is empty, but needed")
        return ""
    if not isinstance(value, str):
        raise EventError(f"{where}.{name}", "is not text")
    if len(value) > 1000:
        raise EventError(f"{where}.{name}", "is longer than 1000 characters")
    return value.strip()


def _minor(value: object, currency: str, where: str) -> int:
    """Return an amount, written in the currency's major unit as Segment does, in its minor unit (ISO 4217)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise EventError(where, "is not a number")
    try:
        amount = Decimal(str(value)).scaleb(get_currency_precision(currency))
        if not abs(amount) <= _MOST:
            raise EventError(where, "is too large a number", value)
        return round(amount)
    except (InvalidOperation, ValueError) as error:
        raise EventError(where, "is not a number", value) from error


def _moment(event: dict[str, Any], sent_at: object, received_at: datetime) -> datetime:
    """Return when it happened: the timestamp, else the client's own time moved by how wrong its clock was when it sent."""
    if event.get("timestamp") is not None:
        at = _time(event["timestamp"], "timestamp")
    elif event.get("originalTimestamp") is not None:
        at = _time(event["originalTimestamp"], "originalTimestamp")
        if sent_at is not None:
            at += received_at - _time(sent_at, "sentAt")
    else:
        at = received_at
    if at > received_at + _FUTURE or at.year < 2000:
        raise EventError("timestamp", "is not between the year 2000 and tomorrow", event.get("timestamp", ""))
    return at


def _time(value: object, name: str) -> datetime:
    if not isinstance(value, str) or not _ISO.match(value):
        raise EventError(name, "is not a date and time: write it as 2026-11-22T10:30:00+09:00", value)
    try:
        return _WHEN.validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]
        naive = problem["type"] == "timezone_aware"
        raise EventError(
            name,
            "has no time zone: write it as 2026-11-22T10:30:00+09:00" if naive else "is no date and time that can be",
            value,
        ) from error
