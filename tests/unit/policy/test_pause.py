"""Pauses of sending: whom they hold, and how long."""

from datetime import timedelta

import pytest

from sync.model.outreach import Message
from sync.model.shop import Pause, PauseScope
from sync.policy.pause import paused
from tests.unit.policy.build import NOW, ago, message, shop

UMEDA = shop(id="shop-umeda", code="umeda", region="関西")
GINZA = shop(region="関東")


def pause(scope: PauseScope, value: str = "", days: float = 1, **more: object) -> Pause:
    return Pause.model_validate(
        {"id": f"p-{scope}-{value}-{days}", "scope": scope, "value": value, "since": ago(days)} | more
    )


@pytest.mark.parametrize(
    ("one", "template", "held"),
    [
        (pause(PauseScope.ALL), "", True),
        (pause(PauseScope.REGION, "関東"), "", True),
        (pause(PauseScope.REGION, "関西"), "", False),
        (pause(PauseScope.SHOP, GINZA.id), "", True),
        (pause(PauseScope.SHOP, UMEDA.id), "", False),
        (pause(PauseScope.TEMPLATE, "birthday"), "birthday", True),
        (pause(PauseScope.TEMPLATE, "birthday"), "birthday_short", False),
        (pause(PauseScope.TEMPLATE), "", False),
        (pause(PauseScope.REGION), "", False),
    ],
)
def test_a_pause_holds_what_it_names(one: Pause, template: str, held: bool) -> None:
    """Everything, a region, a shop or a template; what is made of no template is of none."""
    letter: Message = message(NOW, template=template)
    assert paused([one], letter, GINZA, NOW) == (one if held else None)


def test_a_shop_of_no_region_is_in_none() -> None:
    """A region that somebody left empty pauses no shop that says nothing of one."""
    assert paused([pause(PauseScope.REGION)], message(NOW), shop(), NOW) is None


def test_a_pause_holds_from_its_beginning_to_its_end() -> None:
    """Neither before it nor from the moment of its end on; of several, the longest-standing is told."""
    one = pause(PauseScope.ALL, days=2, ended_at=ago(1))
    moments = [ago(2) - timedelta(seconds=1), ago(2), ago(1) - timedelta(seconds=1), ago(1)]
    assert [paused([one], message(NOW), GINZA, at) is not None for at in moments] == [False, True, True, False]
    later, first = pause(PauseScope.SHOP, GINZA.id, days=1), pause(PauseScope.ALL, days=3)
    assert paused([later, first], message(NOW), GINZA, NOW) == first
