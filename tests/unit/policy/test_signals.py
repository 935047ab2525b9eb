"""Each signal over short stories: when it speaks, when it is silent, and what evidence it gives."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.model.customer import AppointmentState, BrowseEvent, Channel, VisitSource
from sync.model.outreach import Cause, FollowUp, FollowUpState, MessageState, Reason
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.signals import (
    Proposal,
    after_purchase,
    after_visit,
    first_purchase,
    follow_up_id,
    lapsed,
    returned,
    web_up,
)
from sync.policy.templates import template_for
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, HER, NOW, ago, story
from tests.unit.policy.heard import LONG_AGO, all_heard, causes, heard

# Back after long


def test_someone_long_away_who_walks_in_is_welcomed_back() -> None:
    """Ten months after her last purchase she stands in the shop: welcome her back, with when she was last here."""
    came = b.visit(ago(hours=1))
    proposal = heard(returned, story(*LONG_AGO, came))
    assert proposal is not None
    assert proposal.template == "welcome_back"
    assert proposal.evidence == Reason(
        code="returned",
        params={
            "by": "visit",
            "id": came.id,
            "at": came.at.isoformat(),
            "shop_id": GINZA,
            "last_at": "2026-01-24",
            "away_days": 300,
            "days_with_us": 3,
        },
    )


def test_someone_long_away_who_books_is_welcomed_back_before_she_comes() -> None:
    """A booking is a return too, however far ahead it lies."""
    booking = b.appointment(NOW + timedelta(days=12), booked_at=ago(8))
    proposal = heard(returned, story(*LONG_AGO, booking))
    assert proposal is not None
    assert proposal.evidence.params["by"] == "booking"
    assert proposal.evidence.params["appointment_at"] == booking.at.isoformat()
    assert proposal.stale_after > booking.at


@pytest.mark.parametrize("days", [0, 1, 90, 400, 1000])
def test_absence_alone_never_welcomes_back(days: float) -> None:
    """However long she is away, without coming or booking there is no welcome-back."""
    assert heard(returned, story(*LONG_AGO), NOW + timedelta(days=days)) is None


@pytest.mark.parametrize(
    "records",
    [
        (b.visit(ago(hours=1)),),
        (b.order(ago(300)), b.visit(ago(hours=1))),
        (*LONG_AGO, b.order(ago(40), shop_id=WEB_SHOP_ID), b.visit(ago(hours=1))),
        (*LONG_AGO, b.visit(ago(10))),
        (*LONG_AGO, b.appointment(NOW + timedelta(days=2), ago(1), state=AppointmentState.CANCELLED)),
        (*LONG_AGO, b.appointment(ago(1), ago(2), state=AppointmentState.NO_SHOW)),
        (*LONG_AGO, b.visit(ago(hours=5)), b.message(ago(hours=2), Cause.RETURNED, MessageState.QUEUED)),
    ],
    ids=[
        "new",
        "only once here",
        "bought online meanwhile",
        "ten days ago",
        "cancelled",
        "did not come",
        "welcomed already",
    ],
)
def test_no_welcome_back(records: Sequence[Any]) -> None:
    """It needs a history, a long time away, and that she came just now; and it is said once."""
    assert heard(returned, story(*records)) is None


def test_booking_and_then_coming_is_one_welcome() -> None:
    """The visit that follows the booking belongs to the same return, so that one follow-up comes of both."""
    booking = b.appointment(ago(hours=1), booked_at=ago(2))
    at_booking = heard(returned, story(*LONG_AGO, booking), ago(1))
    after_visit_ = heard(returned, story(*LONG_AGO, booking, b.visit(ago(hours=1))))
    assert at_booking is not None
    assert after_visit_ is not None
    assert at_booking.episode == after_visit_.episode


# A regular who stopped coming


REGULAR = tuple(b.order(ago(d)) for d in (130, 160, 190, 220))


def test_a_regular_away_longer_than_her_rhythm_has_lapsed() -> None:
    """Once a month, then nothing for four months: ask after her. It is no welcome-back."""
    facts = story(*REGULAR)
    proposal = heard(lapsed, facts)
    assert proposal is not None
    assert proposal.cause is Cause.LAPSED
    assert proposal.template == "lapsed"
    assert proposal.evidence.params == {
        "last_at": "2026-07-13",
        "away_days": 130,
        "rhythm_days": 30,
        "days_with_us": 4,
    }
    assert "returned" not in causes(facts)


@pytest.mark.parametrize(
    "records",
    [
        tuple(b.order(ago(d)) for d in (50, 57, 64, 71)),
        tuple(b.order(ago(d)) for d in (130, 330, 530)),
        tuple(b.order(ago(d)) for d in (130, 160)),
        tuple(b.order(ago(d)) for d in (600, 630, 660)),
        (*REGULAR, b.appointment(NOW + timedelta(days=20), ago(1))),
        (*REGULAR, b.message(ago(30), Cause.LAPSED)),
    ],
    ids=["weekly, seven weeks", "every 200 days", "only twice", "gone for good", "has booked", "was asked"],
)
def test_who_has_not_lapsed(records: Sequence[Any]) -> None:
    """Rhythm and recency both must say so, there must be a history, and no booking ahead; she is asked after once."""
    assert heard(lapsed, story(*records)) is None


def test_lapsed_and_returned_never_speak_of_the_same_moment() -> None:
    """Whoever has just come back has not stopped coming."""
    facts = story(*(b.order(ago(d)) for d in (250, 280, 310)), b.visit(ago(hours=2)))
    assert heard(returned, facts) is not None
    assert heard(lapsed, facts) is None


# After a visit, after a purchase


def test_a_visit_without_a_purchase_is_thanked_for_from_the_next_day() -> None:
    """Thanks from the day after, with what staff noted; not on the day itself, and not a week later."""
    came, wrote = b.visit(ago(1)), b.note(ago(1), product_ids=("product-9",))
    proposal = heard(after_visit, story(came, wrote))
    assert proposal is not None
    assert proposal.evidence.params["visit_id"] == came.id
    assert proposal.evidence.params["product_ids"] == ["product-9"]
    assert heard(after_visit, story(came), ago(0.9)) is None
    assert heard(after_visit, story(came), NOW + timedelta(days=6)) is None


@pytest.mark.parametrize(
    "record",
    [b.order(ago(1)), b.message(ago(hours=3), Cause.AFTER_VISIT)],
    ids=["bought that day", "thanked already"],
)
def test_no_thanks_for_the_visit(record: Any) -> None:
    """Who bought is asked about that later; two members of staff do not thank for one visit."""
    assert heard(after_visit, story(b.visit(ago(1)), record)) is None


def test_a_visit_that_only_the_till_saw_is_no_meeting() -> None:
    """Nobody spoke to her as far as we know, so nobody thanks her for the talk."""
    assert heard(after_visit, story(b.visit(ago(1), source=VisitSource.TILL))) is None


@pytest.mark.parametrize(
    ("category", "days", "speaks"),
    [("dress", 9, False), ("dress", 10, True), ("shoes", 10, False), ("shoes", 14, True), ("bag", 21, True)],
)
def test_how_is_it_comes_when_the_category_says(category: str, days: float, speaks: bool) -> None:
    """Shoes are worn in later than a dress: the day is the playbook's, by category."""
    bought = b.order(ago(days), category)
    proposal = heard(after_purchase, story(bought))
    assert (proposal is not None) is speaks
    if proposal is not None:
        assert proposal.evidence.params["order_id"] == bought.id
        assert proposal.evidence.params["category"] == category


