"""Turns facts of other systems into records: up to 1,000 facts in one transaction, each taken once.

    IngestService(engine, clock, resolver).apply([(row, fact), ...]) -> IngestReport

A fact with a `source_id` is taken once (events); one without is a statement about the present, taken as often as it is
made, and changes nothing when nothing changed (rows of files). A fact that cannot be taken is an error of its row and
leaves the others alone. What a fact refers to (a shop, an article) was taken in an earlier call.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.errors import BadInput
from sync.ids import imported_id, new_id
from sync.model.base import Record
from sync.model.customer import Consent, ConsentState, Customer, Order
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
    ProductFact,
    RetailerFact,
    ShiftFact,
    ShopFact,
    StaffFact,
    StockFact,
    VariantFact,
    VisitFact,
)
from sync.ports import IngestReport, Resolver, RowError
from sync.server import gifts
from sync.server import ingest_customers as of_customers
from sync.server import ingest_records as of_retailer
from sync.server.database import reading, retrying, transaction
from sync.server.ingest_people import People, Verdict
from sync.server.ingest_references import References
from sync.server.repository import accounts, forgotten, ingested
from sync.server.repository.app_tokens import without_app
from sync.server.repository.opt_out import heed, reopen_changed
from sync.server.repository.records import Records

MOST = 1_000
"""Facts in one transaction: a longer one would hold the change feed back for everybody."""

Numbered = tuple[int, AnyFact]


class IngestService:
    """See `sync.ports.Ingest`."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        resolver: Resolver,
        *,
        new_id: Callable[[], str] = new_id,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(24),
        forgotten_key: bytes = b"",
    ) -> None:
        """`forgotten_key` makes the marks by which the forgotten are known again (`repository.forgotten.key_of`)."""
        self._engine = engine
        self._clock = clock
        self._resolver = resolver
        self._forgotten_key = forgotten_key
        self._new_id = new_id
        self._new_token = new_token

    def apply(self, facts: Sequence[Numbered]) -> IngestReport:
        """Take the facts in one transaction and say which were not. Raise BadInput for more than 1,000."""
        if len(facts) > MOST:
            raise BadInput(f"At most {MOST} facts are taken at once.", limit=MOST)

        def work() -> IngestReport:
            with transaction(self._engine) as conn:
                return self._batch(conn).run(facts)

        return retrying(work)

    def check(self, facts: Sequence[Numbered]) -> IngestReport:
        """Say what `apply` would answer, and write nothing."""
        with reading(self._engine) as conn:
            return self._batch(conn).run(facts, write=False)

    def _batch(self, conn: Connection) -> "_Batch":
        people = People(conn, self._resolver, self._new_id)
        return _Batch(conn, self._clock, people, self._resolver, self._new_token, self._forgotten_key)


