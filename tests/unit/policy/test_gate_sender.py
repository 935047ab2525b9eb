"""What the claim would refuse for its sender's sake is told beforehand, by the same function."""

from typing import Any

import pytest

from sync.model.customer import Channel
from sync.model.outreach import Cause, MessageState
from sync.model.shop import Staff
from sync.policy.gate import Decision, channels, judge
from sync.policy.legal import full_text
from sync.policy.playbook import load_playbook
from sync.policy.sender import Sender
from sync.policy.sms import utf16_units
from sync.policy.wordcheck import LONGEST
from tests.unit.policy.build import NOW, TOKYO, ago, message, retailer, shop, staff, story

HOUSE = retailer(public_url="https://elm.example/", app_name="エルム")


def sender(person: Staff | None = None, **fields: Any) -> Sender:
    return Sender(shop(), HOUSE.model_copy(update=fields), person)


def ask(channel: Channel, given: Sender | None, body: str | None = None) -> Decision:
    return judge(
        story(),
        cause=Cause.HOLD_READY,
        channel=channel,
        now=NOW,
        zone=TOKYO,
        playbook=load_playbook(),
        sender=given,
        body=body,
    )


def codes(decision: Decision) -> list[str]:
    return [one.code for one in decision.refusals]


def test_nothing_goes_in_the_name_of_who_has_left() -> None:
    """What was written by somebody who no longer works here does not go in that name, whatever it is about."""
    assert ask(Channel.LINE, sender(staff())).allowed
    assert ask(Channel.LINE, sender()).allowed
    decision = ask(Channel.LINE, sender(staff(active=False)))
    assert codes(decision) == ["staff_left"]
    assert decision.refusals[0].params == {"staff_id": "staff-1"}


@pytest.mark.parametrize("field", ["legal_name", "postal_address", "contact"])
@pytest.mark.parametrize("channel", list(Channel))
def test_mail_and_sms_need_a_complete_sender(channel: Channel, field: str) -> None:
    """What the law asks for is in every mail and text message, or none goes; LINE and the app say themselves who writes."""
    lacking: dict[str, Any] = {field: "  "}
    decision = ask(channel, sender(**lacking), "…")
    by_law = channel in (Channel.SMS, Channel.EMAIL)
    assert codes(decision) == (["not_complete"] if by_law else [])
    if by_law:
        assert decision.refusals[0].params == {"field": field}


@pytest.mark.parametrize("channel", list(Channel))
def test_the_footer_counts_towards_the_length(channel: Channel) -> None:
    """A text that fits to the last character with its footer goes; with one more it does not."""
    given = sender()

    def whole(body: str) -> str:
        return full_text(
            body, channel=channel, retailer=HOUSE, shop=given.shop, language="ja", opt_out_url=given.opt_out_url
        )

    room = LONGEST[channel] - utf16_units(whole("あ")) + 1
    assert ask(channel, given, "あ" * room).allowed
    assert codes(ask(channel, given, "あ" * (room + 1))) == ["too_long"]
    assert ask(channel, given).allowed


def test_a_message_that_waits_is_judged_by_its_own_words() -> None:
    """At the approval and at the claim its own text counts."""
    waiting = message(ago(1), Cause.HOLD_READY, MessageState.QUEUED, Channel.SMS, body="あ" * 700)
    decision = judge(
        story(waiting),
        cause=Cause.HOLD_READY,
        channel=Channel.SMS,
        now=NOW,
        zone=TOKYO,
        playbook=load_playbook(),
        message_id=waiting.id,
        sender=sender(),
    )
    assert codes(decision) == ["too_long"]


def test_a_way_is_offered_only_where_the_words_fit() -> None:
    """What is too long for a text message is offered by LINE and mail."""
    choices = channels(
        story(),
        cause=Cause.HOLD_READY,
        now=NOW,
        zone=TOKYO,
        playbook=load_playbook(),
        sender=sender(),
        body="あ" * 700,
    )
    assert [one.channel for one in choices if one.decision.allowed] == [Channel.LINE, Channel.EMAIL]


def test_a_house_without_an_app_hears_nothing_of_it() -> None:
    """The app is no way to her, whatever she has on her phone; a message that was queued for it says why it cannot go."""

    def ways(app_name: str) -> list[Channel]:
        given = sender(app_name=app_name)
        found = channels(
            story(), cause=Cause.HOLD_READY, now=NOW, zone=TOKYO, playbook=load_playbook(), sender=given, body="…"
        )
        return [one.channel for one in found]

    assert Channel.APP in ways("エルム")
    assert Channel.APP not in ways("")
    decision = ask(Channel.APP, sender(app_name=""), "…")
    assert [(one.code, one.params) for one in decision.refusals] == [("not_set_up", {"channel": "app"})]