def test_what_she_brought_back_is_not_asked_about() -> None:
    """Nobody asks how the dress is that she returned, and nobody asks twice."""
    assert heard(after_purchase, story(b.order(ago(10), refunded=True))) is None
    assert heard(after_purchase, story(b.order(ago(12)), b.message(ago(1), Cause.AFTER_PURCHASE))) is None


def test_the_first_purchase_is_thanked_for() -> None:
    """The first of all, from the day after; a second one is none."""
    bought = b.order(ago(1))
    proposal = heard(first_purchase, story(bought))
    assert proposal is not None
    assert proposal.evidence.params["order_id"] == bought.id
    assert heard(first_purchase, story(bought, b.order(ago(200)))) is None
    assert heard(first_purchase, story(b.order(ago(1), refunded=True))) is None


# Online


def looks(count: int, *, days: float, event: BrowseEvent = BrowseEvent.PRODUCT_VIEWED) -> list[Any]:
    return [b.look(ago(days, hours=n), event) for n in range(count)]


def test_looking_more_while_not_coming_is_an_invitation() -> None:
    """Eight looks in two weeks against two in the four before, no visit for two months: invite her. Categories only."""
    facts = story(b.visit(ago(60)), *looks(8, days=3), *looks(2, days=25))
    proposal = heard(web_up, facts)
    assert proposal is not None
    assert proposal.evidence.params["views"] == 8
    assert proposal.evidence.params["usual"] == 1.0
    assert proposal.evidence.params["categories"] == ["dress"]
    assert "product-1" not in str(proposal.evidence)