class _Batch:
    """One transaction's worth of facts: cleaned, told apart from repeats, given to people, built, written."""

    def __init__(
        self,
        conn: Connection,
        clock: Clock,
        people: People,
        resolver: Resolver,
        new_token: Callable[[], str],
        forgotten_key: bytes,
    ) -> None:
        self._forgotten_key = forgotten_key
        self._conn = conn
        self._now = clock()
        self._people = people
        self._resolver = resolver
        self._new_token = new_token
        self._records = Records(conn, clock)
        self._references = References(self._records)
        self._known: dict[tuple[str, str], Record] = {}
        self._changed: dict[tuple[str, str], Record] = {}
        self._arrived: set[str] = set()
        """Ids of purchases that nobody has heard of before."""
        self._errors: list[RowError] = []
        self._warnings: list[RowError] = []
        self._repeated = 0

    def run(self, facts: Sequence[Numbered], *, write: bool = True) -> IngestReport:
        taken = self._new(self._cleaned(facts))
        if not write:  # hashing a PIN is dear, and nothing but the result would depend on it
            taken = [
                (row, fact.model_copy(update={"pin": "", "pin_hash": ""}) if isinstance(fact, StaffFact) else fact)
                for row, fact in taken
            ]
        self._references.load(fact for _, fact in taken)
        taken = self._not_forgotten([(row, fact) for row, fact in taken if self._complete(row, fact)])
        self._people.load([fact for _, fact in taken])
        judged = self._judged(taken)
        work = [(row, fact, *self._people.whose(verdict)) for row, fact, verdict in judged]
        claimed = self._people.claimed() if write else []
        self._references.load(fact for _, fact in claimed)
        self._read(
            [(fact, customer) for _, fact, customer, _ in work] + [(fact, customer) for customer, fact in claimed]
        )
        held: list[tuple[str, str, AnyFact]] = []
        for row, fact, customer_id, visitor_id in work:
            if visitor_id is None:
                self._build(row, fact, customer_id or "")
            elif not isinstance(fact, IdentityFact):
                held.append((self._own_id(fact), visitor_id, fact))
        for customer_id, fact in claimed:
            self._build(0, fact, customer_id)
        unchanged = self._write([fact for _, fact, *_ in work], held) if write else 0
        return IngestReport(
            taken=len(work) - unchanged,
            repeated=self._repeated + unchanged,
            errors=tuple(sorted(self._errors, key=lambda error: error.row)),
            warnings=tuple(self._warnings),
        )

    def _cleaned(self, facts: Sequence[Numbered]) -> list[Numbered]:
        cleaned = []
        for row, fact in facts:
            clean, problems = self._resolver.clean(fact)
            self._errors += [RowError(row=row, field=field, message=message) for field, message in problems]
            if not problems:
                cleaned.append((row, clean))
        return cleaned

    def _new(self, facts: list[Numbered]) -> list[Numbered]:
        """Leave out facts that were taken before, also earlier in this batch."""
        seen = ingested.taken_before(self._conn, ((fact.source, fact.source_id) for _, fact in facts if fact.source_id))
        fresh = []
        for row, fact in facts:
            mark = (fact.source, fact.source_id)
            if fact.source_id and mark in seen:
                self._repeated += 1
                continue
            seen.add(mark)
            fresh.append((row, fact))
        return fresh

    def _complete(self, row: int, fact: AnyFact) -> bool:
        """Report what contradicts itself or refers to what is not there; say whether the fact can be taken."""
        wrong = of_customers.contradictions(fact, self._now)
        self._errors += [RowError(row=row, field=field, message=message) for field, message in wrong]
        complete = not wrong
        for reference, message in self._references.missing(fact):
            problem = RowError(row=row, field=reference.field, message=message, value=reference.code[:80])
            if reference.needed:
                self._errors.append(problem)
                complete = False
            elif not isinstance(fact, BrowseFact):
                self._warnings.append(problem)
        return complete

    def _not_forgotten(self, facts: list[Numbered]) -> list[Numbered]:
        """Hold back what names somebody who was forgotten: nobody comes back because a list still has her."""
        named = {row: _names(fact) for row, fact in facts}
        held = forgotten.held(self._conn, self._forgotten_key, {name for names in named.values() for name in names})
        if not held:
            return facts
        for row, names in named.items():
            if found := sorted({kind for kind, _ in held.intersection(names)}):
                self._errors.append(RowError(row=row, field=found[0], message="is of somebody who was forgotten"))
        return [(row, fact) for row, fact in facts if held.isdisjoint(named[row])]

    def _judged(self, facts: list[Numbered]) -> list[tuple[int, AnyFact, Verdict]]:
        judged = []
        for row, fact in facts:
            ref = getattr(fact, "ref", None)
            verdict = self._people.judge(fact, ref) if ref is not None else Verdict(customer_id="")
            if verdict.unknown_by:
                self._errors.append(
                    RowError(row=row, field=verdict.unknown_by, message="names a customer who is not known")
                )
                continue
            self._warnings += [
                RowError(row=row, field=kind, message="belongs to another customer, and stays there")
                for kind, _ in verdict.conflicts
            ]
            judged.append((row, _without_others(fact, verdict), verdict))
        return judged

    def _read(self, facts: list[tuple[AnyFact, str | None]]) -> None:
        """Read what stands of the records that these facts change, in one question for each kind."""
        wanted: dict[str, set[str]] = {}
        for fact, customer_id in facts:
            for kind, record_id in _about(fact, customer_id):
                wanted.setdefault(kind, set()).add(record_id)
        for kind, ids in wanted.items():
            for record_id, record in self._records.get_many(kind, ids - self._people.created.keys()).items():
                self._known[kind, record_id] = record
        for customer_id, customer in self._people.created.items():
            self._known["customer", customer_id] = self._changed["customer", customer_id] = customer

    def _build(self, row: int, fact: AnyFact, customer_id: str) -> None:
        if isinstance(fact, CustomerFact) and fact.app_id and of_customers.elsewhere(fact, customer_id, self._standing):
            self._warnings.append(
                RowError(row=row, field="app_id", message="is the app of another customer, and stays there")
            )
        if token := of_customers.app_token(fact):
            self._take_app(token, customer_id)
        for record in self._records_of(fact, customer_id):
            if isinstance(record, Order) and (record.kind, record.id) not in self._known:
                self._arrived.add(record.id)
            self._known[record.kind, record.id] = self._changed[record.kind, record.id] = record

    def _take_app(self, token: str, customer_id: str) -> None:
        """Take the app off whoever was reached there until now: what is written to one must not show on another's phone."""
        owner = self._people.give_app(token, customer_id)
        holder = self._records.customer_id_of(owner) if owner is not None else None
        if holder is None or holder == customer_id:
            return
        standing = self._standing("customer", holder) or self._records.get(Customer, holder)
        left = without_app(standing if isinstance(standing, Customer) else None, token)
        if left is not None:
            self._known["customer", holder] = self._changed["customer", holder] = left

    def _standing(self, kind: str, record_id: str) -> Any:
        return self._known.get((kind, record_id))

    def _records_of(self, fact: AnyFact, customer_id: str) -> list[Record]:
        references, known = self._references, self._standing
        match fact:
            case BrowseFact():
                return of_customers.browse(fact, customer_id, references)
            case OrderFact():
                return of_customers.order(fact, customer_id, references, known)
            case CustomerFact():
                return of_customers.customer(fact, customer_id, references, known)
            case IdentityFact():
                return of_customers.identity(fact, customer_id, known)
            case ConsentFact():
                return of_customers.consent(fact, customer_id)
            case AppointmentFact():
                return of_customers.appointment(fact, customer_id, references, known, self._now, self._new_token)
            case VisitFact():
                return of_customers.visit(fact, customer_id, references)
            case InteractionFact():
                return of_customers.interaction(fact, customer_id, references)
            case MessageFact():
                return of_customers.message(fact, customer_id, references)
            case ContactFact():
                return of_customers.contact(fact, customer_id)
            case StockFact():
                return of_retailer.stock(fact, references, known)
            case VariantFact():
                return of_retailer.variant(fact, references)
            case ProductFact():
                return of_retailer.product(fact)
            case ShiftFact():
                return of_retailer.shift(fact, references)
            case StaffFact():
                return of_retailer.staff(fact, references, known)
            case ShopFact():
                return of_retailer.shop(fact)
            case RetailerFact():
                return of_retailer.retailer(fact, known)

    def _own_id(self, fact: AnyFact) -> str:
        return imported_id("unclaimed", f"{fact.source}:{fact.source_id}" if fact.source_id else fact.model_dump_json())

    def _write(self, done: list[AnyFact], held: list[tuple[str, str, AnyFact]]) -> int:
        """Write everything; return how many statements about the present (facts without an id) changed nothing.

        That is exact where each makes one record. A customer's row that changes both her and her app counts for two.
        """
        reopen_changed(
            self._records, [each for each in self._changed.values() if isinstance(each, Customer)], self._now
        )
        orders = [each for each in self._changed.values() if isinstance(each, Order) and each.id in self._arrived]
        self._changed |= {(order.kind, order.id): order for order in gifts.told_by_trays(self._records, orders)}
        written = self._records.put_many(self._changed.values())
        consents = [each for each in self._changed.values() if isinstance(each, Consent)]
        heed(self._records, [each.customer_id for each in consents if each.state is ConsentState.REFUSED], self._now)
        self._people.flush()
        real_names = {
            imported_id("staff", fact.code): fact.real_name
            for fact in done
            if isinstance(fact, StaffFact) and fact.real_name
        }
        accounts.keep_real_names(self._conn, real_names, self._now)
        ingested.hold(self._conn, held, self._now)
        ingested.note_conflicts(self._conn, self._people.conflicts(), self._now)
        marks = [(fact.source, fact.source_id) for fact in done if fact.source_id]
        ingested.note_taken(self._conn, marks, self._now)
        return max(0, len(done) - len(marks) - written - len(held))


