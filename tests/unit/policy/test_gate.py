"""The gate: what each purpose may do, and every reason against it."""

from datetime import datetime, timedelta

import pytest

from sync.model.customer import Channel, ConsentPurpose, Feeling, Pace, Topic
from sync.model.outreach import Cause, MessageState, Purpose, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.gate import Decision, channels, judge, purpose_of
from sync.policy.playbook import load_playbook
from sync.policy.topics import TOPICS
from tests.unit.policy.build import (
    NOW,
    TOKYO,
    ago,
    appointment,
    customer,
    elsewhere,
    granted,
    her_message,
    message,
    note,
    order,
    refused,
    story,
    visit,
)

PLAYBOOK = load_playbook()
CAUSE_OF = {
    Purpose.REPLY: Cause.REPLY,
    Purpose.SERVICE: Cause.HOLD_READY,
    Purpose.RELATIONSHIP: Cause.RETURNED,
    Purpose.CAMPAIGN: Cause.CAMPAIGN,
}
PURPOSES = list(Purpose)
TONIGHT = datetime(2026, 11, 20, 22, 30, tzinfo=TOKYO)


def ask(
    facts: CustomerFacts,
    cause: Cause = Cause.RETURNED,
    channel: Channel = Channel.LINE,
    now: datetime = NOW,
    message_id: str | None = None,
    planned_for: datetime | None = None,
) -> Decision:
    return judge(
        facts,
        cause=cause,
        channel=channel,
        now=now,
        zone=TOKYO,
        playbook=PLAYBOOK,
        message_id=message_id,
        planned_for=planned_for,
    )


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.refusals]


def reason(decision: Decision, code: str) -> Reason:
    return next(r for r in decision.reasons if r.code == code)


def test_every_cause_has_a_purpose() -> None:
    """No cause is without a purpose; what she asked for is service, what we think of is relationship."""
    assert {purpose_of(cause) for cause in Cause} == set(Purpose)
    assert purpose_of(Cause.HOLD_READY) is Purpose.SERVICE
    assert purpose_of(Cause.RETURNED) is Purpose.RELATIONSHIP


@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_opt_out_binds_every_purpose(purpose: Purpose) -> None:
    """Who said "no more" on this channel is not even answered or told there that her coat is ready."""
    opted_out = refused(Channel.LINE, source="opt_out_link")
    facts = story(her_message(ago(hours=1)), granted(purpose="campaign"), opted_out)
    decision = ask(facts, CAUSE_OF[purpose])
    assert not decision.allowed
    assert reason(decision, "opted_out").params["source"] == "opt_out_link"


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("channel", list(Channel))
def test_who_wants_no_contact_gets_none(purpose: Purpose, channel: Channel) -> None:
    """A refusal of everything that names no channel closes them all for every purpose, whatever narrower consent came
    later; only a later consent to everything opens the channel again."""
    stop = refused(None, source="staff", at=ago(50))
    spoken = [her_message(ago(hours=1)), *(granted(channel, p, ago(10)) for p in ("relationship", "campaign"))]
    decision = ask(story(*spoken, stop), CAUSE_OF[purpose], channel)
    assert codes(decision) == ["do_not_contact"]
    assert decision.refusals[0].params == {"at": ago(50).isoformat(), "source": "staff"}
    also_blocked = refused(channel, source="line_unfollow", at=ago(20))
    assert codes(ask(story(*spoken, stop, also_blocked), CAUSE_OF[purpose], channel)) == ["do_not_contact"]
    assert ask(story(*spoken, stop, granted(None, "all", ago(5))), CAUSE_OF[purpose], channel).allowed
    assert ask(story(*spoken, stop, granted(channel, "all", ago(5))), CAUSE_OF[purpose], channel).allowed


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_block_binds_every_purpose(purpose: Purpose) -> None:
    """Blocking our LINE account closes LINE for every purpose, and mail for none."""
    facts = story(her_message(ago(hours=1)), granted(purpose="campaign"), refused(Channel.LINE, source="line_unfollow"))
    assert codes(ask(facts, CAUSE_OF[purpose])) == ["blocked"]
    assert ask(facts, CAUSE_OF[purpose], Channel.EMAIL).allowed


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_address_stops_every_purpose(purpose: Purpose) -> None:
    """Nothing goes where there is nowhere to go."""
    facts = story(her_message(ago(hours=1)), granted(purpose="campaign"), her=customer(line_user_id=""))
    assert codes(ask(facts, CAUSE_OF[purpose])) == ["no_address"]


