"""What each fact about a customer becomes. Her id is decided before (`sync.server.ingest_people`)."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sync.ids import derived_id, imported_id
from sync.model.base import Record
from sync.model.catalogue import Money
from sync.model.customer import (
    CAME,
    Appointment,
    AppointmentKind,
    AppointmentState,
    Call,
    Consent,
    Customer,
    Interaction,
    MembershipKey,
    Order,
    OrderLine,
    Visit,
    VisitSource,
    WebActivity,
)
from sync.model.outreach import Cause, ContactElsewhere, Direction, Message, MessageState, Purpose
from sync.model.source import (
    AnyFact,
    AppointmentFact,
    BrowseFact,
    ConsentFact,
    ContactFact,
    CustomerFact,
    IdentityFact,
    InteractionFact,
    MessageFact,
    OrderFact,
    OrderLineFact,
    ShiftFact,
    VisitFact,
)
from sync.policy.gate import purpose_of
from sync.server.ingest_records import Known
from sync.server.ingest_references import References

_SAID = [
    "family_name",
    "given_name",
    "family_kana",
    "given_kana",
    "phone",
    "email",
    "language",
    "birthday",
    "anniversary",
    "rank",
    "points",
    "points_expire_on",
    "member_since",
    "app_token",
    "preferred_channel",
    "pace",
    "sizes",
    "likes",
    "dislikes",
]
_NAMES = ("member_number", "line_user_id")


_OVER = CAME | {AppointmentState.NO_SHOW}
_CLOCKS = timedelta(minutes=5)
"""By which another system's clock may be ahead. What is said to come later would stand above every refusal until then."""
EARLY = timedelta(hours=3)
"""So long before its time an appointment may have been kept."""


def contradictions(fact: AnyFact, now: datetime) -> list[tuple[str, str]]:
    """Return what of a fact cannot be true whatever is stored: fields, and what is wrong with them."""
    match fact:
        case AppointmentFact() if fact.state in _OVER and fact.at > now + EARLY:
            return [("state", f"is {fact.state}, but the appointment lies ahead")]
        case ConsentFact() if fact.at > now + _CLOCKS:
            return [("at", "lies ahead: nobody can have said it yet")]
        case CustomerFact() if bool(fact.app_id) != bool(fact.app_public_key):
            return [("app_id" if not fact.app_id else "app_public_key", "is empty, but its other half is given")]
        case MessageFact() if fact.cause not in tuple(Cause):
            return [("cause", "is none of " + ", ".join(Cause))]
        case ShiftFact() if fact.ends_at <= fact.starts_at:
            return [("ends_at", "is not after starts_at")]
    return []


def elsewhere(fact: CustomerFact, customer_id: str, known: Known) -> bool:
    """Say whether the app in the fact is another customer's; it stays there until a person has looked."""
    key = known("membership_key", fact.app_id)
    return isinstance(key, MembershipKey) and key.customer_id != customer_id


def customer(fact: CustomerFact, customer_id: str, references: References, known: Known) -> list[Record]:
    """What is not said stays as it was."""
    before = known("customer", customer_id)
    assert isinstance(before, Customer)
    said: dict[str, Any] = {
        field: value for field in _SAID if (value := getattr(fact, field)) not in ("", None, (), {})
    }
    said |= {kind: value for kind in _NAMES if (value := getattr(fact.ref, kind)) and not getattr(before, kind)}
    if fact.home_shop_code:
        said["home_shop_id"] = references.needed("shop", fact.home_shop_code)
    if fact.person_in_charge_code:
        said["person_in_charge_id"] = references.needed("staff", fact.person_in_charge_code)
    records: list[Record] = [before.model_copy(update=said)]
    if fact.app_id and not elsewhere(fact, customer_id, known):
        records.append(MembershipKey(id=fact.app_id, customer_id=customer_id, public_key=fact.app_public_key))
    return records


def identity(fact: IdentityFact, customer_id: str, known: Known) -> list[Record]:
    """The web shop knows people less well than the members' list: it fills in, and overwrites nothing. Where her app is
    reached only the app knows, and the newest counts."""
    before = known("customer", customer_id)
    assert isinstance(before, Customer)
    said = {
        field: value
        for field, value in fact.traits.items()
        if field in _SAID and (field == "app_token" or not getattr(before, field))
    }
    if fact.ref.member_number and not before.member_number:
        said["member_number"] = fact.ref.member_number
    return [before.model_copy(update=said)] if said else []


