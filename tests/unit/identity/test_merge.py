"""What becomes of two customers who are one."""

from datetime import UTC, datetime

from sync.identity.merge import merge
from sync.model.customer import Customer, Pace, Visit

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_the_kept_one_stands_and_the_other_fills_what_is_empty() -> None:
    """Points add up, the quieter pace stands, the other's ids live on, and no name is put together of two."""
    kept = Customer(id="a", member_number="M1", family_name="佐藤", points=10, pace=Pace.ACTIVE, sizes={"top": "M"})
    other = Customer(
        id="b",
        member_number="M2",
        family_name="鈴木",
        given_name="花子",
        email="h@example.jp",
        points=5,
        pace=Pace.QUIET,
        sizes={"top": "L", "shoe": "23"},
        aliases=("c",),
    )
    survivor, moved = merge(kept, other, [Visit(id="v", customer_id="b", shop_id="s", at=NOW)])
    assert (survivor.id, survivor.member_number, survivor.name, survivor.email) == ("a", "M1", "佐藤", "h@example.jp")
    assert (survivor.points, survivor.pace, survivor.sizes) == (15, Pace.QUIET, {"top": "M", "shoe": "23"})
    assert survivor.aliases == ("b", "c")
    assert [(record.id, record.customer_id) for record in moved] == [("v", "a")]


def test_a_nameless_one_takes_the_whole_name() -> None:
    """A customer known by her web account only becomes the member she is."""
    kept = Customer(id="a", member_number="", family_name="")
    survivor, _ = merge(kept, Customer(id="b", member_number="M2", family_name="鈴木", given_name="花子"), [])
    assert (survivor.member_number, survivor.name) == ("M2", "鈴木 花子")
