"""What slips and belongings look like on a tablet before the server has answered, and without a network."""

from datetime import date
from typing import Any

import pytest

from sync.model import commands as c
from sync.model import commands_goods as g
from sync.model.base import Record
from sync.model.belonging import Belonging
from sync.model.outreach import FollowUp, FollowUpState
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.slips import follow_up_of
from tests.unit.client.build import World
from tests.unit.client.fake import SHOP

HERS: dict[str, Any] = {"slip_id": "slip-1", "customer_id": "customer-1"}


def _do(world: World, command: c.AnyCommand) -> None:
    world.client.submit(command, "staff-2")


def _get(world: World, kind: str, record_id: str) -> Any:
    found = world.client.cache.record(kind, record_id)
    assert isinstance(found, Record)
    return found


@pytest.fixture
def offline(synced: World) -> World:
    synced.server.down = True
    return synced


def opened(kind: SlipKind = SlipKind.ALTERATION) -> g.OpenSlip:
    return g.OpenSlip(
        **HERS, shop_id=SHOP, slip_kind=kind, owner_id="staff-2", due_on=date(2026, 12, 1), text="袖丈 -2cm"
    )


def step(before: SlipState, after: SlipState) -> g.MoveSlip:
    return g.MoveSlip(**HERS, from_state=before, to_state=after)


def test_it_stands_there_at_once_and_ready_proposes_a_word(offline: World) -> None:
    """Opened and ready without a network: the slip and its follow-up are there; handed over, the follow-up is done."""
    _do(offline, opened())
    _do(offline, step(SlipState.RECEIVED, SlipState.READY))
    slip: Slip = _get(offline, "slip", "slip-1")
    told: FollowUp = _get(offline, "follow_up", follow_up_of("slip-1"))
    assert (slip.state, slip.text, told.state) == (SlipState.READY, "袖丈 -2cm", FollowUpState.OPEN)
    _do(offline, step(SlipState.READY, SlipState.DONE))
    ended: FollowUp = _get(offline, "follow_up", follow_up_of("slip-1"))
    assert ended.state is FollowUpState.DONE


def test_a_step_from_a_state_that_was_left_shows_nothing(offline: World) -> None:
    """The second of two taps on what both saw changes nothing here either."""
    _do(offline, opened())
    _do(offline, step(SlipState.RECEIVED, SlipState.UNDER_WAY))
    _do(offline, step(SlipState.RECEIVED, SlipState.CANCELLED))
    assert _get(offline, "slip", "slip-1").state is SlipState.UNDER_WAY


def test_the_words_of_a_complaint_are_not_kept_on_the_tablet(offline: World) -> None:
    """That there is one is; the words are as they will come back: not at all."""
    _do(offline, opened(SlipKind.COMPLAINT))
    slip: Slip = _get(offline, "slip", "slip-1")
    assert (slip.slip_kind, slip.text) == (SlipKind.COMPLAINT, "")


def test_a_belonging_is_written_anew_under_its_id(offline: World) -> None:
    """The last word shows."""
    said = g.NoteBelonging(belonging_id="b", customer_id="customer-1", shop_id=SHOP, name="革の鞄")
    _do(offline, said)
    _do(offline, said.model_copy(update={"care": "防水スプレー"}))
    kept: Belonging = _get(offline, "belonging", "b")
    assert kept.care == "防水スプレー"
