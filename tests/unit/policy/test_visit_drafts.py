"""A begun note that goes with a visit: whose it is, who takes it up, when it is over."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sync.model.commands_visits import HandOverVisit
from sync.model.customer import Feeling, Visit, VisitDraft, VisitEnd
from sync.policy.visits import closing, draft_of, ended, handed_over, without_draft

TOKYO, CLOSES = ZoneInfo("Asia/Tokyo"), time(20)
DAY = datetime(2026, 11, 20, tzinfo=UTC)
MINUTES = st.integers(0, 48 * 60).map(lambda n: DAY + timedelta(minutes=n))
PEOPLE = st.sampled_from(["misaki", "aki", "ben"])
DRAFTS = st.builds(
    VisitDraft,
    begun_by=PEOPLE | st.none(),
    text=st.sampled_from(["", " ", "紺をお探し", "Mで"]),
    tags=st.sampled_from([(), ("fitting",)]),
    feeling=st.none() | st.sampled_from(Feeling),
)


def visit(at: datetime = DAY, staff_id: str | None = "misaki", draft: VisitDraft | None = None) -> Visit:
    return Visit(id="v", customer_id="c", shop_id="s", staff_id=staff_id, at=at, draft=draft)


@given(PEOPLE | st.none(), PEOPLE, PEOPLE, st.none() | DRAFTS, st.none() | DRAFTS)
def test_the_words_are_of_somebody_who_had_them(
    holder: str | None, by: str, to: str, before: VisitDraft | None, along: VisitDraft | None
) -> None:
    """Of who gives the visit on, who looked after her, or who began what came before; nothing empty is kept."""
    given_on = HandOverVisit(visit_id="v", customer_id="c", from_staff_id=holder, to_staff_id=to, draft=along)
    after = handed_over(visit(staff_id=holder, draft=before), given_on, by, DAY)
    assert (after.staff_id, after.handed_by) == (to, by)
    if along is None:
        assert after.draft == before
    elif along.is_empty:
        assert after.draft is None
    else:
        assert after.draft is not None
        assert after.draft.text == along.text
        assert after.draft.begun_by in {by, holder, before.begun_by if before is not None else by}
        if along.begun_by is not None and along.begun_by in (by, holder):
            assert after.draft.begun_by == along.begun_by


@given(MINUTES, MINUTES, DRAFTS, st.none() | st.sampled_from(VisitEnd))
def test_it_is_over_at_closing_time_or_with_the_visit(
    at: datetime, now: datetime, draft: VisitDraft, how: VisitEnd | None
) -> None:
    """On the device too, whether or not the server has said that the visit has ended."""
    open_visit = visit(at, draft=draft)
    here = ended(open_visit, how, at) if how is not None else open_visit
    shown = how is None and now < closing(CLOSES, TOKYO, at)
    assert draft_of(here, CLOSES, TOKYO, now) == (draft if shown else None)


@given(PEOPLE | st.none(), PEOPLE | st.none(), DRAFTS)
def test_only_who_looks_after_her_takes_it_up(holder: str | None, who: str | None, draft: VisitDraft) -> None:
    """Somebody else's note leaves it where it is."""
    assert without_draft(visit(staff_id=holder, draft=draft), who).draft == (None if holder == who else draft)
