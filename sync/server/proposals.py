"""Follow-ups from signals: the rules that a tablet runs over one customer, run over everybody.

A follow-up's id follows from the customer and the episode, so running again makes nothing twice, and what staff closed
stays closed. Reading and thinking happen outside the writing transaction; what is written is checked again inside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from sync.clock import Clock
from sync.model.base import Record
from sync.model.customer import Customer
from sync.model.outreach import Cause, Direction, FollowUp, FollowUpState, Purpose, Reason
from sync.model.shop import Shop, ShopKind, Staff
from sync.policy.facts import CustomerFacts, facts_from
from sync.policy.gate import purpose_of
from sync.policy.playbook import Playbook
from sync.policy.queue import closes
from sync.policy.signals import Proposal, campaigns_reach, follow_up_id, leave_alone, proposals
from sync.policy.signals.wanted_in_stock import wanted
from sync.policy.whose import longest_known, works_in
from sync.server.database import reading, retrying, transaction
from sync.server.repository import shelves
from sync.server.repository.records import Records
from sync.server.repository.rows import owner_column, record_of, table_of
from sync.server.repository.shelves import Tills
from sync.server.repository.zones import known_zone
from sync.server.tables import changes, customers, follow_ups

_KINDS = (
    "customer",
    "consent",
    "order",
    "web_activity",
    "visit",
    "appointment",
    "interaction",
    "message",
    "contact",
    "follow_up",
    "slip",
)


@dataclass(frozen=True, slots=True)
class ProposalReport:
    customers: int
    opened: int
    updated: int
    dismissed: int


@dataclass(frozen=True, slots=True)
class _House:
    """What is the same for every customer of a run."""

    staff: dict[str, Staff]
    shops: dict[str, Shop]
    zone: ZoneInfo


def propose_all(engine: Engine, clock: Clock, playbook: Playbook, batch: int = 200) -> ProposalReport:
    """Run every signal over every customer, `batch` at a time, and bring her follow-ups up to date."""
    with reading(engine) as conn:
        ids = list(conn.scalars(select(customers.c.id).order_by(customers.c.id)))
    return propose_for(engine, clock, playbook, ids, batch)


def propose_for(
    engine: Engine, clock: Clock, playbook: Playbook, ids: Sequence[str], batch: int = 200, tills: Tills | None = None
) -> ProposalReport:
    """Run every signal over these customers. Ids of customers who are gone are passed over.

    `tills`: up to when each shop's tills have reported (`shelves.tills`); read here where it is not given.
    """
    total = ProposalReport(0, 0, 0, 0)
    if tills is None and ids:
        with reading(engine) as conn:
            tills = shelves.tills(conn, clock())
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        now = clock()
        with reading(engine) as conn:
            records = Records(conn, clock)
            house = _house(records)
            everyone = _facts(conn, part, now, playbook, tills or {})
        if house is None:
            return total
        wanted = {facts.customer.id: _wanted(facts, house, now, playbook) for facts in everyone}
        counts = _store(engine, clock, {each: change for each, change in wanted.items() if change})
        total = ProposalReport(
            total.customers + len(everyone),
            total.opened + counts[0],
            total.updated + counts[1],
            total.dismissed + counts[2],
        )
    return total


def owners_of_open(conn: Connection) -> set[str]:
    """Return the customers with follow-ups that are open: each may have been settled by time alone."""
    query = select(follow_ups.c.customer_id).where(follow_ups.c.state == FollowUpState.OPEN.value).distinct()
    return set(conn.scalars(query))


def touched_since(conn: Connection, cursor: int, limit: int = 5000) -> tuple[set[str], int]:
    """Return the customers in whose records anything but follow-ups changed after a place in the feed, and the place
    after the last change that was read."""
    stretch = (
        select(changes.c.seq, changes.c.kind, changes.c.customer_id)
        .where(changes.c.seq > cursor)
        .order_by(changes.c.seq)
        .limit(limit)
        .subquery()
    )
    last = func.max(stretch.c.seq)
    rows = conn.execute(select(stretch.c.kind, stretch.c.customer_id, last).group_by(*stretch.c[1:])).all()
    touched = {customer_id for kind, customer_id, _ in rows if customer_id is not None and kind != FollowUp.kind}
    return touched, max((seq for *_, seq in rows), default=cursor)


def _house(records: Records) -> _House | None:
    shops = {shop.id: shop for shop in records.of_kind(Shop)}
    if not shops:
        return None
    zone = known_zone(next(iter(shops.values())).time_zone) or ZoneInfo("UTC")
    return _House({person.id: person for person in records.of_kind(Staff)}, shops, zone)


def _facts(
    conn: Connection, ids: Iterable[str], now: datetime, playbook: Playbook, tills: Tills
) -> list[CustomerFacts]:
    """Read these customers with one query for each kind, and what lies about them in the shops; browsing only as far
    back as a signal looks."""
    ids = list(ids)
    browsing = playbook.signals.browsing_days
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for kind in _KINDS:
        table, owner = table_of(kind), owner_column(kind)
        query = select(owner, table.c.data).where(owner.in_(ids))
        if kind == "web_activity":
            query = query.where(table.c.at >= now - timedelta(days=browsing))
        for customer_id, document in conn.execute(query):
            found[customer_id].append(record_of(kind, document))
    everyone = [facts_from(records) for records in found.values() if any(isinstance(r, Customer) for r in records)]
    wants = {facts.customer.id: wanted(facts, now, playbook) for facts in everyone}
    lying = shelves.shelves(conn, {want.product_id for each in wants.values() for want in each})
    return [
        replace(
            facts,
            shelf=tuple(p for want in wants[facts.customer.id] for p in lying.get(want.product_id, ())),
            tills_until=tills,
        )
        for facts in everyone
    ]


_Change = tuple[list[FollowUp], dict[str, Reason]]
"""Follow-ups to open or update, and the ids of those to dismiss with why."""


def _wanted(facts: CustomerFacts, house: _House, now: datetime, playbook: Playbook) -> _Change | None:
    """Return what should change for one customer, or None."""
    customer = facts.customer
    home = house.shops.get(customer.home_shop_id or "")
    zone = known_zone(customer.time_zone) or known_zone(home.time_zone if home else None) or house.zone
    # What holds us back for a while (a complaint, days without an answer) takes away the proposals, and must not close
    # the follow-ups that are open: a closed one never comes again.
    alone = leave_alone(facts, now=now, zone=zone, playbook=playbook) is not None
    reachable = campaigns_reach(facts)
    found = proposals(facts, now=now, zone=zone, playbook=playbook)
    here = {follow_up.id: follow_up for follow_up in facts.follow_ups}
    put: list[FollowUp] = []
    proposed = set()
    for proposal in found:
        follow_up = _follow_up(facts, proposal, house, now)
        if follow_up is None:
            continue
        proposed.add(follow_up.id)
        before = here.get(follow_up.id)
        if before is None or (before.state is FollowUpState.OPEN and _told(before) != _told(follow_up)):
            put.append(follow_up)
    over = {
        follow_up.id: why
        for follow_up in facts.follow_ups
        if (why := closes(follow_up, now, proposed=follow_up.id in proposed, alone=alone, reachable=reachable))
    }
    return (put, over) if put or over else None


def _follow_up(facts: CustomerFacts, proposal: Proposal, house: _House, now: datetime) -> FollowUp | None:
    customer = facts.customer
    person = house.staff.get(_addressee(facts, proposal) or customer.person_in_charge_id or "")
    if proposal.cause is Cause.RETURNED and (person is None or not person.active):
        person = longest_known(facts, house.staff.values())
    if (person is not None and not person.active) or purpose_of(proposal.cause) is Purpose.CAMPAIGN:
        person = None  # carts, points and ranks are talk for the shop, not in a person's name
    shop_id = _shop(facts, proposal, person, house)
    if shop_id is None:
        return None
    return FollowUp(
        id=follow_up_id(customer.id, proposal.episode),
        customer_id=customer.id,
        shop_id=shop_id,
        assignee_id=person.id if person else None,
        cause=proposal.cause,
        evidence=proposal.evidence,
        due_at=proposal.due_at,
        created_at=now,
        stale_after=proposal.stale_after,
        strength=proposal.strength,
    )


def _addressee(facts: CustomerFacts, proposal: Proposal) -> str | None:
    """Return with whom her appointment is, or to whom she wrote, where the proposal is about that."""
    params = proposal.evidence.params
    if "staff_id" in params:
        return str(params["staff_id"])
    hers = (m for m in facts.messages if m.id == params.get("message_id") and m.direction is Direction.IN)
    return next((m.staff_id for m in hers), None)


def _where_it_happens(cause: Cause, happened: str, person: Staff | None) -> bool:
    """Return whether a follow-up belongs to the shop that she comes to: her appointment does, and that she is back, unless
    the one who has known her works elsewhere and should hear of it."""
    return cause is Cause.APPOINTMENT or (cause is Cause.RETURNED and (person is None or works_in(person, happened)))


def _shop(facts: CustomerFacts, proposal: Proposal, person: Staff | None, house: _House) -> str | None:
    """Return the shop in whose queue it belongs: where the person works, where it happened, where she is at home.

    Nobody stands in the web shop, so nothing is queued there.
    """
    happened = str(proposal.evidence.params.get("shop_id", ""))
    theirs = person.shop_id if person else None
    choices = [
        *((happened, theirs) if _where_it_happens(proposal.cause, happened, person) else (theirs, happened)),
        facts.customer.home_shop_id,
        *(visit.shop_id for visit in facts.visits[:1]),
        *(order.shop_id for order in facts.orders),
    ]
    places = house.shops
    return next((each for each in choices if each in places and places[each].shop_kind is not ShopKind.WEB), None)


_TOLD = ("evidence", "due_at", "stale_after", "strength")
"""What the rules say anew of an open follow-up; whose it is, staff may have changed since."""


def _told(follow_up: FollowUp) -> tuple[object, ...]:
    return tuple(getattr(follow_up, name) for name in _TOLD)


def _store(engine: Engine, clock: Clock, changed: dict[str, _Change]) -> tuple[int, int, int]:
    if not changed:
        return 0, 0, 0

    def work() -> tuple[int, int, int]:
        opened = updated = dismissed = 0
        with transaction(engine) as conn:
            records = Records(conn, clock)
            ids = [each.id for put, _ in changed.values() for each in put] + [
                i for _, over in changed.values() for i in over
            ]
            here = records.get_many(FollowUp, ids)
            still = set(records.get_many(Customer, changed))
            out: list[Record] = []
            for customer_id, (put, over) in changed.items():
                if customer_id not in still:
                    continue
                for follow_up in put:
                    before = here.get(follow_up.id)
                    if before is None:
                        out.append(follow_up)
                        opened += 1
                    elif before.state is FollowUpState.OPEN:
                        out.append(before.model_copy(update=dict(zip(_TOLD, _told(follow_up), strict=True))))
                        updated += 1
                for each, why in over.items():
                    before = here.get(each)
                    if before is not None and before.state is FollowUpState.OPEN:
                        out.append(before.model_copy(update={"state": FollowUpState.DISMISSED, "closed": why}))
                        dismissed += 1
            records.put_many(out)
        return opened, updated, dismissed

    return retrying(work)
