"""The cases of the demo are there, each more than once where that makes sense, and one of each on the page of phones."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from sync.sandbox.retailer.world import Customer, World
from tests.unit.retailer.conftest import Rows

SEVERAL = {
    "returning": 4, "moved_stylist": 4, "lapsed": 6, "surge": 5, "birthday": 5, "opted_out": 4, "quiet": 4, "identities": 5,
    "contacted": 4, "broadcast": 2, "reply": 4, "coat": 5, "first_purchase": 5, "complaint": 3, "homonym": 2,
    "anniversary": 3, "wish": 4, "cart": 4, "rank": 3, "points": 4, "due_again": 4, "consulted": 3,
}  # fmt: skip
SINGLE = {"sms_fails", "mail_only", "line_only", "english", "fukuoka", "long_name", "video", "video_returning",
    "returning_goods", "bereaved", "no_show",
}  # fmt: skip


def _of(world: World, code: str) -> list[Customer]:
    return [case.customer for case in world.cases if case.code == code]


def _last(world: World, customer: Customer, before: int = 0) -> int:
    """Days since she was last in a shop or bought, leaving out the last `before` days."""
    moments = [visit.at for visit in world.visits if visit.customer is customer]
    moments += [order.at for order in world.orders if order.customer is customer]
    return min(days for at in moments if (days := (world.today - at.date()).days) >= before)


def test_every_case_is_on_the_page_and_most_occur_several_times(folder: Path, world: World) -> None:
    """The page lists one of each with words in both languages; all are customers of the files."""
    phones = json.loads((folder / "phones.json").read_text(encoding="utf-8"))
    people = {row["member_number"]: row for row in json.loads((folder / "addresses.json").read_text(encoding="utf-8"))}
    assert {row["case"] for row in phones} == SEVERAL.keys() | SINGLE
    assert len(people) == 3000
    for row in phones:
        assert row["special"]["ja"]
        assert row["special"]["en"]
        for key in ("name", "line_user_id", "phone", "email"):
            assert row[key] == people[row["member_number"]][key]
    counted = Counter(case.code for case in world.cases)
    assert {code: n for code, n in SEVERAL.items() if counted[code] < n} == {}


def test_the_returning_are_booked_or_came_after_half_a_year(world: World) -> None:
    """Away for 180 days or more, and now booked or back; the one on the page is booked for later today."""
    for customer in _of(world, "returning") + _of(world, "video_returning"):
        assert _last(world, customer, before=2) >= 180
        assert any(a.customer is customer for a in world.appointments) or _last(world, customer) <= 1
    listed = _of(world, "returning")[0]
    (booking,) = (a for a in world.appointments if a.customer is listed)
    assert (booking.shop, booking.at.date()) == ("ginza", world.today)
    assert booking.at > world.now


def test_some_came_back_after_a_contact(world: World) -> None:
    """Whoever may write in Ginza wrote to somebody who had long stayed away and came within two weeks, in the last seven days."""
    wrote = set()
    for customer in _of(world, "came_back"):
        letter = max((one for one in world.letters if one.customer is customer), key=lambda one: one.at)
        came = [one.at for one in world.visits if one.customer is customer and one.at > letter.at]
        assert (min(came) - letter.at).days < 14
        assert (world.today - min(came).date()).days < 7
        wrote.add(letter.staff)
    assert wrote == {"G01", "G02", "G03", "G05"}


def test_two_video_calls_wait_for_the_stylist_one_of_them_soon(world: World) -> None:
    """Both are today at Ginza with the stylist; the first begins within half an hour."""
    calls = sorted((a for a in world.appointments if a.kind == "video"), key=lambda a: a.at)
    assert [(a.shop, a.staff) for a in calls] == [("ginza", "G05")] * 2
    assert timedelta(minutes=10) < calls[0].at - world.now < timedelta(minutes=31)
    assert calls[1].at.date() == world.today


def test_the_lapsed_came_often_and_stay_away(world: World) -> None:
    """Away more than twice as long as their usual gap, at least 60 days."""
    for customer in _of(world, "lapsed"):
        days = sorted({(world.today - o.at.date()).days for o in world.orders if o.customer is customer})
        usual = (days[-1] - days[0]) / (len(days) - 1)
        assert len(days) >= 5
        assert days[0] >= 60
        assert days[0] > 2 * usual


def test_a_surge_is_browsing_without_a_visit(world: World) -> None:
    """At least twice as much looked at in two weeks as in the four before, and no visit for 30 days."""
    for customer in _of(world, "surge"):
        ages = [(world.today - look.at.date()).days for look in world.looks if look.customer is customer]
        recent, earlier = sum(age <= 14 for age in ages), sum(14 < age <= 42 for age in ages)
        assert recent >= 12
        assert recent > 2 * earlier
        assert _last(world, customer) >= 30


def test_birthdays_are_this_week(world: World) -> None:
    """From today to three days ahead."""
    ahead = {f"{world.today + timedelta(days=days):%m-%d}" for days in range(4)}
    assert {customer.birthday for customer in _of(world, "birthday")} <= ahead


def test_who_opted_out_refused_everything_last(world: World) -> None:
    """The latest entry of the ledger refuses all purposes on all channels."""
    for customer in _of(world, "opted_out"):
        latest = max((c for c in world.consents if c.customer is customer), key=lambda c: c.at)
        assert (latest.channel, latest.purpose, latest.state) == ("", "all", "refused")


def test_unanswered_replies_are_her_last_word(world: World) -> None:
    """She wrote last, less than three days ago and before now."""
    for customer in _of(world, "reply"):
        latest = max((m for m in world.letters if m.customer is customer), key=lambda m: m.at)
        assert latest.direction == "in"
        assert timedelta() < world.now - latest.at < timedelta(days=3)


def test_another_shop_wrote_five_days_ago(world: World) -> None:
    """The message came from elsewhere than her home shop."""
    for customer in _of(world, "contacted"):
        (letter,) = (m for m in world.letters if m.customer is customer)
        assert letter.shop != customer.home
        assert (world.today - letter.at.date()).days == 5


def test_an_agency_broadcast_to_some_three_days_ago(world: World) -> None:
    """They had nothing from the shops, and one broadcast that holds back what the shops might send."""
    for customer in _of(world, "broadcast"):
        assert not [m for m in world.letters if m.customer is customer]
        (contact,) = (c for c in world.contacts if c.customer is customer)
        assert (contact.means, contact.purpose, (world.today - contact.at.date()).days) == ("line", "campaign", 3)


def test_coats_and_first_purchases_are_recent(world: World) -> None:
    """A coat 14 to 21 days ago; a first purchase that is the only one, in the last five days."""
    for customer in _of(world, "coat"):
        coats = [o for o in world.orders if o.customer is customer and o.lines[0].product.category == "coat"]
        assert any(14 <= (world.today - order.at.date()).days <= 21 for order in coats)
    for customer in _of(world, "first_purchase"):
        (order,) = (o for o in world.orders if o.customer is customer)
        assert 1 <= (world.today - order.at.date()).days <= 5
        assert customer.joined == order.at.date()


def test_occasions_are_near(world: World) -> None:
    """Anniversaries and the end of points within days; shoes that had their time; spending just below a rank."""
    ahead = {f"{world.today + timedelta(days=days):%m-%d}" for days in range(6)}
    assert {customer.anniversary for customer in _of(world, "anniversary")} <= ahead
    for customer in _of(world, "points"):
        assert customer.points_expire_on is not None
        assert 0 <= (customer.points_expire_on - world.today).days <= 21
        assert customer.points >= 500
    for customer in _of(world, "due_again"):
        shoes = [o for o in world.orders if o.customer is customer and o.lines[0].product.category == "shoes"]
        assert [540 <= (world.today - o.at.date()).days < 570 for o in shoes] == [True]
    above = {"regular": 150_000, "silver": 400_000}
    for customer in _of(world, "rank"):
        spent = sum(o.total for o in world.orders if o.customer is customer)
        assert 0.9 * above[customer.rank] <= spent < above[customer.rank]


def test_wishes_lie_in_ginza_and_carts_wait(world: World, rows: Rows) -> None:
    """What is wished for lies in her shop, the coat as the last one, and was not bought; carts were filled days ago."""
    lying = {(row["sku"], row["shop_code"]): int(row["quantity"]) for row in rows("stock")}
    for number, customer in enumerate(_of(world, "wish"), 1):
        wish = next(o for o in world.looks if o.customer is customer and o.event == "Product Added to Wishlist")
        assert wish.variant is not None
        assert lying[wish.variant.sku, "ginza"] == number
        bought = {line.variant.sku for o in world.orders if o.customer is customer for line in o.lines}
        assert wish.variant.sku not in bought
    for customer in _of(world, "cart"):
        last = max(look.at for look in world.looks if look.customer is customer and look.event == "Product Added")
        assert timedelta(hours=24) < world.now - last < timedelta(days=7)
        assert all(o.at < last for o in world.orders if o.customer is customer)


def test_two_records_of_one_person_share_only_the_telephone(world: World) -> None:
    """The web account has another id and another mail address, and purchases of its own."""
    accounts = {customer.phone: customer for customer in world.customers if not customer.number}
    for card in _of(world, "identities"):
        account = accounts[card.phone]
        assert card.also_email == [account.email] != [card.email]
        assert any(order.customer is account for order in world.orders)


@pytest.mark.parametrize(("code", "has"), [("sms_fails", {"phone"}), ("mail_only", {"email"}), ("line_only", {"line"})])
def test_some_have_one_channel_only(world: World, code: str, has: set[str]) -> None:
    """All other addresses are empty, and the number that fails ends in 0000."""
    (customer,) = _of(world, code)
    assert {name for name in ("phone", "email", "line") if getattr(customer, name)} == has
    assert customer.phone.endswith("0000") == (code == "sms_fails")


def test_people_who_are_hard_to_tell_apart_or_name(world: World) -> None:
    """Two customers of one name, one who reads English, one with a name of more than 30 letters."""
    one, other = _of(world, "homonym")
    assert one.name == other.name == "佐藤 美咲"
    assert (one.home, other.home, one.number == other.number) == ("ginza", "ginza", False)
    assert _of(world, "english")[0].language == "en"
    assert len(_of(world, "long_name")[0].name) > 30
    assert all(customer.pace == "quiet" for customer in _of(world, "quiet"))


def test_the_customer_of_fukuoka_was_never_elsewhere(world: World) -> None:
    """Nothing of hers happened at Ginza, so that she is in no scope of its tablet."""
    (customer,) = _of(world, "fukuoka")
    shops = {
        item.shop for kind in (world.orders, world.visits, world.letters) for item in kind if item.customer is customer
    }
    assert shops == {"fukuoka"} == {customer.home}


def test_who_followed_the_stylist_is_of_another_shop(world: World) -> None:
    """The one in charge works at Ginza now; the purchases were at Omotesando."""
    for customer in _of(world, "moved_stylist"):
        assert (customer.home, customer.charge) == ("omotesando", "G05")
        assert {order.shop for order in world.orders if order.customer is customer} == {"omotesando"}