@pytest.mark.parametrize(
    "records",
    [
        looks(5, days=3),
        [*looks(8, days=3), *looks(16, days=25)],
        [*looks(8, days=3), b.visit(ago(10))],
        [*looks(8, days=3), b.appointment(NOW + timedelta(days=3), ago(1))],
        looks(8, days=3, event=BrowseEvent.CART_VIEWED),
        [*looks(8, days=3), b.message(ago(20), Cause.WEB_UP)],
    ],
    ids=["few", "as always", "was here", "has booked", "her cart", "invited already"],
)
def test_no_invitation(records: Sequence[Any]) -> None:
    """It takes a rise, and that she does not come; her cart is none of our business."""
    assert heard(web_up, story(*records)) is None


def test_an_invitation_that_was_closed_stays_closed_when_the_month_ends() -> None:
    """The looking goes on past the end of the month: still the same invitation. A rise months later is another."""
    noticed = datetime(2026, 11, 29, 4, tzinfo=UTC)

    def found(now: datetime, *records: Any) -> Proposal | None:
        looked = [b.look(now - timedelta(days=n / 2)) for n in range(8)]
        return heard(web_up, story(b.visit(ago(200)), *looked, *records), now)

    first = found(noticed)
    assert first is not None
    closed = FollowUp(
        id=follow_up_id(HER, first.episode), customer_id=HER, shop_id=GINZA, cause=Cause.WEB_UP, evidence=first.evidence,
        due_at=first.due_at, state=FollowUpState.DISMISSED, created_at=noticed,
    )  # fmt: skip
    for days, same in ((1, True), (5, True), (30, True), (120, False)):
        again = found(noticed + timedelta(days=days), closed)
        assert again is not None
        assert (again.episode == first.episode) is same


# All together


def test_a_follow_up_that_was_settled_is_not_proposed_again() -> None:
    """Done, dismissed or scheduled: the same reason does not come up a second time; an open one still shows."""
    facts = story(*LONG_AGO, b.visit(ago(hours=1)))
    (proposal,) = all_heard(facts)
    for state in FollowUpState:
        settled = FollowUp(
            id=follow_up_id(HER, proposal.episode),
            customer_id=HER,
            shop_id=GINZA,
            cause=proposal.cause,
            evidence=proposal.evidence,
            due_at=proposal.due_at,
            state=state,
            created_at=NOW,
        )
        gone = state in (FollowUpState.DONE, FollowUpState.DISMISSED, FollowUpState.SCHEDULED)
        assert (all_heard(story(*LONG_AGO, b.visit(ago(hours=1)), settled)) == []) is gone


