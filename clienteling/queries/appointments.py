"""Appointments: the list of a shop or of a stylist, and one with its customer."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clienteling.device import Cache
from clienteling.queries.profile import Profile, load_profile
from sync.model.customer import NOTHING_CAME_OF_IT, Appointment, Customer
from sync.model.shop import Role, Shop, Staff
from sync.policy.playbook import Playbook

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Booking:
    appointment: Appointment
    customer: Customer


@dataclass(frozen=True)
class Bookings:
    today: tuple[Booking, ...]
    later: tuple[Booking, ...]


def load_bookings(cache: Cache, shop_id: str | None, me: Staff | None, now: datetime, zone: tzinfo) -> Bookings:
    """Read the appointments of today and the next two weeks: a stylist's own, wherever booked; else those of the shop."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = me.id if me is not None and me.role is Role.STYLIST else None
    found = []
    for record in cache.records("appointment", midnight, midnight + AHEAD):
        if not isinstance(record, Appointment) or record.state in NOTHING_CAME_OF_IT:
            continue
        if (mine is not None and record.staff_id != mine) or (mine is None and record.shop_id != shop_id):
            continue
        customer = cache.record("customer", record.customer_id)
        if isinstance(customer, Customer):
            found.append(Booking(record, customer))
    found.sort(key=lambda one: (one.appointment.at, one.appointment.id))
    tomorrow = midnight + timedelta(days=1)
    return Bookings(
        tuple(one for one in found if one.appointment.at < tomorrow),
        tuple(one for one in found if one.appointment.at >= tomorrow),
    )


@dataclass(frozen=True)
class Consultation:
    appointment: Appointment
    profile: Profile
    link: str
    """What the customer opens to join; empty where the server's public address is not known."""


def load_consultation(
    cache: Cache, appointment_id: str, *, shop: Shop | None, now: datetime, zone: tzinfo, playbook: Playbook
) -> Consultation | None:
    """Read one appointment with its customer's profile; None where this tablet does not hold it."""
    appointment = cache.record("appointment", appointment_id)
    if not isinstance(appointment, Appointment):
        return None
    profile = load_profile(cache, appointment.customer_id, shop=shop, now=now, zone=zone, playbook=playbook)
    if profile is None:
        return None
    base, call = profile.retailer.public_url.rstrip("/"), appointment.call
    return Consultation(appointment, profile, f"{base}/call/{call.token}" if base and call else "")
