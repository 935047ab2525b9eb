"""One more question per later visit: what is asked, how often, and what an answer changes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import Asked, Channel, Customer, Topic, Visit
from sync.policy.one_question import AT_MOST, change, missing, next_question

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ASKED = st.sampled_from([None, *Asked])
CUSTOMERS = st.builds(
    Customer,
    id=st.just("c"),
    member_number=st.just(""),
    family_name=st.just("新田"),
    family_kana=st.sampled_from(["", "ニッタ"]),
    phone=st.sampled_from(["", "+819012345678"]),
    email=st.sampled_from(["", "n@example.jp"]),
    preferred_channel=st.sampled_from([None, Channel.SMS]),
    birthday=st.sampled_from(["", "02-29"]),
    declined_topics=st.sampled_from([(), (Topic.CARE,)]),
)


def visit(days_ago: int, asked: Asked | None = None) -> Visit:
    return Visit(id=f"v{days_ago}", customer_id="c", shop_id="s", at=NOW - timedelta(days=days_ago), asked=asked)


@given(CUSTOMERS, st.lists(ASKED, max_size=6))
def test_only_what_is_missing_and_never_too_often(customer: Customer, before: list[Asked | None]) -> None:
    """Nothing is asked that we know, nothing a third time, and what was asked less often comes first."""
    earlier = [visit(n + 1, asked) for n, asked in enumerate(before)]
    found = next_question(customer, visit(0), [visit(0), *earlier])
    can = [one for one in Asked if missing(customer, one) and before.count(one) < AT_MOST]
    if not before or not can:
        assert found is None
    else:
        assert found in can
        assert before.count(found) == min(map(before.count, can))


@given(CUSTOMERS, ASKED)
def test_one_in_a_visit(customer: Customer, asked: Asked | None) -> None:
    """A visit in which something was asked or skipped, one that has ended, and her first one have no question."""
    earlier = visit(9)
    here = visit(0, asked)
    assert asked is None or next_question(customer, here, [here, earlier]) is None
    ended = visit(0).model_copy(update={"ended_at": NOW})
    assert next_question(customer, ended, [ended, earlier]) is None
    assert next_question(customer, visit(0), [visit(0)]) is None


@given(
    CUSTOMERS,
    st.sampled_from(Asked),
    st.text(max_size=8) | st.sampled_from(["02-30", "12-31", "sms", "ニッタ アオイ", ""]),
)
def test_an_answer_fills_a_gap_or_nothing(customer: Customer, question: Asked, answer: str) -> None:
    """Whatever was typed: what we know stays, a skipped one changes nothing, and what is taken makes a customer that is right."""
    made = change(customer, question, answer)
    if not answer or not missing(customer, question):
        assert made == {}
    elif made:
        after = Customer.model_validate(customer.model_dump() | made)
        assert not missing(after, question)


def test_answers_that_fit() -> None:
    """A reading of one or two words, a way that she has, a day that exists."""
    her = Customer(id="c", member_number="", family_name="新田", phone="+819012345678", email="n@example.jp")
    assert change(her, Asked.KANA, "ニッタ アオイ") == {"family_kana": "ニッタ", "given_kana": "アオイ"}
    assert change(her, Asked.KANA, "新田") is None
    assert change(her, Asked.CHANNEL, "email") == {"preferred_channel": Channel.EMAIL}
    assert change(her, Asked.CHANNEL, "line") is None
    assert change(her, Asked.BIRTHDAY, "02-29") == {"birthday": "02-29"}
    assert change(her, Asked.BIRTHDAY, "02-30") is None
