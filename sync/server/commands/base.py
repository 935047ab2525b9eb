"""What every command's function is given, and how it answers.

A command is a function `(context, envelope, command) -> Outcome`. It never raises for what a device asked: it answers
`refused(...)`, and whatever it wrote before that is undone. Codes of refusals that are not the gate's
(`sync.policy.gate`), with their parameters:

    conflict             the same command id came before with other content
    no_staff             nobody is signed in
    unknown_staff, inactive_staff
    not_here             staff_id: does not work in this shop
    role                 needs: the role that may do this
    out_of_scope         customer_id: belongs to no shop within this person's scope, and was not looked up here lately
    not_yours            someone else's: only they, or a manager, may do this
    unknown              what, id: no such customer, shop, staff, message, follow_up, appointment, message_replied_to
    exists               what, id: the id is taken by something else
    wrong_state          what, state: too late or too early for this
    too_far              at: further ahead than a message may be planned
    no_video             the appointment is none by video
    nobody_in_charge     there is no person in charge who works in this shop
    own_word             she stopped it herself: only her own word, written down, opens it again
    own_access           nobody judges their own looks: another manager does
    none_left            quantity, held, by, at: so many were counted, so many are spoken for, the last of them by whom and when
    not_counted          nobody ever told how many of it lie there
    until_over, until_far    until, days: the time by which it is to be fetched is over, or too far ahead
    needs_customer       what goes to a customer's home is somebody's
    moved                what, staff_id: it is with somebody else by now than the tablet showed (None: nobody)
    off_duty             staff_id: nobody who could answer for this person is in the plan of shifts any more
    unacceptable         the records do not allow it; a fault worth reporting
    server_fault         the server failed at it; the log has more

Codes beside an accepted command: `later` (at), `awaiting_approval`, `replayed` (the scanned code was used on another
device), `unusable_fields` (fields) and `maybe_same` (customer_id, kind) for a registration.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sync.ids import NewId
from sync.model.base import Record
from sync.model.commands import Envelope, Outcome
from sync.model.customer import Customer
from sync.model.outreach import Reason
from sync.model.shop import Role, Scope, Shop, Staff
from sync.policy import roles
from sync.policy.employment import employed
from sync.policy.playbook import Playbook
from sync.policy.whose import works_in
from sync.ports import Resolver
from sync.server.repository import scopes
from sync.server.repository.audit import AuditEntry
from sync.server.repository.devices import Device
from sync.server.repository.reach import looked_up
from sync.server.repository.records import Records
from sync.server.repository.scopes import Scopes
from sync.server.repository.together import Together

R = TypeVar("R", bound=Record)

OFFLINE_AT_MOST = timedelta(days=60)
"""How old a device may say that something is: it may have been without a network for long, but not for years."""


class Refusal(Exception):  # noqa: N818 - not an error: it is how a command's function says no from within a helper
    """Ends a command's function with a refusal. Caught where commands are run; never leaves there."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code=code, params=params)


@dataclass(frozen=True, slots=True)
class Tools:
    """What commands use of the outside: policy and sources of randomness, injected once."""

    playbook: Playbook
    resolver: Resolver
    new_id: NewId
    new_token: Callable[[], str]
    forgotten_key: bytes = field(default=b"", repr=False)
    """Makes the marks of names by which the forgotten are known again."""
    by_herself: bool = False
    """The customer says it herself, on her own phone; the member of staff only showed her the way."""


class House:
    """The records inside one transaction; shops and staff, which no command changes, are read once in it."""

    def __init__(self, records: Together) -> None:
        self.records = records
        self._staff: dict[str, Staff | None] = {}
        self._shops: dict[str, Shop | None] = {}
        self._members: Scopes = {}

    def look_up(self, staff_ids: Collection[str], shop_ids: Collection[str]) -> None:
        """Read these members of staff and shops at once."""
        staff, shops = self.records.get_many(Staff, staff_ids), self.records.get_many(Shop, shop_ids)
        self._staff |= {each: staff.get(each) for each in staff_ids}
        self._shops |= {each: shops.get(each) for each in shop_ids}

    def look_up_scopes(self, customer_ids: Collection[str]) -> None:
        """Read at once where these customers belong, before the first command."""
        self._members |= scopes.memberships(self.records.conn, customer_ids)

    def reaches(self, staff: Staff, shop_id: str) -> bool:
        """Return whether a shop is within somebody's scope."""
        return roles.reaches(staff, shop_id, lambda one: shop.region if (shop := self.shop(one)) else "")

    def has_in_scope(self, staff: Staff, device: Device, customer_id: str, at: datetime) -> bool:
        """Return whether a customer belongs to a shop within somebody's scope, or where the device stands, or was looked up
        by the device within the day before `at`. One who is not there at all is: what is asked of her says so itself."""
        if roles.scope_of(staff) is Scope.COMPANY:
            return True

        def fits(held: Collection[str]) -> bool:
            found = (scope.partition(":")[2] for scope in held)
            return any(shop_id == device.shop_id or self.reaches(staff, shop_id) for shop_id in found)

        if fits(self._members.get(customer_id, ())):
            return True
        # she may have come, or been merged, since they were read
        now = self.records.customer_id_of(customer_id)
        if now is None:
            return True
        return fits(scopes.memberships(self.records.conn, [now]).get(now, ())) or looked_up(
            self.records.conn, device.id, now, at
        )

    def staff(self, staff_id: str) -> Staff | None:
        """Return a member of staff, or None."""
        if staff_id not in self._staff:
            self._staff[staff_id] = self.records.get(Staff, staff_id)
        return self._staff[staff_id]

    def shop(self, shop_id: str) -> Shop | None:
        """Return a shop, or None."""
        if shop_id not in self._shops:
            self._shops[shop_id] = self.records.get(Shop, shop_id)
        return self._shops[shop_id]