def app_token(fact: AnyFact) -> str:
    """Return the push token that a fact tells of her app, or an empty text."""
    if isinstance(fact, CustomerFact):
        return fact.app_token
    return str(fact.traits.get("app_token", "")) if isinstance(fact, IdentityFact) else ""


def consent(fact: ConsentFact, customer_id: str) -> list[Record]:
    parts = [customer_id, fact.channel or "", fact.purpose, fact.state, f"{fact.at.timestamp():.3f}"]
    if fact.wording or fact.wording_version:  # other words are another entry, since none is ever changed
        parts += [fact.wording_version, fact.wording]
    return [
        Consent(
            id=derived_id("consent", *parts),
            customer_id=customer_id,
            channel=fact.channel,
            purpose=fact.purpose,
            state=fact.state,
            at=fact.at,
            source="import",
            origin=fact.source,
            wording=fact.wording,
            wording_version=fact.wording_version,
        )
    ]


def browse(fact: BrowseFact, customer_id: str, references: References) -> list[Record]:
    """What left the catalogue is kept by its category only."""
    variant = references.variant(fact.sku)
    product_id = variant.product_id if variant else references.id_of("product", fact.product_code)
    product = references.product(product_id)
    if fact.source_id:
        own_id = imported_id("web_activity", f"{fact.source}:{fact.source_id}")
    else:
        about = (fact.event, fact.product_code, fact.sku, fact.category, fact.query)
        own_id = derived_id("web_activity", customer_id, f"{fact.at.timestamp():.3f}", *about)
    return [
        WebActivity(
            id=own_id,
            customer_id=customer_id,
            at=fact.at,
            event=fact.event,
            product_id=product_id,
            variant_id=variant.id if variant else None,
            category=fact.category or (product.category if product else ""),
            size=fact.size or (variant.size if variant else ""),
            query=fact.query,
        )
    ]


def order(fact: OrderFact, customer_id: str, references: References, known: Known) -> list[Record]:
    """An order, or what came back of one: a refund that names lines takes those out, one that names none takes all."""
    own_id = order_id(fact)
    before = known("order", own_id)
    lines = tuple(_line(line, references) for line in fact.lines)
    if isinstance(before, Order) and fact.refunded and before.lines:
        return [_refunded(before, lines, fact.total)]
    gifts = {line.variant_id for line in before.lines if line.gift} if isinstance(before, Order) else set[str]()
    return [
        Order(
            id=own_id,
            customer_id=customer_id,
            number=fact.number,
            shop_id=references.needed("shop", fact.shop_code),
            at=fact.at,
            lines=tuple(line.model_copy(update={"gift": line.variant_id in gifts}) for line in lines),
            total=fact.total,
            refunded=fact.refunded or (isinstance(before, Order) and before.refunded),
            staff_id=references.id_of("staff", fact.staff_code),
        )
    ]


def order_id(fact: OrderFact) -> str:
    """Return the id of the order that the fact is about."""
    return imported_id("order", f"{fact.source}:{fact.number}")


def _line(line: OrderLineFact, references: References) -> OrderLine:
    variant = references.variant(line.sku)
    assert variant is not None, "the articles of a checked order are there"
    product = references.product(variant.product_id)
    return OrderLine(
        variant_id=variant.id,
        sku=line.sku,
        name=line.name or (product.name if product else line.sku),
        category=line.category or (product.category if product else ""),
        quantity=line.quantity,
        price=line.price,
    )


def _refunded(before: Order, back: tuple[OrderLine, ...], total: Money) -> Order:
    """Return the order without the pieces that came back; with nothing left it keeps its lines and is refunded."""
    returned: dict[str, int] = {}
    for line in back:
        returned[line.sku] = returned.get(line.sku, 0) + line.quantity
    kept: list[OrderLine] = []
    for line in before.lines:
        gone = min(line.quantity, returned.get(line.sku, 0))
        returned[line.sku] = returned.get(line.sku, 0) - gone
        if line.quantity > gone:
            kept.append(line.model_copy(update={"quantity": line.quantity - gone}))
    if not back or not kept:
        return before.model_copy(update={"refunded": True})
    rest = max(0, before.total.amount - total.amount)
    return before.model_copy(update={"lines": tuple(kept), "total": before.total.model_copy(update={"amount": rest})})