def _names(fact: AnyFact) -> set[forgotten.Name]:
    """Return the names of a person that a fact has, in its reference and in what it says of her."""
    said = fact.traits if isinstance(fact, IdentityFact) else fact.__dict__
    ref = getattr(fact, "ref", None)
    both = {(kind, str(value)) for kind in forgotten.HELD_KINDS if (value := getattr(ref, kind, "") if ref else "")}
    if isinstance(fact, (CustomerFact, IdentityFact)):
        both |= {(kind, str(value)) for kind in forgotten.HELD_KINDS if (value := said.get(kind))}
    return both


def _without_others(fact: AnyFact, verdict: Verdict) -> AnyFact:
    """Take out what a web shop says of an address or number that is another customer's: it must not become the way by
    which this one is written to."""
    others = {kind for kind, _ in verdict.conflicts}
    if not isinstance(fact, IdentityFact) or not others & fact.traits.keys():
        return fact
    return fact.model_copy(update={"traits": {name: said for name, said in fact.traits.items() if name not in others}})


def _about(fact: AnyFact, customer_id: str | None) -> list[tuple[str, str]]:
    """Return the records (kind, id) whose present state decides what the fact changes."""
    match fact:
        case CustomerFact() | IdentityFact() if customer_id:
            key = [("membership_key", fact.app_id)] if isinstance(fact, CustomerFact) and fact.app_id else []
            return [("customer", customer_id), *key]
        case OrderFact():
            return [("order", of_customers.order_id(fact))]
        case AppointmentFact():
            return [("appointment", imported_id("appointment", f"{fact.source}:{fact.number}"))]
        case StockFact():
            return [("stock_level", imported_id("stock_level", f"{fact.sku}@{fact.shop_code}"))]
        case StaffFact():
            return [("staff_pin", imported_id("staff_pin", fact.code)), ("retailer", "retailer")]
        case RetailerFact():
            return [("retailer", "retailer")]
    return []
