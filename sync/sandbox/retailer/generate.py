"""Invents the sample retailer and writes what its systems would export into a folder."""

import shutil
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from sync.sandbox.retailer import meetings, organisation
from sync.sandbox.retailer.browsing import make_browsing
from sync.sandbox.retailer.catalogue import make_catalogue, product_rows, stock_rows, variant_rows
from sync.sandbox.retailer.customers import consent_rows, customer_rows, make_apps, make_consents, make_customers
from sync.sandbox.retailer.doings import make_doings
from sync.sandbox.retailer.elsewhere import contact_rows, make_contacts
from sync.sandbox.retailer.events import batches
from sync.sandbox.retailer.letters import make_letters
from sync.sandbox.retailer.orders import Shelf, make_orders, playbook, settle
from sync.sandbox.retailer.pictures import picture
from sync.sandbox.retailer.stories import tell
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Product, World
from sync.sandbox.retailer.write import write_csv, write_json

Progress = Callable[[str, int, int], None]
"""Told the step (`people`, `files`, `events`, `pictures`), how much of it is done and how much there is."""


def generate(folder: Path, *, seed: int, now: datetime, progress: Progress) -> None:
    """Write the sample retailer into `folder`, which is emptied of an earlier one.

    The files of the import connector (CSV, and media/products/*.webp), events/YYYY-MM.jsonl with one body for
    POST /v1/batch a line (at most 1,000 events and 450 KB, in time order over all files), phones.json (customers worth
    trying), addresses.json (all of them), doings.json (what staff did at their tablets) and playbook.toml (what the house
    plays by).

    The same seed and the same `now` give the same bytes. Of `now` only the day matters, except for what must lie close
    to the moment: today's bookings, replies that wait for an answer, and when stock was counted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("events", "media"):
        shutil.rmtree(folder / name, ignore_errors=True)
    pictures, events = folder / "media" / "products", folder / "events"
    pictures.mkdir(parents=True)
    events.mkdir()
    progress("people", 0, 1)
    world = World(seed, now)
    make_catalogue(world)
    with ThreadPoolExecutor(2) as pool:
        drawn = pool.map(lambda product: _draw(pictures, product), world.products)
        invent(world)
        progress("people", 1, 1)
        _write_files(folder, world, progress)
        _write_events(events, world, progress)
        for done, _ in enumerate(drawn, 1):
            if done % 20 == 0:
                progress("pictures", done, len(world.products))


def invent(world: World) -> World:
    """Fill a world that has a catalogue with everything else, and return it."""
    shelf = Shelf(world)
    addresses = make_customers(world)
    tell(Teller(world, shelf, addresses))
    make_consents(world)
    make_orders(world, shelf)
    make_browsing(world, shelf)
    meetings.make_visits_and_notes(world)
    meetings.make_appointments(world)
    make_letters(world)
    settle(world)
    make_contacts(world)  # ranks are known now
    make_apps(world)
    return world


def _draw(folder: Path, product: Product) -> None:
    (folder / Path(product.image).name).write_bytes(picture(product))


def _write_files(folder: Path, world: World, progress: Progress) -> None:
    tables: dict[str, list[dict[str, Any]]] = {
        "retailer": [organisation.RETAILER],
        "shops": organisation.shop_rows(),
        "staff": organisation.staff_rows(),
        "shifts": organisation.shift_rows(world),
        "products": product_rows(world),
        "variants": variant_rows(world),
        "stock": stock_rows(world),
        "customers": customer_rows(world),
        "consents": consent_rows(world),
        "appointments": _appointments(world),
        "visits": _visits(world),
        "interactions": _notes(world),
        "messages": _letters(world),
        "contacts": contact_rows(world),
    }
    for done, (name, rows) in enumerate(tables.items(), 1):
        write_csv(folder / f"{name}.csv", rows)
        progress("files", done, len(tables))
    write_json(folder / "doings.json", [one.row() for one in make_doings(world, tables["stock"])])
    (folder / "playbook.toml").write_text(playbook(), encoding="utf-8")
    write_json(folder / "phones.json", _phones(world))
    write_json(folder / "addresses.json", _addresses(world))


def _write_events(folder: Path, world: World, progress: Progress) -> None:
    months: dict[str, list[str]] = defaultdict(list)
    for month, body in batches(world):
        months[month].append(body)
    for done, (month, bodies) in enumerate(months.items(), 1):
        (folder / f"{month}.jsonl").write_text("\n".join(bodies) + "\n", encoding="utf-8")
        progress("events", done, len(months))


def _appointments(world: World) -> list[dict[str, Any]]:
    return [
        {
            "member_number": a.customer.number,
            "number": f"A{serial:05d}",
            "shop_code": a.shop,
            "staff_code": a.staff,
            "appointment_kind": a.kind,
            "at": a.at,
            "minutes": a.minutes,
            "booked_at": a.booked_at,
            "subject": a.subject,
            "state": a.state,
        }
        for serial, a in enumerate(sorted(world.appointments, key=lambda a: (a.at, a.customer.number)), 1)
    ]


def _visits(world: World) -> list[dict[str, Any]]:
    return [
        {
            "member_number": v.customer.number,
            "number": f"V{serial:05d}",
            "shop_code": v.shop,
            "staff_code": v.staff,
            "at": v.at,
        }
        for serial, v in enumerate(sorted(world.visits, key=lambda v: (v.at, v.customer.number)), 1)
    ]


def _notes(world: World) -> list[dict[str, Any]]:
    return [
        {
            "member_number": n.customer.number,
            "number": f"N{serial:05d}",
            "shop_code": n.shop,
            "staff_code": n.staff,
            "at": n.at,
            "text": n.text,
            "tags": n.tags,
            "product_codes": tuple(product.code for product in n.products),
        }
        for serial, n in enumerate(sorted(world.notes, key=lambda n: (n.at, n.customer.number)), 1)
    ]


def _letters(world: World) -> list[dict[str, Any]]:
    return [
        {
            "member_number": m.customer.number,
            "number": f"M{serial:05d}",
            "shop_code": m.shop,
            "staff_code": m.staff,
            "direction": m.direction,
            "channel": m.channel,
            "cause": m.cause,
            "at": m.at,
            "subject": m.subject,
            "body": m.body,
        }
        for serial, m in enumerate(sorted(world.letters, key=lambda m: (m.at, m.customer.number)), 1)
    ]


def _phones(world: World) -> list[dict[str, Any]]:
    return [
        {
            "case": case.code,
            "member_number": case.customer.number,
            "name": case.customer.name,
            "kana": case.customer.kana,
            "special": {"ja": case.ja, "en": case.en},
            "language": case.customer.language,
            "line_user_id": case.customer.line,
            "app_token": case.customer.app_token,
            "phone": case.customer.phone,
            "email": case.customer.email,
        }
        for case in world.cases
        if case.listed
    ]


def _addresses(world: World) -> list[dict[str, Any]]:
    return [
        {
            "member_number": customer.number,
            "name": customer.name,
            "kana": customer.kana,
            "language": customer.language,
            "line_user_id": customer.line,
            "app_token": customer.app_token,
            "phone": customer.phone,
            "email": customer.email,
            "also_email": customer.also_email,
        }
        for customer in world.customers
        if customer.number
    ]