def appointment(
    fact: AppointmentFact,
    customer_id: str,
    references: References,
    known: Known,
    now: datetime,
    new_token: Callable[[], str] = lambda: secrets.token_urlsafe(24),
) -> list[Record]:
    """What the source says became of it holds. Where it says nothing, what is known stays, and a new one that lies behind us
    is taken as kept. A call that was held here to its end is not undone by a list that has not heard of it."""
    own_id = imported_id("appointment", f"{fact.source}:{fact.number}")
    before = known("appointment", own_id)
    over = fact.at + timedelta(minutes=fact.minutes) < now
    state, call = (AppointmentState.DONE if over else AppointmentState.BOOKED), None
    if isinstance(before, Appointment):
        state, call = before.state, before.call
    held = call is not None and call.ended_at is not None
    if fact.state is not None and not (held and fact.state in (AppointmentState.BOOKED, AppointmentState.ARRIVED)):
        state = fact.state
    if call is None and fact.appointment_kind is AppointmentKind.VIDEO:
        call = Call(room_id=derived_id("room", own_id), token=new_token())
    return [
        Appointment(
            id=own_id,
            customer_id=customer_id,
            shop_id=references.needed("shop", fact.shop_code),
            staff_id=references.id_of("staff", fact.staff_code),
            appointment_kind=fact.appointment_kind,
            state=state,
            at=fact.at,
            minutes=fact.minutes,
            booked_at=fact.booked_at,
            subject=fact.subject,
            call=call,
        )
    ]


def visit(fact: VisitFact, customer_id: str, references: References) -> list[Record]:
    return [
        Visit(
            id=imported_id("visit", f"{fact.source}:{fact.number}"),
            customer_id=customer_id,
            shop_id=references.needed("shop", fact.shop_code),
            staff_id=references.id_of("staff", fact.staff_code),
            at=fact.at,
            source=VisitSource.STAFF,
        )
    ]


def interaction(fact: InteractionFact, customer_id: str, references: References) -> list[Record]:
    return [
        Interaction(
            id=imported_id("interaction", f"{fact.source}:{fact.number}"),
            customer_id=customer_id,
            shop_id=references.needed("shop", fact.shop_code),
            staff_id=references.needed("staff", fact.staff_code),
            at=fact.at,
            text=fact.text,
            tags=fact.tags,
            product_ids=tuple(references.needed("product", code) for code in fact.product_codes),
        )
    ]


def message(fact: MessageFact, customer_id: str, references: References) -> list[Record]:
    """An earlier system's word that it was sent is all there is to know of its fate."""
    cause = Cause(fact.cause)
    out = fact.direction == "out"
    return [
        Message(
            id=imported_id("message", f"{fact.source}:{fact.number}"),
            customer_id=customer_id,
            direction=Direction(fact.direction),
            channel=fact.channel,
            cause=cause,
            purpose=purpose_of(cause),
            shop_id=references.needed("shop", fact.shop_code),
            staff_id=references.id_of("staff", fact.staff_code),
            state=MessageState.SENT if out else MessageState.RECEIVED,
            subject=fact.subject,
            body=fact.body,
            at=fact.at,
            sent_at=fact.at if out else None,
            state_at=fact.at,
        )
    ]


def contact(fact: ContactFact, customer_id: str) -> list[Record]:
    """Its id is made of her name as the tool knows it, and not of hers: it stays the same when she is merged."""
    named = next(f"{kind}:{value}" for kind, value in fact.ref if value)
    return [
        ContactElsewhere(
            id=imported_id("contact", f"{fact.tool}:{fact.number}:{named}"),
            customer_id=customer_id,
            at=fact.at,
            means=fact.means,
            purpose=Purpose(fact.purpose),
            tool=fact.tool,
            text=fact.text,
        )
    ]
