"""Each kind of slip from the counter to its end, as staff bring it there: its states, its day, who sees to it, what it raises."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest

from clienteling.routes import message_route
from clienteling.words import Words
from sync.model.commands_goods import AssignSlip
from sync.model.outreach import Cause, FollowUp, FollowUpState, Purpose
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.gate import purpose_of
from sync.policy.slips import follow_up_of
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import MISAKI, SASAKI, SUZUKI

TODAY = date(2026, 11, 20)
_ = Words("ja")
RECEIVED, WORK, READY, DONE = SlipState.RECEIVED, SlipState.UNDER_WAY, SlipState.READY, SlipState.DONE


@dataclass(frozen=True)
class Walk:
    kind: SlipKind
    days: int
    """After how many it is promised, unless staff say otherwise."""
    way: tuple[SlipState, ...]
    raises: Cause | None
    """What the customer is to be told once it is ready."""
    field: str = "お品物"
    said: str = "紺のコート"


WALKS = (
    Walk(SlipKind.ALTERATION, 7, (WORK, READY, DONE), Cause.ALTERATION_READY),
    Walk(SlipKind.SPECIAL_ORDER, 3, (WORK, READY, DONE), Cause.ORDER),
    Walk(SlipKind.CUSTOMER_ORDER, 28, (WORK, READY, DONE), Cause.ORDER),
    Walk(SlipKind.RETURN, 3, (WORK, DONE), None),
    Walk(SlipKind.COMPLAINT, 1, (WORK, DONE), None, field="お客様のお言葉", said="二度目のほつれ"),
)


def only(device: FakeDevice) -> Slip:
    [found] = device.cache.of(Slip)
    assert isinstance(found, Slip)
    return found


async def taken_on(screen: Screen, device: FakeDevice, walk: Walk) -> Slip:
    """At the counter: the kind, what it is about, save."""
    await screen.sign_in()
    await screen.go(f"/customers/{SASAKI}/slip")
    await screen.tap(_.code("slip_kind", walk.kind))
    await screen.type(walk.field, walk.said)
    await screen.tap("承る")
    await screen.sees("承り票を作成しました")
    return only(device)


@pytest.mark.parametrize("walk", WALKS, ids=lambda one: one.kind.value)
def test_each_kind_goes_its_way_to_the_end(walk: Walk) -> None:
    """Opened with the day that is usual and in one's own hands; one tap for each state, all of them kept; ready, and only that, puts
    a word to the customer among the follow-ups of who sees to it: a service, of its kind, unsent, and over once it is fetched."""
    device = FakeDevice()

    def raised(slip_id: str) -> FollowUp | None:
        found = device.cache.record("follow_up", follow_up_of(slip_id))
        return found if isinstance(found, FollowUp) else None

    def stands(state: SlipState) -> bool:
        return only(device).state is state

    async def steps(screen: Screen) -> None:
        made = await taken_on(screen, device, walk)
        assert (made.slip_kind, made.state, made.owner_id) == (walk.kind, RECEIVED, MISAKI)
        assert made.due_on == TODAY + timedelta(days=walk.days)
        for state in walk.way:
            assert raised(made.id) is None
            await screen.go("/slips")
            await screen.tap(_.code("slip_do", f"{walk.kind.value}_{state.value}"))
            await screen.until(partial(stands, state), state.value)
            if state is READY:
                await told(screen, raised(made.id))
                break
        if walk.raises:
            await screen.go("/slips")
            await screen.tap(_.code("slip_do", f"{walk.kind.value}_done"))
            await screen.until(lambda: only(device).state is DONE, "fetched")
            over = raised(made.id)
            assert over is not None
            assert over.state is FollowUpState.DONE
        assert [one.state for one in only(device).steps] == [RECEIVED, *walk.way]
        await screen.go("/slips")
        await screen.sees("承っているものはありません")

    async def told(screen: Screen, follow_up: FollowUp | None) -> None:
        assert follow_up is not None
        assert (follow_up.cause, follow_up.assignee_id, follow_up.state) == (walk.raises, MISAKI, FollowUpState.OPEN)
        assert purpose_of(follow_up.cause) is Purpose.SERVICE
        await screen.go(message_route(SASAKI, cause=follow_up.cause.value, follow_up=follow_up.id))
        await screen.sees(_.code("cause", follow_up.cause))
        await screen.sees(walk.said)

    drive(steps, device)


@pytest.mark.parametrize("walk", WALKS, ids=lambda one: one.kind.value)
def test_each_kind_is_handed_on_and_promised_anew(walk: Walk) -> None:
    """Whoever sees to it gives it to a colleague, the day staying; who has it now promises another day. A complaint is out of
    the first one's hands then."""
    device = FakeDevice()

    async def given(screen: Screen) -> None:
        made = await taken_on(screen, device, walk)
        await screen.go("/slips")
        await screen.tap("その他…")
        await screen.tap("鈴木")
        await screen.until(lambda: device.commands(AssignSlip), "given")
        assert (only(device).owner_id, only(device).due_on) == (SUZUKI, made.due_on)
        if walk.kind is SlipKind.COMPLAINT:
            await screen.until(lambda: screen.find("その他…", "click") is None, "out of her hands")

    async def promised_anew(screen: Screen) -> None:
        before = only(device)
        await screen.sign_in(SUZUKI)
        await screen.go("/slips")
        await screen.tap("その他…")
        await screen.tap("3日後")
        await screen.until(lambda: only(device).due_on != before.due_on, "another day")
        assert (only(device).owner_id, only(device).due_on) == (SUZUKI, before.due_on + timedelta(days=3))

    drive(given, device)
    drive(promised_anew, device)
