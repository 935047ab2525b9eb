"""Decides for each fact of a batch whose it is: a customer's, a new customer's, a visitor's, or nobody's."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection

from sync.model.customer import Customer
from sync.model.source import AnyFact, AppointmentFact, BrowseFact, CustomerFact, CustomerRef, IdentityFact, OrderFact
from sync.ports import Resolution, Resolver
from sync.server.ingest_customers import app_token
from sync.server.repository import ingested
from sync.server.repository.app_tokens import name_of
from sync.server.repository.identity import Identities

_KINDS = ("member_number", "user_id", "line_user_id", "email", "phone", "anonymous_id")
_FACT: TypeAdapter[AnyFact] = TypeAdapter(AnyFact)


class Verdict(NamedTuple):
    """Whose a fact is. Exactly one of the three is set."""

    customer_id: str | None = None
    visitor_id: str | None = None
    unknown_by: str = ""
    """The field whose value names nobody we know, where such a fact cannot make a customer."""
    conflicts: tuple[tuple[str, str], ...] = ()


class People:
    """The people of one batch, within one transaction. Nothing is written before `flush`."""

    def __init__(self, conn: Connection, resolver: Resolver, new_id: Callable[[], str]) -> None:
        self._conn = conn
        self._resolver = resolver
        self._new_id = new_id
        self._names = Identities(conn)
        self._became: dict[str, str] = {}
        self._conflicts: set[tuple[str, str, str]] = set()
        self.created: dict[str, Customer] = {}
        """Customers who are new with this batch, with what their names say of them."""

    def load(self, facts: Sequence[AnyFact]) -> None:
        """Read all names of the facts at once."""
        refs = [ref for fact in facts if isinstance(ref := getattr(fact, "ref", None), CustomerRef)]
        self._names.load((kind, value) for ref in refs for kind in _KINDS if (value := getattr(ref, kind)))
        self._names.load(name_of(token) for fact in facts if (token := app_token(fact)))

    def give_app(self, token: str, customer_id: str) -> str | None:
        """Make the app hers from now on; return the customer who was reached there until now, if that is another."""
        name = name_of(token)
        before = self._names.find(*name)
        self._names.link(*name, customer_id)
        return before if before != customer_id else None

    def judge(self, fact: AnyFact, ref: CustomerRef) -> Verdict:
        """Say whose the fact is, and learn the names it links."""
        resolution = self._resolver.resolve(ref, self._names)
        customer_id = resolution.customer_id
        if customer_id is None and _may_create(fact, ref):
            customer_id = self._create(resolution)
        if customer_id is not None:
            self._learn(customer_id, resolution)
            self._conflicts.update((customer_id, other, kind) for kind, other in resolution.conflicts)
            return Verdict(customer_id=customer_id, conflicts=resolution.conflicts)
        if isinstance(fact, (BrowseFact, OrderFact, IdentityFact)) and not resolution.conflicts:
            return Verdict(visitor_id=self._visitor(resolution))
        return Verdict(unknown_by=next(kind for kind in _KINDS if getattr(ref, kind)))

    def whose(self, verdict: Verdict) -> tuple[str | None, str | None]:
        """Return (customer, visitor) of a verdict, in the light of all facts of the batch. One of them is set."""
        owner = self._now(verdict.customer_id or verdict.visitor_id or "")
        return (None, owner) if self._names.is_visitor(owner) else (owner, None)

    def claimed(self) -> list[tuple[str, AnyFact]]:
        """Take out what the visitors did who turned out to be customers, each with the customer's id."""
        customers = {visitor: now for visitor in self._became if not self._names.is_visitor(now := self._now(visitor))}
        found = ingested.claim(self._conn, customers.keys())
        return [(customers[visitor], _FACT.validate_python(fact)) for visitor, fact in found]

    def flush(self) -> None:
        """Write the names that were linked and the visitors that turned out to be one."""
        self._names.flush()
        owners = [(visitor, self._now(visitor)) for visitor in self._became]
        ingested.join_visitors(self._conn, [pair for pair in owners if self._names.is_visitor(pair[1])])

    def _now(self, owner: str) -> str:
        while owner in self._became:
            owner = self._became[owner]
        return owner

    def conflicts(self) -> set[tuple[str, str, str]]:
        """Return who was named together: (kept, other, kind of name)."""
        return self._conflicts

    def _create(self, resolution: Resolution) -> str:
        """Make a customer of names that are nobody's. A name that is another customer's does not become hers."""
        own = dict(resolution.free)
        customer = Customer(
            id=self._new_id(),
            family_name="",
            **{kind: own.get(kind, "") for kind in ("member_number", "email", "phone", "line_user_id")},
        )
        self.created[customer.id] = customer
        return customer.id

    def _learn(self, customer_id: str, resolution: Resolution) -> None:
        for kind, value in resolution.free:
            self._names.link(kind, value, customer_id)
        for visitor in resolution.absorbed:
            self._names.absorb(visitor, customer_id)
            self._became[visitor] = customer_id

    def _visitor(self, resolution: Resolution) -> str:
        visitor, *others = resolution.absorbed or (self._names.new_visitor(),)
        for kind, value in resolution.free:
            self._names.link(kind, value, visitor)
        for other in others:
            self._names.absorb(other, visitor)
            self._became[other] = visitor
        return visitor


def _may_create(fact: AnyFact, ref: CustomerRef) -> bool:
    """Say whether a fact about somebody unknown makes her a customer: it must say more than which browser she uses."""
    if not any(getattr(ref, kind) for kind in _KINDS if kind != "anonymous_id"):
        return False
    if isinstance(fact, IdentityFact):
        return bool(ref.member_number or ref.email or ref.phone or ref.line_user_id)
    return isinstance(fact, (CustomerFact, OrderFact, AppointmentFact))
