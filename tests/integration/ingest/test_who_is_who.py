"""Whose facts are whose: visitors, apps, cards, merged customers."""

from sqlalchemy import Engine, select

from sync.identity.merge import merge
from sync.model.customer import (
    Customer,
    MembershipKey,
    Order,
    WebActivity,
)
from sync.model.outreach import ContactElsewhere, Means
from sync.model.source import (
    ContactFact,
    CustomerFact,
    CustomerRef,
    IdentityFact,
)
from sync.server.database import reading, transaction
from sync.server.ingest import IngestService
from sync.server.merging import merge_customers
from sync.server.repository.identity import customer_of
from sync.server.repository.records import Records
from sync.server.tables_edges import identity_conflicts
from tests.integration.ingest.conftest import NOW, clean, numbered
from tests.integration.ingest.told import CLOCK, bought, found, held, look


def test_a_visitor_is_no_customer_until_she_says_who_she_is(ingest: IngestService, engine: Engine) -> None:
    """Anonymous looks are held; an identify gives them to the customer, once; later looks are hers at once."""
    clean(ingest.apply(numbered(look(1, anonymous_id="x"), look(2, anonymous_id="x"), look(3, anonymous_id="y"))))
    assert (found(engine, WebActivity), held(engine)) == ([], 3)
    said = IdentityFact(source="segment", source_id="i1", ref=CustomerRef(user_id="u1", anonymous_id="x"))
    clean(ingest.apply(numbered(said)))
    clean(ingest.apply(numbered(said, look(1, anonymous_id="x"))))
    clean(ingest.apply(numbered(look(4, anonymous_id="x"))))
    (customer,) = found(engine, Customer)
    assert {activity.customer_id for activity in found(engine, WebActivity)} == {customer.id}
    assert (len(found(engine, WebActivity)), held(engine)) == (3, 1)


def test_an_app_is_one_customers_and_the_newest_counts(ingest: IngestService, engine: Engine) -> None:
    """The app tells its token anew whenever that changes; signed in as somebody else, it is hers from then on and no more
    that of who had it before, whose messages would otherwise show on another's phone."""

    def tokens() -> dict[str, str]:
        return {each.member_number: each.app_token for each in found(engine, Customer)}

    def card(number: str, token: str) -> CustomerFact:
        return CustomerFact(ref=CustomerRef(member_number=number), family_name="佐藤", app_token=token)

    def app(number: str, token: str) -> IdentityFact:
        ref = CustomerRef(member_number=number)
        return IdentityFact(source="segment", source_id=f"{number}-{token}", ref=ref, traits={"app_token": token})

    clean(ingest.apply(numbered(card("M1", "first"), card("M2", ""))))
    assert tokens() == {"M1": "first", "M2": ""}
    clean(ingest.apply(numbered(app("M1", "second"))))
    assert tokens() == {"M1": "second", "M2": ""}
    clean(ingest.apply(numbered(app("M2", "second"))))
    assert tokens() == {"M1": "", "M2": "second"}
    clean(ingest.apply(numbered(card("M1", "third"), app("M2", "third"), app("M1", "third"))))
    assert tokens() == {"M1": "third", "M2": ""}


def test_visitors_are_joined_before_anybody_is_known(ingest: IngestService, engine: Engine) -> None:
    """Two browsers of one web account are one visitor; the members' list later makes all of it hers, in one batch too."""
    clean(ingest.apply(numbered(look(1, anonymous_id="x"), look(2, anonymous_id="y"))))
    clean(ingest.apply(numbered(look(3, anonymous_id="x", user_id="u9"), look(4, anonymous_id="y", user_id="u9"))))
    assert held(engine) == 4
    card = CustomerFact(ref=CustomerRef(member_number="M9", user_id="u9"), family_name="佐藤")
    clean(ingest.apply(numbered(look(5, user_id="u9"), card)))
    assert held(engine) == 0
    assert len({activity.customer_id for activity in found(engine, WebActivity)}) == 1
    assert len(found(engine, WebActivity)) == 5


