"""What a template may speak of: facts of the customer, of her visits, of the items, of who writes.

Plain values only, so a template cannot reach from them to anything else of the customer's:

    to                     how the message opens
    me, signature          who writes, in a sentence and as a signature; empty where the shop does
    in_charge              who looks after her, where that is a colleague of the writer's
    shop, house, brand, phone
    item, items            what staff chose, else what she bought last (only for causes that ask after a purchase); what waits
                           for her with its colour and size
    come_in                what she ordered has come in, as its slip says
    owned                  what she bought, latest first, each once, at most 4; Japanese names only, as tills have no others
    last_visit             {day, by_appointment}; None where it is longer ago than 30 days: a day named after long is a
                           count of her absence
    came_lately            she was in the shop in the last 7 days
    appointment            the next one: {day, when, video, subject}
    met                    the latest that took place in the last 30 days: the same; None where there is none
    rank                   the name of her rank; empty where she has none, or none that can be read in her language
    points, points_until   written out; empty where there are none, or the day is over
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from sync.model.catalogue import Product, Variant
from sync.model.customer import CAME, Appointment, AppointmentKind
from sync.model.outreach import Cause, FollowUpState
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.facts import CustomerFacts, main_line, own_lines
from sync.policy.naming import form_of_address, full_name, house_name, shop_name, spoken_name
from sync.policy.speaker import Speaker

MOST_ITEMS = 4
_CAME_LATELY = timedelta(days=7)
_STILL_FRESH = timedelta(days=30)
_OPEN = (FollowUpState.OPEN, FollowUpState.RETURNED, FollowUpState.SCHEDULED)
_ITEM_CAUSES = (Cause.AFTER_PURCHASE, Cause.FIRST_PURCHASE)
_PATTERNS = {"ja": ("M月d日(E)", "M月d日(E) H:mm"), "en": ("EEEE d MMMM", "EEEE d MMMM, h:mm a")}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who writes to whom, where and when, and of what."""

    facts: CustomerFacts
    staff: Staff | None
    """None writes from the shop."""
    shop: Shop
    retailer: RetailerSettings
    products: Sequence[Product]
    now: datetime
    zone: tzinfo
    """In which times are shown."""
    colleagues: Sequence[Staff] = ()
    ready: Variant | None = None
    """What waits for her, where the message says so: that colour and size of its product."""


def template_facts(occasion: Occasion, cause: Cause, speaker: Speaker, language: str) -> dict[str, Any]:
    """Return the facts by their names, for a template of this language."""
    facts, shop, retailer, now = occasion.facts, occasion.shop, occasion.retailer, occasion.now
    staff = occasion.staff if speaker is Speaker.PERSON else None
    colleagues, zone, customer = occasion.colleagues, occasion.zone, facts.customer
    items = _items(occasion, cause, language)
    booked = facts.booked(now)
    return {
        "to": form_of_address(customer, language),
        "me": spoken_name(staff, language, colleagues) if staff else "",
        "signature": full_name(staff, language) if staff else "",
        "in_charge": _in_charge(customer.person_in_charge_id, staff, language, colleagues),
        "shop": shop_name(shop, language),
        "house": house_name(shop, retailer, language),
        "brand": shop.brand or retailer.brand,
        "phone": shop.phone,
        "item": items[0] if items else "",
        "items": items,
        "come_in": any(
            f.cause is cause and f.evidence.code == "slip_ready" and f.state in _OPEN for f in facts.follow_ups
        ),
        "owned": _owned(facts, now) if language == "ja" else [],
        "last_visit": _last_visit(facts, language, now, zone),
        "came_lately": any(now - at <= _CAME_LATELY for at in facts.arrivals(now + timedelta(seconds=1))),
        "appointment": _appointment(booked[0], language, zone) if booked else None,
        "met": _met(facts, language, now, zone),
        "rank": _readable(retailer.ranks.get(customer.rank, ""), language),
        "points": format_decimal(customer.points, locale=language) if customer.points > 0 else "",
        "points_until": _points_until(occasion, language),
    }


def _items(occasion: Occasion, cause: Cause, language: str) -> list[str]:
    names = [_item(product, occasion.ready, language) for product in occasion.products]
    if not names and cause in _ITEM_CAUSES and language == "ja":
        order = next((o for o in occasion.facts.orders if o.at <= occasion.now and not o.refunded), None)
        line = main_line(order) if order else None
        names = [line.name] if line else []
    return names[:MOST_ITEMS]


def _item(product: Product, ready: Variant | None, language: str) -> str:
    name = product_name(product, language)
    if ready is None or ready.product_id != product.id:
        return name
    colour = ready.colour if language == "ja" else ready.colour_en
    which = " ".join(part for part in (colour, ready.size) if part)
    if not which:
        return name
    return f"{name}（{which}）" if language == "ja" else f"{name} ({which})"


def product_name(product: Product, language: str) -> str:
    """Return what a product is called in a language."""
    return (product.name_en or product.name) if language != "ja" else product.name


def _owned(facts: CustomerFacts, now: datetime) -> list[str]:
    kept = (order for order in facts.orders if order.at <= now and not order.refunded)
    bought = (line.name for order in kept for line in own_lines(order))
    return list(dict.fromkeys(bought))[:MOST_ITEMS]


def _in_charge(staff_id: str | None, writer: Staff | None, language: str, colleagues: Iterable[Staff]) -> str:
    found = next((one for one in colleagues if one.id == staff_id and one.active), None)
    if found is None or (writer is not None and found.id == writer.id):
        return ""
    return spoken_name(found, language, colleagues)


def _last_visit(facts: CustomerFacts, language: str, now: datetime, zone: tzinfo) -> dict[str, Any] | None:
    at = next(iter(facts.arrivals(now + timedelta(seconds=1))), None)
    if at is None or now - at > _STILL_FRESH:
        return None
    met = any(a.state in CAME and a.at == at for a in facts.appointments)
    return {"day": _day(at, language, zone), "by_appointment": met}


def _met(facts: CustomerFacts, language: str, now: datetime, zone: tzinfo) -> dict[str, Any] | None:
    done = (a for a in facts.appointments if a.state in CAME and now - _STILL_FRESH <= a.at <= now)
    latest = max(done, key=lambda a: (a.at, a.id), default=None)
    return _appointment(latest, language, zone) if latest is not None else None


def _points_until(occasion: Occasion, language: str) -> str:
    until = occasion.facts.customer.points_expire_on
    if until is None or until < occasion.now.astimezone(occasion.zone).date():
        return ""
    return str(format_date(until, _PATTERNS.get(language, _PATTERNS["en"])[0], locale=language))


def _readable(name: str, language: str) -> str:
    """Return a name of the house's own, but not Japanese letters to somebody who reads another language."""
    return name if language == "ja" or name.isascii() else ""


def _day(at: datetime, language: str, zone: tzinfo) -> str:
    return str(format_datetime(at.astimezone(zone), _PATTERNS.get(language, _PATTERNS["en"])[0], locale=language))


def _appointment(appointment: Appointment, language: str, zone: tzinfo) -> dict[str, Any]:
    moment = _PATTERNS.get(language, _PATTERNS["en"])[1]
    return {
        "day": _day(appointment.at, language, zone),
        "when": format_datetime(appointment.at.astimezone(zone), moment, locale=language),
        "video": appointment.appointment_kind is AppointmentKind.VIDEO,
        "subject": appointment.subject,
    }