@pytest.mark.parametrize("purpose", [Purpose.REPLY, Purpose.SERVICE])
def test_answers_and_service_need_no_consent_and_know_no_cap(purpose: Purpose) -> None:
    """She wrote, or asked for it: no consent for marketing is needed, and how often we wrote does not matter."""
    before = [message(ago(days)) for days in (0.1, 0.2, 1, 2)]
    facts = story(
        her_message(ago(hours=1)),
        refused(purpose="relationship"),
        note(ago(1), tags=("complaint",)),
        *before,
        her=customer(pace=Pace.QUIET),
        consented=False,
    )
    assert ask(facts, CAUSE_OF[purpose]).allowed


@pytest.mark.parametrize(("hours", "allowed"), [(0, True), (71, True), (72, True), (73, False)])
def test_a_reply_is_one_for_72_hours(hours: float, allowed: bool) -> None:
    """An answer within 72 hours of her message goes; afterwards it is no answer any more."""
    assert ask(story(her_message(ago(hours=hours))), Cause.REPLY).allowed is allowed


def test_a_reply_that_would_wait_past_its_time_is_late() -> None:
    """Time is judged for the moment of arrival: an answer that must wait for the morning may come too late then."""
    facts = story(her_message(TONIGHT - timedelta(hours=70)))
    assert codes(ask(facts, Cause.REPLY, now=TONIGHT)) == ["reply_late"]


def test_a_reply_needs_a_message_of_hers() -> None:
    """There is nothing to answer where she never wrote; our own messages do not count."""
    assert codes(ask(story(message(ago(hours=1))), Cause.REPLY)) == ["no_message"]


def test_replies_go_by_day_and_evening() -> None:
    """At half past eight an answer still goes; the rest waits for the morning."""
    evening = datetime(2026, 11, 20, 20, 30, tzinfo=TOKYO)
    facts = story(her_message(evening - timedelta(hours=1)))
    assert ask(facts, Cause.REPLY, now=evening).send_after is None
    waiting = ask(facts, Cause.HOLD_READY, now=evening)
    assert waiting.allowed
    assert waiting.send_after == datetime(2026, 11, 21, 9, 0, tzinfo=TOKYO)
    assert [r.code for r in waiting.notes] == ["later"]


@pytest.mark.parametrize(
    ("consents", "relationship", "campaign"),
    [
        ([], ["no_consent"], ["no_consent"]),
        ([granted(Channel.LINE)], [], ["no_consent"]),
        ([granted(Channel.EMAIL)], ["no_consent"], ["no_consent"]),
        ([granted(None)], [], ["no_consent"]),
        ([granted(Channel.LINE, "campaign")], [], []),
        ([granted(Channel.LINE, "campaign"), refused(Channel.LINE, "relationship")], ["refused"], []),
        ([granted(Channel.LINE), refused(Channel.LINE, "campaign")], [], ["refused"]),
        ([granted(Channel.LINE, "all")], [], []),
        ([granted(Channel.LINE, "online_history")], ["no_consent"], ["no_consent"]),
    ],
)
def test_relationship_and_campaign_need_consent_for_the_channel(
    consents: list[object], relationship: list[str], campaign: list[str]
) -> None:
    """A campaign needs consent to campaigns; a personal message is content with that where nothing else was said."""
    facts = story(*consents, consented=False)
    assert codes(ask(facts, Cause.RETURNED)) == relationship
    assert codes(ask(facts, Cause.CAMPAIGN)) == campaign