@dataclass(frozen=True, slots=True)
class Context:
    """One command's surroundings, inside its transaction."""

    house: House
    now: datetime
    device: Device
    staff: Staff
    tools: Tools
    envelope: Envelope

    @property
    def records(self) -> Records:
        return self.house.records

    def happened_at(self, envelope: Envelope) -> datetime:
        """Return when it happened by the device's clock, kept between 60 days ago and now."""
        return done_at(envelope, self.now)

    def audit(
        self, what: str, customer_id: str | None, subject_id: str | None = None, how: str = "", purpose: str = ""
    ) -> None:
        """Note what this member of staff did on this device, and why."""
        self.house.records.note(
            AuditEntry(
                at=self.now,
                what=what,
                device_id=self.device.id,
                staff_id=self.staff.id,
                customer_id=customer_id,
                subject_id=subject_id,
                how=how,
                device_at=self.envelope.device_time,
                purpose=purpose,
                command_id=self.envelope.id,
            )
        )

    def customer(self, customer_id: str) -> Customer:
        """Return the customer whom an id means, following merges; refuse where there is none."""
        customer = self.records.get(Customer, customer_id, lock=True)
        if customer is None:
            found = self.records.customer_id_of(customer_id)
            customer = self.records.get(Customer, found, lock=True) if found else None
        if customer is None:
            raise Refusal("unknown", what="customer", id=customer_id)
        return customer

    def own(self, kind: type[R], record_id: str, customer: Customer) -> R:
        """Return a record of this customer, locked; refuse where there is none."""
        record = self.records.get(kind, record_id, lock=True)
        if record is None or getattr(record, "customer_id", None) != customer.id:
            raise Refusal("unknown", what=kind.kind, id=record_id)
        return record

    def shop(self, shop_id: str) -> Shop:
        """Return the shop where something happens; refuse one that is neither the device's nor in their scope."""
        shop = self.house.shop(shop_id)
        if shop is None:
            raise Refusal("unknown", what="shop", id=shop_id)
        if shop_id != self.device.shop_id and not self.house.reaches(self.staff, shop_id):
            raise Refusal("not_here", staff_id=self.staff.id)
        return shop

    def need_manager(self, shop_id: str) -> None:
        """Refuse whoever is no manager of this shop."""
        if not self.manages(shop_id):
            raise Refusal("role", needs=Role.MANAGER.value)

    def manages(self, shop_id: str) -> bool:
        """Return whether this person has a manager's say in the shop."""
        return roles.leads(self.staff) and self.house.reaches(self.staff, shop_id)

    def colleague(self, staff_id: str, shop_id: str) -> Staff:
        """Return somebody who works in a shop and to whom something may be given there; refuse whoever does not."""
        person = self.records.get(Staff, staff_id)
        if person is None or not employed(person, self.now, self.house.shop(person.shop_id)):
            raise Refusal("unknown", what="staff", id=staff_id)
        if not works_in(person, shop_id):
            raise Refusal("not_here", staff_id=person.id)
        return person

    def need_new(self, kind: type[Record], record_id: str) -> None:
        """Refuse an id that something has already."""
        if self.records.get(kind, record_id) is not None:
            raise Refusal("exists", what=kind.kind, id=record_id)


def done_at(envelope: Envelope, now: datetime) -> datetime:
    """Return when something was done by the device's clock, kept between 60 days ago and now."""
    return min(max(envelope.device_time, now - OFFLINE_AT_MOST), now)


def accepted(envelope: Envelope, code: str = "", **params: Any) -> Outcome:
    """Answer yes, perhaps with something that staff should know."""
    return Outcome(id=envelope.id, accepted=True, reason=Reason(code=code, params=params) if code else None)


def refused(envelope: Envelope, reason: Reason) -> Outcome:
    """Answer no."""
    return Outcome(id=envelope.id, accepted=False, reason=reason)
