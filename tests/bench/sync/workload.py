"""The seeded workload of `make bench-sync`: the same customers and child records, byte for byte, for ours and for every peer.

Records are plain dicts in wire form (what `Record.to_wire` gives), so that a peer needs nothing of ours to store them.
A customer depends on the seed and her number only: 10,000 are the first of 200,000.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sync.ids import imported_id
from sync.protocol import Row
from sync.sandbox.retailer.customers import DISLIKES, LIKES
from sync.sandbox.retailer.names import draw_name
from sync.sandbox.retailer.shop_words import NOTES

Wire = dict[str, Any]

SIZES = (10_000, 50_000, 200_000)
"""Customers in a shop's scope."""
CHANGED = 5_000
"""Rows of a catch-up (W2)."""
DEEP_CUSTOMERS, DEEP_CHILDREN = 2_000, 280
"""Customers and child records each of the deep snapshot (W1c); one profile in W6 has as many."""
SEED = 7
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
SHOP = imported_id("shop", "bench")
STAFF = tuple(imported_id("staff", f"bench-{number}") for number in range(12))
_PRODUCTS = tuple(imported_id("product", f"bench-{number}") for number in range(400))
_CATEGORIES = ("dress", "knit", "coat", "blouse", "skirt", "trousers", "shoes", "bag")
_BROWSED = ("product_viewed", "product_list_viewed", "product_added", "product_added_to_wishlist", "cart_viewed")

_MIX: tuple[str, ...] = (
    *("web_activity",) * 12,
    *("order",) * 4,
    *("visit",) * 4,
    *("interaction",) * 4,
    *("message",) * 2,
    "contact",
    *("appointment", "consent", "follow_up", "promise", "slip", "belonging"),
)
"""In thirty-three child records: as many of each kind as a regular customer's have, most of them looks into the web shop."""


def customer(number: int, seed: int = SEED, *, change: int = 0) -> Wire:
    """Return one customer of about 650 bytes as JSON in UTF-8. `change` counts how often she was changed since."""
    random = Random(f"{seed}:{number}")
    name = draw_name(random)
    record_id = imported_id("customer", f"{seed}:{number}")
    since = NOW.date() - timedelta(days=random.randint(30, 3650))
    return {
        "id": record_id,
        "v": 1,
        "member_number": f"{10_000_000 + number}",
        "family_name": name.family,
        "given_name": name.given,
        "family_kana": name.family_kana,
        "given_kana": name.given_kana,
        "phone": f"+81{random.choice((70, 80, 90))}{random.randrange(10**8):08}",
        "email": f"{random.choice('abcdefghkmnrsty')}{random.randrange(10**9):09}@example.jp",
        "line_user_id": f"U{random.getrandbits(128):032x}",
        "language": "ja",
        "birthday": f"{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        "rank": random.choice(("", "silver", "gold", "platinum")),
        "points": random.randrange(40_000) + change,
        "member_since": since.isoformat(),
        "home_shop_id": SHOP,
        "person_in_charge_id": random.choice(STAFF),
        "preferred_channel": random.choice(("line", "sms", "email")),
        "pace": random.choice(("active", "modest", "quiet")),
        "sizes": {"tops": random.choice(("7", "9", "11")), "shoes": random.choice(("23.0", "23.5", "24.0"))},
        "likes": random.sample(LIKES, 2),
        "dislikes": random.sample(DISLIKES, 1),
        "aliases": [],
    }


def customers(count: int, seed: int = SEED) -> Iterator[Wire]:
    return (customer(number, seed) for number in range(count))


