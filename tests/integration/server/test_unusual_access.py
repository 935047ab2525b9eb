"""A manager sees which access stands out on the shop's devices, and says what it was; nobody else does."""

from datetime import timedelta

from sqlalchemy import Engine, select

from sync.ids import new_id
from sync.model.commands import RecordView, RevealContact, ReviewAccess
from sync.model.shop import Shift
from sync.protocol import STAFF_HEADER, AccessReport
from sync.server.access import report
from sync.server.database import reading
from sync.server.tables_audit import audit
from tests.integration.server.devices import Device, HttpDevice
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA_MANAGER,
    YUMI,
    MovableClock,
    customer,
    person,
    write,
)

CROWD = [customer(str(3000 + number)) for number in range(20)]


def curious(engine: Engine, clock: MovableClock, device: Device) -> None:
    """Misaki opens twenty profiles by search in four minutes."""
    write(engine, clock, *CROWD)
    for one in CROWD:
        clock.at += timedelta(seconds=12)
        assert device.do(RecordView(customer_id=one.id, how="search"), MISAKI.id).accepted


def seen(engine: Engine, clock: MovableClock, device: Device, staff_id: str = MANAGER.id) -> AccessReport:
    return report(engine, clock, device.device, staff_id)


def test_a_burst_of_searches_is_seen(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """The rule, who, when, how many, and each event; another shop's devices are not in it."""
    assert seen(retailer, clock, device).flags == ()
    curious(retailer, clock, device)
    [flag] = seen(retailer, clock, device).flags
    assert (flag.rule, flag.staff_id, flag.customers, flag.count) == ("many_profiles", MISAKI.id, 20, 20)
    assert (flag.since, flag.until) == (NOON + timedelta(seconds=12), NOON + timedelta(seconds=240))
    assert [one.customer_id for one in flag.events] == [one.id for one in CROWD]
    assert flag.open
    other = Device(retailer, clock, "umeda", b"\x05" * 32)
    assert seen(retailer, clock, other, OSAKA_MANAGER.id).flags == ()
    clock.at += timedelta(days=15)
    assert seen(retailer, clock, device).flags == ()


def test_an_offline_look_counts_when_it_was_done(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """A view at night that came in the morning is off shift."""
    shift = Shift(
        id="s1",
        staff_id=MISAKI.id,
        shop_id=GINZA.id,
        starts_at=NOON - timedelta(hours=2),
        ends_at=NOON + timedelta(hours=6),
    )
    write(retailer, clock, shift)
    clock.at = NOON - timedelta(hours=9)
    at_night = device.envelope(RecordView(customer_id=YUMI.id, how="search"), MISAKI.id)
    clock.at = NOON
    device.push(at_night)
    device.do(RevealContact(customer_id=YUMI.id, field="phone", purpose="search"), MISAKI.id)
    [flag] = seen(retailer, clock, device).flags
    assert (flag.rule, flag.count, flag.until) == ("off_shift", 1, NOON - timedelta(hours=9))


def test_a_review_is_kept_and_ends_it(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """Who looked, when and what they said stays; when more comes the flag is open again and says both."""
    curious(retailer, clock, device)
    [flag] = seen(retailer, clock, device).flags
    assert device.do(ReviewAccess(flag_id=flag.id, word="催事の準備を依頼"), MANAGER.id).accepted
    [looked_at] = seen(retailer, clock, device).flags
    assert not looked_at.open
    assert [(one.staff_id, one.word, one.at) for one in looked_at.reviews] == [
        (MANAGER.id, "催事の準備を依頼", clock.at)
    ]
    clock.at += timedelta(minutes=1)
    device.do(RecordView(customer_id=YUMI.id, how="search"), MISAKI.id)
    [again] = seen(retailer, clock, device).flags
    assert (again.id, again.open, again.count, len(again.reviews)) == (flag.id, True, 21, 1)


def test_only_another_manager_of_the_shop_reviews(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """Not an associate, not another shop's manager, and nobody what they did themselves."""
    second = person("second", GINZA.id, MANAGER.role)
    write(retailer, clock, second)
    curious(retailer, clock, device)
    [flag] = seen(retailer, clock, device).flags

    def answered(staff_id: str, flag_id: str = flag.id) -> str | None:
        outcome = device.do(ReviewAccess(flag_id=flag_id, word="確認済み"), staff_id)
        return outcome.reason.code if outcome.reason else None

    assert answered(MISAKI.id) == "role"
    assert answered(OSAKA_MANAGER.id) == "role"
    assert answered(MANAGER.id, "many_profiles:999999") == "unknown"
    for one in CROWD:
        device.do(RevealContact(customer_id=one.id, field="email", purpose="scan"), MANAGER.id)
    [own] = [one for one in seen(retailer, clock, device).flags if one.staff_id == MANAGER.id]
    assert answered(MANAGER.id, own.id) == "own_access"
    assert answered(second.id, own.id) is None


def test_over_http(retailer: Engine, tablet: HttpDevice) -> None:
    """A signed device and a manager of its shop are needed; that it was asked stands in the audit."""
    path = "/v1/access/unusual"
    assert tablet.call("GET", path, headers={STAFF_HEADER: MANAGER.id}).json()["flags"] == []
    for nobody in (MISAKI.id, OSAKA_MANAGER.id, new_id()):
        answer = tablet.call("GET", path, headers={STAFF_HEADER: nobody})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert tablet.http.get(path, headers={STAFF_HEADER: MANAGER.id}).status_code in (401, 426)
    with reading(retailer) as conn:
        [entry] = conn.execute(select(audit).where(audit.c.what == "access_report")).all()
    assert (entry.staff_id, entry.device_id) == (MANAGER.id, tablet.enrolment.device_id)