@pytest.mark.parametrize("state", list(MessageState))
def test_which_states_count_as_a_contact(state: MessageState) -> None:
    """What reached her, may have, or is on its way counts; also what waits for approval. What did not go does not."""
    counted = {"awaiting_approval", "queued", "sending", "sent", "delivered", "unknown"}
    decision = ask(story(message(ago(1), state=state, channel=Channel.EMAIL)))
    assert decision.allowed is (state.value not in counted)


def test_caps_hold_across_channels_staff_shops_and_campaigns() -> None:
    """A mail of a campaign from another shop three days ago holds back a LINE message of hers in charge today."""
    other = message(ago(3), Cause.CAMPAIGN, channel=Channel.EMAIL, staff_id=None, shop_id="shop-umeda")
    decision = ask(story(other))
    assert codes(decision) == ["cap"]
    cap = reason(decision, "cap").params
    assert (cap["days"], cap["most"], cap["count"]) == (7, 1, 1)
    assert datetime.fromisoformat(cap["next_at"]) == ago(3) + timedelta(days=7)


def test_caps_hold_across_tools() -> None:
    """An agency's broadcast three days ago holds back a message today, until it is a week old; a call about a service
    that she asked for holds back nothing, and nothing holds back our word about one."""
    facts = story(elsewhere(ago(3)), elsewhere(ago(1), means="phone", purpose=Purpose.SERVICE))
    decision = ask(facts)
    assert codes(decision) == ["cap"]
    assert decision.refusals[0].params["count"] == 1
    assert datetime.fromisoformat(decision.refusals[0].params["next_at"]) == ago(3) + timedelta(days=7)
    assert ask(facts, cause=Cause.ALTERATION_READY).allowed


@pytest.mark.parametrize(
    ("days", "expected"),
    [((6.99,), [7]), ((7,), []), ((8, 20), [30]), ((3, 20), [7, 30]), ((8, 31), []), ((40, 50), [])],
)
def test_caps_as_shipped(days: tuple[float, ...], expected: list[int]) -> None:
    """At most one in 7 days and two in 30; each cap that is reached is named."""
    visits = [visit(ago(0.5))]  # she came since, so nothing is unanswered
    decision = ask(story(*visits, *(message(ago(d)) for d in days)))
    assert [r.params["days"] for r in decision.refusals] == expected


def test_a_message_already_planned_counts() -> None:
    """What a colleague planned for tomorrow holds back another one today."""
    planned = message(ago(hours=1), state=MessageState.QUEUED, send_after=NOW + timedelta(days=1))
    decision = ask(story(planned))
    assert codes(decision) == ["cap"]
    assert datetime.fromisoformat(reason(decision, "cap").params["next_at"]) == NOW + timedelta(days=8)


def test_a_message_does_not_count_against_itself() -> None:
    """Judged again at approval or at the claim, the message under judgement is not its own obstacle."""
    waiting = message(ago(hours=1), state=MessageState.AWAITING_APPROVAL)
    assert codes(ask(story(waiting))) == ["cap"]
    assert ask(story(waiting), message_id=waiting.id).allowed


@pytest.mark.parametrize(("hours", "allowed"), [(71, True), (72, True), (73, False)])
@pytest.mark.parametrize("planned", [False, True])
def test_a_message_past_its_time_is_not_sent(hours: float, allowed: bool, planned: bool) -> None:
    """72 hours after its planned time a message has expired, for service too."""
    written = ago(10) if planned else ago(hours=hours)
    late = message(
        written,
        Cause.HOLD_READY,
        MessageState.QUEUED,
        send_after=ago(hours=hours) if planned else None,
    )
    decision = ask(story(late), Cause.HOLD_READY, message_id=late.id)
    assert decision.allowed is allowed
    assert codes(decision) == ([] if allowed else ["expired"])