def test_each_proposal_names_a_channel_the_gate_leaves_open() -> None:
    """The channel is one that she may be written to by now; without any, it is something to say in person."""
    records = (*LONG_AGO, b.visit(ago(hours=1)))
    assert all_heard(story(*records))[0].channel is Channel.LINE
    assert all_heard(story(*records, b.refused(Channel.LINE)))[0].channel is Channel.EMAIL
    assert all_heard(story(*records, b.refused(None)))[0].channel is None


def test_whoever_is_to_be_left_alone_is_not_proposed() -> None:
    """Where something speaks for silence only what she asked for, and that she is back, remain."""
    silent = b.refused(None)
    assert causes(story(*REGULAR)) == ["lapsed"]
    assert causes(story(*REGULAR, silent)) == []
    assert causes(story(*LONG_AGO, b.visit(ago(hours=1)), b.her_message(ago(hours=2)), silent)) == ["reply", "returned"]


CAMPAIGNS = b.granted(None, "campaign")
NO_ADDRESS = {"line_user_id": "", "email": "", "phone": "", "app_token": ""}


@pytest.mark.parametrize(
    ("records", "her", "speaks"),
    [
        ((CAMPAIGNS,), {}, True),
        ((b.granted(None, "all"),), {}, True),
        ((), {}, False),
        ((CAMPAIGNS, b.refused(None, "campaign", ago(1))), {}, False),
        ((b.granted(Channel.SMS, "campaign"),), {"phone": ""}, False),
        ((b.granted(Channel.SMS, "campaign"), b.refused(Channel.SMS)), {}, False),
        ((CAMPAIGNS, b.refused(Channel.LINE), b.refused(Channel.SMS)), {"email": "", "app_token": ""}, False),
        ((CAMPAIGNS, b.refused(Channel.LINE), b.refused(Channel.SMS)), {}, True),
        ((CAMPAIGNS,), NO_ADDRESS, False),
    ],
    ids=[
        "agreed", "agreed to all", "never asked", "took it back", "agreed where she has no address",
        "opted out where she agreed", "opted out of every channel with an address", "one channel is left", "no address",
    ],
)  # fmt: skip
def test_points_are_spoken_of_where_some_channel_may_carry_it(
    records: Sequence[Any], her: dict[str, Any], speaks: bool
) -> None:
    """What is campaign is proposed only to whom it could ever be sent; a birthday, which can be said, is not asked so."""
    known = b.customer(points=900, points_expire_on=NOW.date() + timedelta(days=5), birthday="11-20", **her)
    said = causes(story(*records, her=known))
    assert ("points_expire" in said) is speaks
    assert "birthday" in said


def test_a_customer_without_any_history_gives_no_signal() -> None:
    """Nothing known, nothing proposed."""
    assert all_heard(story()) == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize(
    "facts",
    [
        story(*LONG_AGO, b.visit(ago(hours=1))),
        story(*REGULAR),
        story(b.visit(ago(1))),
        story(b.order(ago(10)), b.order(ago(400))),
        story(b.order(ago(1))),
        story(*looks(8, days=3)),
        story(her=b.customer(birthday="11-20")),
        story(b.her_message(ago(hours=1))),
        story(b.appointment(NOW + timedelta(hours=30), ago(9))),
    ],
    ids=["returned", "lapsed", "after_visit", "after_purchase", "first", "web_up", "birthday", "reply", "appointment"],
)
def test_each_proposal_has_words_in_each_language_and_channel(
    facts: CustomerFacts, channel: Channel, language: str
) -> None:
    """The template that a proposal names exists, and each channel has one for its cause."""
    proposal = all_heard(facts)[0]
    by_mail = template_for(language, proposal.cause, Channel.EMAIL, proposal.template)
    assert by_mail is not None
    assert by_mail.name == proposal.template
    assert template_for(language, proposal.cause, channel, proposal.template) is not None
