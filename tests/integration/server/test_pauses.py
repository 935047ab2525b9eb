"""A manager pauses the own shop from the tablet; head office pauses anything from the command line."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from sync.errors import NotFound
from sync.model.commands import PauseSending, ResumeSending
from sync.model.outreach import Reason
from sync.model.shop import Pause, PauseScope
from sync.server import admin, convergence
from sync.server.database import make_engine, reading
from sync.server.repository.records import Records
from sync.settings import ServerSettings
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA_MANAGER,
    UMEDA,
    MovableClock,
    open_shop,
    write,
)

PAUSE = PauseSending(pause_id="pause-1", shop_id=GINZA.id, reason="文面の誤り")
RESUME = ResumeSending(pause_id="pause-1", shop_id=GINZA.id)


def pauses(engine: Engine) -> list[Pause]:
    with reading(engine) as conn:
        return Records(conn).of_kind(Pause)


def test_a_manager_pauses_and_resumes_the_own_shop(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Who, since when and why are kept and reach the tablets; ending it twice keeps the first end."""
    assert device.do(PAUSE, MANAGER.id).accepted
    (one,) = pauses(retailer)
    assert (one.scope, one.value, one.by, one.reason) == (PauseScope.SHOP, GINZA.id, MANAGER.id, "文面の誤り")
    assert (one.since, one.ended_at) == (clock.at, None)
    device.pull()
    assert device.ids("pause") == {"pause-1"}
    clock.at = clock.at.replace(minute=30)
    ended = clock.at
    assert device.do(RESUME, MANAGER.id).accepted
    clock.at = clock.at.replace(minute=45)
    assert device.do(RESUME, MANAGER.id).accepted
    assert [each.ended_at for each in pauses(retailer)] == [ended]
    assert convergence.differences(retailer) == []


def test_nobody_else_pauses_a_shop(retailer: Engine, device: Device) -> None:
    """Neither a member of staff nor the manager of another shop."""
    role = Reason(code="role", params={"needs": "manager"})
    assert device.do(PAUSE, MISAKI.id).reason == role
    assert device.do(PAUSE, OSAKA_MANAGER.id).reason == role
    assert device.do(PAUSE, MANAGER.id).accepted
    again = device.do(PAUSE, MANAGER.id)
    assert again.reason == Reason(code="exists", params={"what": "pause", "id": "pause-1"})
    assert device.do(RESUME, MISAKI.id).reason == role
    assert device.do(RESUME, OSAKA_MANAGER.id).reason == role


def test_what_head_office_paused_no_shop_resumes(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Their pause of the shop is theirs to end, and one of a region is none of a shop's."""
    shop = Pause(id="pause-1", scope=PauseScope.SHOP, value=GINZA.id, since=NOON)
    write(retailer, clock, shop, Pause(id="pause-2", scope=PauseScope.REGION, value="関東", since=NOON))
    assert device.do(RESUME, MANAGER.id).reason == Reason(code="not_yours")
    region = ResumeSending(pause_id="pause-2", shop_id=GINZA.id)
    assert device.do(region, MANAGER.id).reason == Reason(code="unknown", params={"what": "pause", "id": "pause-2"})


def test_head_office_pauses_by_name(empty_url: str, tmp_path: Path) -> None:
    """Everything, a region, a shop or a template, once however often it is said; a name that means nothing is said to."""
    settings = ServerSettings(data=tmp_path, database_url=empty_url)
    admin.migrate_database(settings)
    engine, clock = make_engine(empty_url), MovableClock()
    try:
        open_shop(engine, clock)
        write(engine, clock, UMEDA.model_copy(update={"region": "関西"}))
        said = [
            (PauseScope.ALL, ""),
            (PauseScope.REGION, "関西"),
            (PauseScope.SHOP, "umeda"),
            (PauseScope.TEMPLATE, "birthday"),
        ]
        made = [admin.pause(settings, scope, name) for scope, name in said]
        assert [one.value for one in made] == ["", "関西", UMEDA.id, "birthday"]
        assert [admin.pause(settings, scope, name).id for scope, name in said] == [one.id for one in made]
        for scope in (PauseScope.REGION, PauseScope.SHOP, PauseScope.TEMPLATE):
            with pytest.raises(NotFound, match="mars"):
                admin.pause(settings, scope, "mars")
        assert [admin.resume(settings, scope, name) for scope, name in said] == [1, 1, 1, 1]
        assert all(one.ended_at is not None for one in pauses(engine))
        with pytest.raises(NotFound, match="Nothing is paused"):
            admin.resume(settings, PauseScope.ALL)
    finally:
        engine.dispose()
