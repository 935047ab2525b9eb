"""What stands in the consent ledger."""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.policy.consent import standing
from tests.unit.policy.build import NOW, consent, granted, refused

LINE, SMS, EMAIL = Channel.LINE, Channel.SMS, Channel.EMAIL
RELATIONSHIP, CAMPAIGN = ConsentPurpose.RELATIONSHIP, ConsentPurpose.CAMPAIGN
GRANTED, REFUSED = ConsentState.GRANTED, ConsentState.REFUSED

moments = st.integers(0, 5).map(lambda day: NOW + timedelta(days=day))
entries = st.builds(
    consent,
    st.sampled_from([None, *Channel]),
    st.sampled_from([p.value for p in ConsentPurpose]),
    st.sampled_from([s.value for s in ConsentState]),
    moments,
)
ledgers = st.lists(entries, max_size=12)
questions = st.tuples(st.sampled_from(list(Channel)), st.sampled_from([RELATIONSHIP, CAMPAIGN]))


def reading(ledger: list[Consent], channel: Channel, purpose: ConsentPurpose) -> ConsentState | None:
    """The rules once more, read straight off the ledger day by day."""
    everything: ConsentState | None = None
    narrow: ConsentState | None = None
    for at in sorted({e.at for e in ledger}):
        today = [e for e in ledger if e.at == at and e.channel in (None, channel)]
        for_all = {e.state for e in today if e.purpose is ConsentPurpose.ALL}
        for_this = {e.state for e in today if e.purpose is purpose}
        if for_all:
            everything = REFUSED if REFUSED in for_all else GRANTED
        if for_this:
            narrow = REFUSED if REFUSED in for_this else GRANTED
    if everything is REFUSED:
        return REFUSED
    return narrow or everything


@given(ledgers, questions)
def test_agrees_with_a_straight_reading_of_the_ledger(
    ledger: list[Consent], question: tuple[Channel, ConsentPurpose]
) -> None:
    """The fold and a day-by-day reading of the same rules never differ."""
    assert standing(ledger, *question) == reading(ledger, *question)


@given(ledgers, questions, st.randoms())
def test_order_of_entries_does_not_matter(
    ledger: list[Consent], question: tuple[Channel, ConsentPurpose], random: Random
) -> None:
    """Entries may arrive in any order: imports and opt-out links come when they come."""
    shuffled = list(ledger)
    random.shuffle(shuffled)
    assert standing(shuffled, *question) == standing(ledger, *question)


@given(ledgers, questions, st.sampled_from([None, "hers"]))
def test_the_latest_refusal_of_all_binds_everything(
    ledger: list[Consent], question: tuple[Channel, ConsentPurpose], scope: str | None
) -> None:
    """After a refusal of `all`, whatever came before and whatever narrower grant comes at that instant, she is left."""
    channel, purpose = question
    last = NOW + timedelta(days=5)
    ledger = [*ledger, refused(None if scope is None else channel, "all", last), granted(channel, purpose.value, last)]
    assert standing(ledger, channel, purpose) is REFUSED


@given(ledgers, questions, moments)
def test_one_more_refusal_never_opens_anything(
    ledger: list[Consent], question: tuple[Channel, ConsentPurpose], at: datetime
) -> None:
    """Adding a refusal, wherever it lands in time, never turns what was not granted into granted."""
    before = standing(ledger, *question)
    after = standing([*ledger, refused(question[0], question[1].value, at)], *question)
    assert before is GRANTED or after is not GRANTED


def test_nothing_said_is_none() -> None:
    """Silence is neither a grant nor a refusal."""
    assert standing([], LINE, RELATIONSHIP) is None


def test_an_entry_speaks_for_its_channel_only() -> None:
    """Agreeing to mail is not agreeing to SMS."""
    assert standing([granted(EMAIL)], EMAIL, RELATIONSHIP) is GRANTED
    assert standing([granted(EMAIL)], SMS, RELATIONSHIP) is None


def test_no_channel_speaks_for_all_of_them() -> None:
    """An opt-out without a channel closes each; a later grant of all for one channel opens that one again."""
    ledger = [refused(None, "all", NOW), granted(LINE, "all", NOW + timedelta(days=1))]
    assert standing(ledger, LINE, RELATIONSHIP) is GRANTED
    assert standing(ledger, EMAIL, RELATIONSHIP) is REFUSED


def test_a_narrow_grant_does_not_lift_a_refusal_of_all() -> None:
    """A box ticked later for one purpose is no taking back of "no more"."""
    ledger = [refused(LINE, "all", NOW), granted(LINE, "relationship", NOW + timedelta(days=1))]
    assert standing(ledger, LINE, RELATIONSHIP) is REFUSED


def test_a_narrow_refusal_outlives_a_grant_of_all() -> None:
    """Who refused campaigns has refused them, also after she followed the account again."""
    ledger = [refused(LINE, "campaign", NOW), granted(LINE, "all", NOW + timedelta(days=1))]
    assert standing(ledger, LINE, CAMPAIGN) is REFUSED
    assert standing(ledger, LINE, RELATIONSHIP) is GRANTED


@pytest.mark.parametrize("first", [True, False])
def test_at_the_same_instant_the_refusal_wins(first: bool) -> None:
    """Of two entries of one moment the refusal holds, whichever is named first."""
    pair = [refused(LINE, "relationship", NOW), granted(LINE, "relationship", NOW)]
    assert standing(pair if first else pair[::-1], LINE, RELATIONSHIP) is REFUSED


def test_online_history_needs_an_entry_of_its_own() -> None:
    """A grant of all does not open what she looked at; a refusal of all closes it; its channel means nothing."""
    history = ConsentPurpose.ONLINE_HISTORY
    assert standing([granted(None, "all")], None, history) is None
    assert standing([granted(None, "online_history")], None, history) is GRANTED
    assert standing([granted(EMAIL, "online_history")], None, history) is GRANTED
    assert standing([granted(None, "online_history"), refused(None, "all")], None, history) is REFUSED
    assert standing([granted(None, "online_history"), refused(LINE, "all")], None, history) is GRANTED


@given(ledgers, questions, moments, st.data())
def test_what_arrives_late_undoes_no_refusal(
    ledger: list[Consent], question: tuple[Channel, ConsentPurpose], at: datetime, data: st.DataObject
) -> None:
    """She refuses; then an import brings any number of older grants, in any order: she stays refused."""
    channel, purpose = question
    older = st.builds(
        consent,
        st.sampled_from([None, *Channel]),
        st.sampled_from([p.value for p in ConsentPurpose]),
        st.just("granted"),
        st.integers(0, 400).map(lambda days: at - timedelta(days=days)),
    )
    late = data.draw(st.lists(older, max_size=6))
    before = [e for e in ledger if e.at <= at]
    refusal = data.draw(
        st.sampled_from([refused(channel, "all", at), refused(None, "all", at), refused(channel, purpose.value, at)])
    )
    assert standing([*before, refusal], channel, purpose) is REFUSED
    assert standing([*late, refusal, *before], channel, purpose) is REFUSED
    assert standing([refusal, *before, *reversed(late)], channel, purpose) is REFUSED