def test_a_planned_time_is_kept_and_moved_out_of_quiet_hours() -> None:
    """Staff may choose a later time; one at night becomes the next morning."""
    tomorrow = NOW + timedelta(days=1)
    assert ask(story(), planned_for=tomorrow).send_after == tomorrow
    night = datetime(2026, 11, 21, 23, 0, tzinfo=TOKYO)
    assert ask(story(), planned_for=night).send_after == datetime(2026, 11, 22, 9, 0, tzinfo=TOKYO)


def test_rules_are_judged_for_the_moment_of_arrival() -> None:
    """Six and a half days after a contact she may not be written to now, but in a message planned for tomorrow she may."""
    facts = story(message(ago(6.5)), visit(ago(1)))
    assert codes(ask(facts)) == ["cap"]
    assert ask(facts, planned_for=NOW + timedelta(days=1)).allowed


@pytest.mark.parametrize(
    ("pace", "days", "expected"),
    [
        (Pace.ACTIVE, 8, []),
        (Pace.MODEST, 8, ["pace_gap"]),
        (Pace.MODEST, 14, []),
        (Pace.QUIET, 400, ["pace_quiet"]),
    ],
)
def test_her_own_pace_is_kept(pace: Pace, days: float, expected: list[str]) -> None:
    """積極的に: the caps alone; 控えめに: two weeks between; そっと: nothing of our own accord."""
    assert codes(ask(story(message(ago(days)), visit(ago(1)), her=customer(pace=pace)))) == expected


@pytest.mark.parametrize("cause", list(Cause))
def test_what_she_declined_to_hear_of_is_not_sent(cause: Cause) -> None:
    """Each thing that we do of our own accord is under one topic, and its refusal holds back that one alone; what she asked
    for is under none."""
    told = {Purpose.REPLY, Purpose.SERVICE}
    assert (cause in TOPICS) is (purpose_of(cause) not in told)
    her = customer(declined_topics=tuple(Topic))
    assert ("topic_declined" in codes(ask(story(visit(ago(1)), her=her), cause))) is (cause in TOPICS)
    others = customer(declined_topics=tuple(topic for topic in Topic if topic is not TOPICS.get(cause)))
    assert "topic_declined" not in codes(ask(story(visit(ago(1)), her=others), cause))


def test_displeasure_is_left_to_rest_until_time_or_joy_ends_it() -> None:
    """ご不満 noted three weeks ago holds us back; five weeks ago, or うれしい since, does not."""
    displeased = note(ago(21), feeling=Feeling.DISPLEASED)
    assert codes(ask(story(displeased))) == ["displeased"]
    assert ask(story(note(ago(35), feeling=Feeling.DISPLEASED))).allowed
    assert ask(story(displeased, note(ago(2), feeling=Feeling.HAPPY))).allowed
    assert not ask(story(displeased, note(ago(2), feeling=Feeling.UNEASY))).allowed


def test_a_complaint_stays_open_until_somebody_resolves_it() -> None:
    """Time does not close a complaint, a note that it was resolved does."""
    complaint = note(ago(300), tags=("fitting", "complaint"))
    assert codes(ask(story(complaint))) == ["open_complaint"]
    assert ask(story(complaint, note(ago(2), tags=("complaint_resolved",)))).allowed


def test_a_return_stays_open_until_it_is_settled() -> None:
    """While she is bringing something back nobody writes to her of our own accord; what she asked for still goes."""
    bringing = note(ago(20), tags=("return",))
    assert codes(ask(story(bringing))) == ["return_open"]
    assert ask(story(bringing), Cause.HOLD_READY).allowed
    assert ask(story(bringing, note(ago(2), tags=("return_settled",)))).allowed


