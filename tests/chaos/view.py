"""What there is and who may see it, worked out anew from the server's tables and the tablets' files: no code of the feed,
of scopes or of the cache's reading is used, so that a fault in them shows."""

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sync.sealed.rows import checked
from sync.sealed.vault import Vault
from tests.chaos.server import SimServer

Records = dict[tuple[str, str], dict[str, Any]]
"""By kind and id, as they travel."""

CLEAR = {
    "retailer": "retailer",
    "shop": "shops",
    "staff": "staff",
    "shift": "shifts",
    "pause": "pauses",
    "product": "products",
    "variant": "variants",
    "stock_level": "stock_levels",
    "hold": "holds",
}
HERS = {
    "membership_key": "membership_keys",
    "consent": "consents",
    "order": "orders",
    "web_activity": "web_activities",
    "visit": "visits",
    "appointment": "appointments",
    "interaction": "interactions",
    "message": "messages",
    "contact": "contacts",
    "follow_up": "follow_ups",
    "promise": "promises",
    "slip": "slips",
    "belonging": "belongings",
}
_STILL_TO_DO = {"open", "awaiting_approval", "returned", "scheduled"}
KEPT = timedelta(days=30)
"""How old a tablet lets what she looked at online become."""


def table(server: SimServer, name: str) -> list[dict[str, Any]]:
    """Return the records of a table."""
    return [json.loads(str(row[0])) for row in server.rows(f"SELECT data FROM {name} ORDER BY id")]


def scope_of(server: SimServer, shop_id: str) -> Records:
    """Return everything that a tablet of this shop should hold."""
    found: Records = {(kind, one["id"]): one for kind, name in CLEAR.items() for one in table(server, name)}
    near = near_shops(table(server, "shops"), shop_id)
    found = {key: one for key, one in found.items() if key[0] != "stock_level" or one["shop_id"] in near}
    staff = {one["id"]: one for one in table(server, "staff")}
    for pin in table(server, "staff_pins"):
        person = staff[pin["staff_id"]]
        here = person["role"] == "stylist" or shop_id in (person["shop_id"], *person.get("helps_shop_ids", ()))
        if person["active"] and here:
            found["staff_pin", pin["id"]] = pin
    hers = {kind: _by_customer(table(server, name)) for kind, name in HERS.items()}
    for customer in table(server, "customers"):
        places = {customer.get("home_shop_id")}
        if customer.get("person_in_charge_id") in staff:
            places.add(staff[customer["person_in_charge_id"]]["shop_id"])
        for kind in ("order", "visit", "appointment", "message"):
            places |= {one["shop_id"] for one in hers[kind][customer["id"]]}
        places |= {one["shop_id"] for one in hers["follow_up"][customer["id"]] if one["state"] in _STILL_TO_DO}
        places |= {one["shop_id"] for one in hers["slip"][customer["id"]] if one["state"] not in ("done", "cancelled")}
        places |= {one["shop_id"] for one in hers["promise"][customer["id"]] if one["state"] == "open"}
        if shop_id in places:
            found["customer", customer["id"]] = customer
            found |= {(kind, one["id"]): _told(kind, one) for kind in HERS for one in hers[kind][customer["id"]]}
    return found


def _told(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as tablets have it: why she wants peace, what she told one person, what she complained of stay here."""
    shut = {
        "consent": ("wording", record.get("source") == "staff"),
        "interaction": ("text", record.get("confidential") is True),
        "slip": ("text", record.get("slip_kind") == "complaint"),
    }
    name, withheld = shut.get(kind, ("", False))
    return {key: value for key, value in record.items() if not (withheld and key == name)}


def near_shops(shops: list[dict[str, Any]], shop_id: str) -> set[str]:
    """Return whose stock a tablet of this shop should hold: its own, the web shop's, and that of the five nearest shops
    (by how long a straight tunnel would be; those nobody knows the place of come last, by name)."""
    places = {one["id"]: _place(one) for one in shops}
    if shop_id not in places:
        return set()

    def order(one: dict[str, Any]) -> tuple[float, str, str]:
        here, there = places[shop_id], places[one["id"]]
        return math.inf if here is None or there is None else math.dist(here, there), one["name"], one["id"]

    web = {one["id"] for one in shops if one.get("shop_kind") == "web"}
    others = sorted((one for one in shops if one["id"] not in {*web, shop_id}), key=order)
    return {shop_id, *web, *(one["id"] for one in others[:5])}


def _place(shop: dict[str, Any]) -> tuple[float, float, float] | None:
    """Return where a shop is on a ball of the earth's size."""
    if shop.get("latitude") is None or shop.get("longitude") is None:
        return None
    up, round_ = math.radians(shop["latitude"]), math.radians(shop["longitude"])
    return math.cos(up) * math.cos(round_), math.cos(up) * math.sin(round_), math.sin(up)


def _by_customer(records: Iterable[dict[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in records:
        found[one["customer_id"]].append(one)
    return found


def without_old_browsing(records: Records, now: datetime) -> Records:
    """Leave out what is so old that a tablet must not keep it."""
    return {
        key: one
        for key, one in records.items()
        if key[0] != "web_activity" or datetime.fromisoformat(one["at"]) >= now - KEPT
    }


def cache_of(path: Path, scope: str, keys: Mapping[int, bytes]) -> Records:
    """Return what lies in a tablet's cache, unsealed, customers who are only visiting left out.

    Raises ValueError or Unsealable where something does not read back.
    """
    vault = Vault(scope, keys)
    found: Records = {}
    with closing(sqlite3.connect(path)) as plain:
        for kind, record_id, text in plain.execute("SELECT kind, id, data FROM clear_record"):
            found[kind, record_id] = json.loads(checked(text))
        sealed = (
            "SELECT kind, id, sealed FROM customer_range WHERE customer_id NOT IN (SELECT customer_id FROM visiting)"
        )
        for kind, record_id, blob in plain.execute(sealed):
            found[kind, record_id] = json.loads(vault.open(kind, record_id, blob))
    return found


def refused(server: SimServer, message_id: str, channel: str) -> bool:
    """Say whether the customer of a message has, as committed by now, opted out of its channel, or of all of them, and not come
    back since: of each the newest entry counts."""
    entries = server.rows(
        "SELECT consents.data FROM consents JOIN messages USING (customer_id) WHERE messages.id = ?", message_id
    )
    consents = [one for row in entries if (one := json.loads(str(row[0])))["purpose"] == "all"]
    newest = {one.get("channel"): one for one in sorted(consents, key=lambda one: datetime.fromisoformat(one["at"]))}
    return any(newest[which]["state"] == "refused" for which in (None, channel) if which in newest)