def changed(records: int, count: int = CHANGED, seed: int = SEED, *, change: int = 1) -> Iterator[Wire]:
    """Return `count` of the first `records` customers, spread evenly, each with other points than before."""
    step = max(1, records // count)
    return (customer(number * step, seed, change=change) for number in range(min(count, records)))


def child_rows(owner: Wire, count: int, seed: int = SEED) -> Iterator[Row]:
    """Return `count` child records of one customer as the feed carries them, of every kind of the design."""
    random = Random(f"{seed}:children:{owner['id']}")
    for place in range(count):
        kind = "membership_key" if place == 0 else _MIX[(place * 7) % len(_MIX)]
        at = NOW - timedelta(minutes=random.randrange(60 * 24 * 700))
        record_id = imported_id(kind, f"{owner['id']}:{place}")
        if kind == "membership_key":
            record_id = f"{random.getrandbits(72):018x}"
        head = {"id": record_id, "v": 1, "customer_id": owner["id"]}
        yield Row(kind, record_id, owner["id"], head | _BODIES[kind](random, at))


def rows(count: int, children: int = 0, seed: int = SEED) -> Iterator[Row]:
    """Return customers as the feed carries them, each followed by her child records."""
    for one in customers(count, seed):
        yield Row("customer", one["id"], one["id"], one)
        yield from child_rows(one, children, seed)


def encode(record: Wire) -> str:
    """Return the payload that every side stores, compact JSON with Japanese as it is."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def write_lines(path: Path, records: Iterable[Wire]) -> Path:
    """Write one record a line, for peers that run in an interpreter of their own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{encode(one)}\n" for one in records)
    return path


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _membership_key(random: Random, _at: datetime) -> Wire:
    return {"public_key": f"{random.getrandbits(256):064x}"}


def _consent(random: Random, at: datetime) -> Wire:
    return {
        "channel": random.choice(("line", "sms", "email")),
        "purpose": random.choice(("relationship", "campaign")),
        "state": random.choice(("granted", "granted", "refused")),
        "at": _instant(at),
        "source": "registration",
        "wording": "お客様へのご案内をお送りしてよろしいですか。",
        "wording_version": "2024-10",
    }


def _order(random: Random, at: datetime) -> Wire:
    amount = random.randint(8, 120) * 1100
    price = {"amount": amount, "currency": "JPY", "tax_included": True}
    line = {
        "variant_id": random.choice(_PRODUCTS),
        "sku": f"MR-{random.randrange(10**5):05}-09",
        "name": random.choice(("リネンブレンド ワンピース", "カシミヤ クルーネックニット", "ウール チェスターコート")),
        "category": random.choice(_CATEGORIES),
        "quantity": 1,
        "price": price,
    }
    return {
        "number": f"{random.randrange(10**10):010}",
        "shop_id": SHOP,
        "at": _instant(at),
        "lines": [line],
        "total": price,
        "refunded": False,
        "staff_id": random.choice(STAFF),
    }


def _web_activity(random: Random, at: datetime) -> Wire:
    return {
        "at": _instant(at),
        "event": random.choice(_BROWSED),
        "product_id": random.choice(_PRODUCTS),
        "category": random.choice(_CATEGORIES),
        "size": random.choice(("", "7", "9", "11")),
        "query": "",
    }


def _visit(random: Random, at: datetime) -> Wire:
    ended = _instant(at + timedelta(minutes=random.randint(10, 90)))
    source = random.choice(("scan", "till", "staff"))
    return {"shop_id": SHOP, "staff_id": random.choice(STAFF), "at": _instant(at), "ended_at": ended, "source": source}


def _appointment(random: Random, at: datetime) -> Wire:
    return {
        "shop_id": SHOP,
        "staff_id": random.choice(STAFF),
        "appointment_kind": random.choice(("store", "video")),
        "state": "done",
        "at": _instant(at),
        "minutes": 30,
        "booked_at": _instant(at - timedelta(days=4)),
        "subject": "春のコートのご試着",
    }


def _interaction(random: Random, at: datetime) -> Wire:
    tag, _, text = random.choice(NOTES)
    return {
        "shop_id": SHOP,
        "staff_id": random.choice(STAFF),
        "at": _instant(at),
        "text": text.format(item="リネンブレンド ワンピース"),
        "tags": [tag],
        "product_ids": [random.choice(_PRODUCTS)],
    }


def _message(random: Random, at: datetime) -> Wire:
    return {
        "direction": random.choice(("out", "out", "in")),
        "channel": random.choice(("line", "sms", "email")),
        "cause": "after_visit",
        "purpose": "relationship",
        "shop_id": SHOP,
        "staff_id": random.choice(STAFF),
        "state": "delivered",
        "subject": "",
        "body": "先日はご来店いただきありがとうございました。お直しの仕上がりはいかがでしょうか。またお待ちしております。",
        "product_ids": [],
        "template": "after_visit",
        "at": _instant(at),
        "sent_at": _instant(at + timedelta(minutes=1)),
        "state_at": _instant(at + timedelta(minutes=2)),
        "provider_id": f"{random.getrandbits(64):016x}",
    }


def _contact(_random: Random, at: datetime) -> Wire:
    return {
        "at": _instant(at),
        "means": "line",
        "purpose": "campaign",
        "tool": "配信代行",
        "text": "春の新作のご案内",
    }


def _follow_up(random: Random, at: datetime) -> Wire:
    return {
        "shop_id": SHOP,
        "assignee_id": random.choice(STAFF),
        "cause": "after_purchase",
        "evidence": {"code": "after_purchase", "params": {"days": random.randint(3, 20)}},
        "due_at": _instant(at),
        "state": random.choice(("done", "dismissed")),
        "comment": "",
        "created_at": _instant(at - timedelta(days=3)),
    }


def _promise(random: Random, at: datetime) -> Wire:
    owner = random.choice(STAFF)
    return {
        "shop_id": SHOP,
        "what": random.choice(("arrival", "photo", "find_out")),
        "text": "",
        "due_on": (at + timedelta(days=7)).date().isoformat(),
        "owner_id": owner,
        "made_by": owner,
        "at": _instant(at),
        "state": "kept",
        "ended_at": _instant(at + timedelta(days=3)),
        "ended_by": owner,
    }


def _slip(random: Random, at: datetime) -> Wire:
    return {
        "shop_id": SHOP,
        "slip_kind": random.choice(("alteration", "special_order", "return")),
        "state": "done",
        "owner_id": random.choice(STAFF),
        "at": _instant(at),
        "due_on": (at.date() + timedelta(days=7)).isoformat(),
        "item": "袖丈詰め",
        "text": random.choice(NOTES)[2],
        "steps": [],
    }


def _belonging(random: Random, at: datetime) -> Wire:
    return {
        "shop_id": SHOP,
        "staff_id": random.choice(STAFF),
        "at": _instant(at),
        "name": "リネンジャケット",
        "category": random.choice(_CATEGORIES),
        "size": random.choice(("7", "9", "11")),
        "colour": "ネイビー",
        "alteration": "",
        "care": "",
        "gone": False,
    }


_BODIES = {
    "membership_key": _membership_key,
    "consent": _consent,
    "order": _order,
    "web_activity": _web_activity,
    "visit": _visit,
    "appointment": _appointment,
    "interaction": _interaction,
    "message": _message,
    "contact": _contact,
    "follow_up": _follow_up,
    "promise": _promise,
    "slip": _slip,
    "belonging": _belonging,
}