def test_two_cards_are_two_customers_and_the_shared_telephone_is_reported(
    ingest: IngestService, engine: Engine
) -> None:
    """A family's telephone merges nobody: it stays with whom it was, and a person is told."""
    phone = CustomerFact(ref=CustomerRef(member_number="M1", phone="090-1234-5678"))
    daughter = CustomerFact(ref=CustomerRef(member_number="M2", phone="090-1234-5678"), family_name="山﨑")
    clean(ingest.apply(numbered(phone)))
    report = clean(ingest.apply(numbered(daughter)))
    assert [(warning.row, warning.field, warning.value) for warning in report.warnings] == [(1, "phone", "")]
    assert len(found(engine, Customer)) == 2
    with reading(engine) as conn:
        owner = customer_of(conn, "phone", "+819012345678")
        assert owner == customer_of(conn, "member_number", "M1")
        assert [row.kind for row in conn.execute(select(identity_conflicts))] == ["phone"]


def test_an_app_of_another_customer_stays_there(ingest: IngestService, engine: Engine) -> None:
    """A key that is somebody's is not moved by a second row that claims it."""
    key = {"app_id": "0" * 18, "app_public_key": "1" * 64}
    clean(ingest.apply(numbered(CustomerFact(ref=CustomerRef(member_number="M1"), **key))))
    report = clean(ingest.apply(numbered(CustomerFact(ref=CustomerRef(member_number="M2"), **key))))
    assert [warning.field for warning in report.warnings] == ["app_id"]
    (kept,) = found(engine, MembershipKey)
    with reading(engine) as conn:
        assert kept.customer_id == customer_of(conn, "member_number", "M1")


def test_merging_moves_everything_and_keeps_the_former_id(ingest: IngestService, engine: Engine) -> None:
    """Records, names and ids of the other become the survivor's; the other is gone, her id still means the survivor."""
    clean(ingest.apply(numbered(bought("N1", user_id="u1"), bought("N2", user_id="u2", email="second@example.jp"))))
    with transaction(engine) as conn:
        kept, other = customer_of(conn, "user_id", "u1"), customer_of(conn, "user_id", "u2")
        assert kept is not None
        assert other is not None
        merge_customers(conn, CLOCK, kept, other, merge)
    with reading(engine) as conn:
        records = Records(conn, CLOCK)
        assert records.get(Customer, other) is None
        assert records.customer_id_of(other) == kept
        assert customer_of(conn, "user_id", "u2") == kept
        assert {record.number for record in records.range_of(kept) if isinstance(record, Order)} == {"N1", "N2"}
    clean(ingest.apply(numbered(bought("N3", user_id="u2"))))
    assert {order.customer_id for order in found(engine, Order)} == {kept}


def test_a_contact_told_twice_is_one_also_after_a_merge(ingest: IngestService, engine: Engine) -> None:
    """A broadcast reaches many under one number and is kept for each; told again it is the same one, and a merge moves it
    without making it another."""
    clean(ingest.apply(numbered(bought("N1", user_id="u1"), bought("N2", user_id="u2", email="second@example.jp"))))
    told = numbered(
        *(
            ContactFact(ref=CustomerRef(user_id=user), number="b-31", at=NOW, means=Means.LINE, tool="配信代行")
            for user in ("u1", "u2")
        )
    )
    assert clean(ingest.apply(told)).taken == 2
    assert clean(ingest.apply(told)).taken == 0
    with transaction(engine) as conn:
        kept, other = customer_of(conn, "user_id", "u1"), customer_of(conn, "user_id", "u2")
        assert kept is not None
        assert other is not None
        merge_customers(conn, CLOCK, kept, other, merge)
    assert clean(ingest.apply(told)).taken == 0
    assert [one.customer_id for one in found(engine, ContactElsewhere)] == [kept, kept]


def test_an_address_of_somebody_else_does_not_become_a_way_to_reach_her(ingest: IngestService, engine: Engine) -> None:
    """The web shop says that u9's mail address is u2's: it stays u2's, and u9 is not written to at it."""
    card = CustomerFact(ref=CustomerRef(user_id="u9"))
    clean(ingest.apply(numbered(card, bought("N2", user_id="u2", email="second@example.jp"))))
    said = IdentityFact(
        ref=CustomerRef(user_id="u9", email="second@example.jp"),
        traits={"email": "second@example.jp", "family_name": "佐藤"},
    )
    report = ingest.apply(numbered(said))
    assert [(warning.row, warning.field) for warning in report.warnings] == [(1, "email")]
    with reading(engine) as conn:
        first = customer_of(conn, "user_id", "u9")
    assert {c.id: c.email for c in found(engine, Customer)}[first or ""] == ""
    assert {c.id: c.family_name for c in found(engine, Customer)}[first or ""] == "佐藤"
