"""The sample retailer's web shop, tills and call centre in the words of the Segment spec (V2), batched as its clients post them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from json import JSONEncoder
from operator import itemgetter
from typing import Any

from sync.sandbox.retailer.customers import domestic
from sync.sandbox.retailer.elsewhere import calls
from sync.sandbox.retailer.organisation import BRAND
from sync.sandbox.retailer.world import WEB, Line, Look, Order, Product, Variant, World

BATCH_EVENTS = 1000
BATCH_BYTES = 450_000
"""Below the 500 KB that Segment's HTTP API takes."""

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Event = tuple[datetime, str]
"""When it happened, and the event as JSON without its messageId's closing brace: see `_event`."""


def batches(world: World) -> Iterator[tuple[str, str]]:
    """Yield every event in time order: the month (2026-11) and one body for POST /v1/batch, one month to a body."""
    events = sorted(chain(_looks(world), _orders(world), _calls(world)), key=itemgetter(0))
    prefix = f"kz-{world.seed}-{world.today:%Y%m%d}-"
    month, last, bodies, size = "", world.now, list[str](), 0
    for serial, (at, body) in enumerate(events):
        text = f'{{"messageId":"{prefix}{serial:06d}",{body[1:]}'
        long, its_month = len(text.encode()), at.isoformat()[:7]
        full = len(bodies) >= BATCH_EVENTS or size + long > BATCH_BYTES
        if bodies and (full or month != its_month):
            yield month, _batch(bodies, last)
            bodies, size = [], 0
        month, last = its_month, at
        bodies.append(text)
        size += long + 1
    if bodies:
        yield month, _batch(bodies, last)


def _batch(bodies: Iterable[str], last: datetime) -> str:
    return f'{{"batch":[{",".join(bodies)}],"sentAt":"{_stamp(last)}"}}'


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + ".000Z"


def _looks(world: World) -> Iterator[Event]:
    for look in world.looks:
        yield look.at, _encode(_names(look) | _said(look) | {"timestamp": _stamp(look.at)})


def _names(look: Look) -> dict[str, Any]:
    names = {"anonymousId": look.device}
    if look.customer is not None and look.signed_in:
        names["userId"] = look.customer.user_id
    return names


def _said(look: Look) -> dict[str, Any]:
    if look.event == "identify":
        assert look.customer is not None
        traits = {
            "email": look.customer.email,
            "phone": domestic(look.customer.phone),
            "member_number": look.customer.number,
        }
        return {"type": "identify", "traits": {name: value for name, value in traits.items() if value}}
    if look.event == "My Page":
        return {"type": "page", "name": "My Page", "properties": {}}
    properties: dict[str, Any] = {}
    if look.product is not None and look.variant is not None:
        properties = _piece(look.product, look.variant) | {"size": look.variant.size}
    elif look.event == "Products Searched":
        properties = {"query": look.query}
    elif look.event == "Product List Viewed":
        properties = {"list_id": look.category, "category": look.category}
    return {"type": "track", "event": look.event, "properties": properties}


def _piece(product: Product, variant: Variant) -> dict[str, Any]:
    return {
        "product_id": product.code,
        "sku": variant.sku,
        "category": product.category,
        "name": product.name,
        "brand": BRAND,
        "variant": f"{variant.colour} {variant.size}",
        "price": variant.price,
        "currency": "JPY",
    }


def _orders(world: World) -> Iterator[Event]:
    for serial, order in enumerate(sorted(world.orders, key=lambda order: (order.at, order.customer.number))):
        number = f"{_TILL[order.shop]}{order.at:%y%m}-{serial:05d}"
        event = {
            "type": "track",
            "event": "Order Completed",
            "userId": order.customer.user_id,
            "properties": _bought(order, number),
            "timestamp": _stamp(order.at),
        }
        yield order.at, _encode(event)


def _calls(world: World) -> Iterator[Event]:
    for call in calls(world):
        properties = {
            "means": call.means,
            "purpose": call.purpose,
            "tool": call.tool,
            "contact_id": call.number,
            "text": call.text,
        }
        event = {
            "type": "track",
            "event": "Contact Recorded",
            "userId": call.customer.user_id,
            "properties": properties,
            "timestamp": _stamp(call.at),
        }
        yield call.at, _encode(event)


_TILL = {"ginza": "G", "omotesando": "O", "yokohama": "Y", "osaka": "U", "fukuoka": "F", WEB: "W"}


def _bought(order: Order, number: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "order_id": number,
        "affiliation": order.shop,
        "total": order.total,
        "currency": "JPY",
        "products": [_line(line) for line in order.lines],
    }
    if order.staff:
        properties["staff_code"] = order.staff
    if order.refunded:
        properties["refunded"] = True
    return properties


def _line(line: Line) -> dict[str, Any]:
    piece = _piece(line.product, line.variant)
    del piece["currency"]
    return piece | {"quantity": line.quantity}
