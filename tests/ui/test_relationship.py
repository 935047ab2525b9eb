"""The relationship map: an experience is never undone to the right, closeness goes up and down, and each step says why."""

from datetime import timedelta

import flet.canvas as cv
from hypothesis import given
from hypothesis import strategies as st

from clienteling.queries.relationship import MOST, path_of
from sync.model.customer import Feeling
from sync.policy.playbook import load_playbook
from sync.policy.stage import WAY, moves
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI, WATANABE
from tests.unit.policy.build import NOW, ago, her_message, note, order, story, visit

RULES = load_playbook().stage


@given(
    st.lists(st.integers(1, 1500), max_size=30),
    st.lists(st.integers(1, 1500), max_size=30),
    st.lists(st.tuples(st.integers(1, 1500), st.sampled_from(Feeling)), max_size=20),
)
def test_it_never_goes_back_and_stays_in_the_chart(
    bought: list[int], came: list[int], felt: list[tuple[int, Feeling]]
) -> None:
    """Whatever happened: to the right or where it was, never left; as many steps as can be read; the column is the furthest."""
    facts = story(
        *(order(ago(day)) for day in bought),
        *(visit(ago(day)) for day in came),
        *(note(ago(day), feeling=feeling) for day, feeling in felt),
    )
    steps = path_of(moves(facts, NOW, RULES))
    across = [one.across for one in steps]
    assert across == sorted(across)
    assert all(0 < one.across < 1 and 0 <= one.up <= 1 for one in steps)
    assert len(steps) <= MOST
    assert all(one.column < len(WAY) for one in steps)


def test_displeasure_goes_down_and_joy_up() -> None:
    """Closeness moves both ways, in the column where she is."""
    facts = story(
        order(ago(40)),
        her_message(ago(20)),
        note(ago(10), feeling=Feeling.DISPLEASED),
        note(ago(5), feeling=Feeling.HAPPY),
    )
    *_before, displeased, happy = path_of(moves(facts, NOW, RULES))
    assert displeased.up < displeased.before
    assert happy.up > happy.before
    assert displeased.column == happy.column == WAY.index("replied")


def test_fading_lies_between_the_steps() -> None:
    """A step begins where time has let the one before fade to."""
    facts = story(order(ago(400)), order(ago(400) + timedelta(days=300)))
    first, second = path_of(moves(facts, NOW, RULES))
    assert second.before < first.up


def test_the_chart_is_one_picture_and_the_list_says_all_of_it() -> None:
    """A screen reader hears one sentence for the chart and each step with its cause in the list."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/way")
        await screen.sees("歩みの図：当店を知る → ご来店 → 初めてのご購入")
        await screen.sees("ご購入（銀座本店）")
        await screen.sees("初めて：初めてのご購入")
        [canvas] = [one for one in screen.controls if isinstance(one, cv.Canvas)]
        assert sum(isinstance(shape, cv.Path) for shape in canvas.shapes) == 1

    drive(steps, FakeDevice())


def test_a_way_that_begins_says_so() -> None:
    """Nothing has happened yet: an empty chart and what the first step will be."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{WATANABE}/way")
        await screen.sees("これから始まります")

    drive(steps, FakeDevice())