@pytest.mark.parametrize("cause", [Cause.BIRTHDAY, Cause.ANNIVERSARY])
def test_nobody_congratulates_while_she_mourns(cause: Cause) -> None:
    """For 90 days after a note of a bereavement a congratulation does not go, other messages do; afterwards it does."""
    mourning = note(ago(30), tags=("bereavement",))
    decision = ask(story(mourning), cause)
    assert codes(decision) == ["bereaved"]
    assert datetime.fromisoformat(reason(decision, "bereaved").params["until"]) == ago(30) + timedelta(days=90)
    assert ask(story(mourning), Cause.RETURNED).allowed
    assert ask(story(note(ago(90), tags=("bereavement",))), cause).allowed


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, ["unanswered"]),
        (her_message(ago(30)), []),
        (visit(ago(30)), []),
        (order(ago(30)), []),
        (appointment(NOW + timedelta(days=3), booked_at=ago(1)), []),
        (visit(ago(70)), ["unanswered"]),
    ],
)
def test_after_two_unanswered_messages_there_is_quiet(answer: object, expected: list[str]) -> None:
    """Two messages without a reply, visit, purchase or booking since are enough."""
    sent = [message(ago(60)), message(ago(40))]
    assert codes(ask(story(*sent, *([answer] if answer else [])))) == expected


def test_unanswered_is_over_after_90_days() -> None:
    """The quiet lasts 90 days from the later of the two, however old the first is; then one more may go, and it is quiet again."""
    assert ask(story(message(ago(130)), message(ago(90)))).allowed
    quiet = ask(story(message(ago(400)), message(ago(89.9))))
    assert codes(quiet) == ["unanswered"]
    assert datetime.fromisoformat(reason(quiet, "unanswered").params["until"]) == ago(89.9) + timedelta(days=90)
    assert codes(ask(story(message(ago(230)), message(ago(190)), message(ago(80))))) == ["unanswered"]


def test_all_reasons_are_given_at_once() -> None:
    """Staff see everything that stands against it, not the first thing only."""
    facts = story(
        message(ago(2)),
        message(ago(9)),
        note(ago(1), tags=("complaint",), feeling=Feeling.DISPLEASED),
        refused(Channel.LINE, "relationship"),
        her=customer(line_user_id="", pace=Pace.QUIET),
    )
    found = codes(ask(facts))
    assert set(found) == {"no_address", "refused", "pace_quiet", "open_complaint", "displeased", "unanswered", "cap"}
    assert found.count("cap") == 2


def test_what_to_know_beside_a_yes() -> None:
    """An allowed message tells of the last contact, whatever it was about, and how long this one will bind us."""
    last = message(ago(12), Cause.HOLD_READY, channel=Channel.EMAIL)
    decision = ask(story(last))
    assert decision.allowed
    assert decision.send_after is None
    told = reason(decision, "last_contact").params
    assert (told["days"], told["channel"], told["message_id"], told["staff_id"]) == (12, "email", last.id, "staff-1")
    assert datetime.fromisoformat(reason(decision, "next_contact").params["at"]) == NOW + timedelta(days=7)


def test_channels_come_best_first() -> None:
    """The one she prefers leads while it is open; a closed one goes to the end with its reasons."""
    likes_mail = customer(preferred_channel=Channel.EMAIL)
    choices = channels(story(her=likes_mail), cause=Cause.RETURNED, now=NOW, zone=TOKYO, playbook=PLAYBOOK)
    assert [c.channel for c in choices] == [Channel.EMAIL, Channel.LINE, Channel.SMS, Channel.APP]
    assert [c.preferred for c in choices] == [True, False, False, False]
    facts = story(refused(Channel.EMAIL), her=likes_mail)
    choices = channels(facts, cause=Cause.RETURNED, now=NOW, zone=TOKYO, playbook=PLAYBOOK)
    assert [c.channel for c in choices] == [Channel.LINE, Channel.SMS, Channel.APP, Channel.EMAIL]
    assert codes(choices[-1].decision) == ["opted_out"]


def test_consent_purposes_are_those_of_the_ledger() -> None:
    """The purpose named in a refusal is one the ledger knows, so that the app can offer to ask for it."""
    decision = ask(story(consented=False))
    assert reason(decision, "no_consent").params["purpose"] in {p.value for p in ConsentPurpose}
