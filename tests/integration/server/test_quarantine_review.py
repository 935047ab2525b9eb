"""A manager reviews what a revoked device of her shop handed in, from a tablet: what she reads, what she says, and who else may not."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from sync.model.commands import AnyCommand, LogInteraction
from sync.model.shop import Staff
from sync.protocol import STAFF_HEADER, HandOver, SealedWork
from sync.server.database import reading
from sync.server.quarantine import take
from sync.server.tables_audit import audit
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.matrix import HERS
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    OSAKA_MANAGER,
    YUMI,
    MovableClock,
    agrees,
    write,
)
from tests.integration.server.test_quarantine import Left, note


@pytest.fixture
def other_tablet(http: TestClient, retailer: Engine, clock: MovableClock) -> HttpDevice:
    """A tablet of Umeda that speaks HTTP."""
    key = Key(b"\x33" * 32)
    return HttpDevice(http, clock, enrolled(retailer, clock, key, "umeda"), key)


def ask(tablet: HttpDevice, path: str, who: Staff | None = MANAGER, accept: bool | None = None) -> httpx.Response:
    """Look at a device's unsent work, or decide on one command of it."""
    options: dict[str, Any] = {"headers": {STAFF_HEADER: who.id} if who is not None else {}}
    if accept is not None:
        options["json"] = {"accept": accept}
    return tablet.call("GET" if accept is None else "POST", f"/v1/fleet/quarantine/{path}", **options)


def noted(retailer: Engine, what: str) -> list[tuple[str, str | None, str]]:
    """Return who did something, to whose record, and about what."""
    with reading(retailer) as conn:
        query = select(audit.c.staff_id, audit.c.customer_id, audit.c.subject_id).where(audit.c.what == what)
        return [tuple(row) for row in conn.execute(query)]


def test_what_waits_is_read_and_put_on_record(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """Who, for whom, when and what was written, the oldest first; each customer of whom it tells is on record as looked at."""
    left = Left(retailer, clock, note(1), note(2))
    body = ask(tablet, left.id).json()
    assert (body["device_id"], body["device_name"], body["more"]) == (left.id, "tablet", 0)
    assert [(one["command_id"], one["type"], one["text"]) for one in body["entries"]] == [
        ("command-1", "log_interaction", "メモ1"),
        ("command-2", "log_interaction", "メモ2"),
    ]
    first = body["entries"][0]
    assert (first["staff_id"], first["customer_id"], first["withheld"]) == (MISAKI.id, YUMI.id, False)
    assert first["done_at"] == first["received_at"]
    assert noted(retailer, "quarantine_read") == [(MANAGER.id, YUMI.id, left.id)]
    assert left.notes() == [], "to look at it lets nothing count"


def test_accepted_and_turned_down(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """What she accepts is carried out, what she turns down is not; both are gone from what waits and have her name on record."""
    left = Left(retailer, clock, note(1), note(2), note(3, staff_id="nobody"))
    assert ask(tablet, f"{left.id}/command-1", accept=True).json() == {"state": "accepted", "reason": None}
    assert ask(tablet, f"{left.id}/command-2", accept=False).json() == {"state": "dismissed", "reason": None}
    refused = ask(tablet, f"{left.id}/command-3", accept=True).json()
    assert (refused["state"], refused["reason"]["code"]) == ("refused", "unknown_staff")
    assert left.notes() == ["メモ1"]
    assert left.state() == [("accepted", True), ("dismissed", True), ("refused", True)]
    assert ask(tablet, left.id).json()["entries"] == []
    again = ask(tablet, f"{left.id}/command-2", accept=True)
    assert (again.status_code, again.json()["params"]) == (409, {"state": "dismissed"})
    assert ask(tablet, f"{left.id}/command-9", accept=True).status_code == 404
    assert noted(retailer, "quarantine_accepted") == [(MANAGER.id, None, "command-1")]
    assert noted(retailer, "quarantine_dismissed") == [(MANAGER.id, None, "command-2")]


@pytest.mark.parametrize("who", [MISAKI, OSAKA_MANAGER, None], ids=["associate", "other_shop", "nobody"])
def test_nobody_else_may(tablet: HttpDevice, retailer: Engine, clock: MovableClock, who: Staff | None) -> None:
    """An associate, another shop's manager and somebody unnamed neither read nor decide anything."""
    left = Left(retailer, clock, note(1))
    for answer in (
        ask(tablet, left.id, who),
        *(ask(tablet, f"{left.id}/command-1", who, yes) for yes in (True, False)),
    ):
        assert answer.status_code == 403, answer.text
        assert "メモ" not in answer.text
    assert (left.notes(), left.state()) == ([], [("waiting", False)])
    assert noted(retailer, "quarantine_read") == []


def test_another_shops_device_is_out_of_reach(other_tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """The manager of Umeda, at a tablet of Umeda, learns nothing of a device of Ginza, nor that there is one."""
    left = Left(retailer, clock, note(1))
    unknown = ask(other_tablet, "nothing", OSAKA_MANAGER)
    looked = ask(other_tablet, left.id, OSAKA_MANAGER)
    assert looked.status_code == unknown.status_code == 404
    assert looked.json() == unknown.json()
    for accept in (True, False):
        assert ask(other_tablet, f"{left.id}/command-1", OSAKA_MANAGER, accept).status_code == 404
    assert left.state() == [("waiting", False)]


def test_what_does_not_open_can_only_be_turned_down(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """It is shown without a type; to accept it is refused with the reason, and it goes on waiting."""
    left = Left(retailer, clock)
    take(retailer, clock, left.revoked, HandOver(commands=(SealedWork(id="command-1", sealed="01" + "ab" * 80),)))
    (seen,) = ask(tablet, left.id).json()["entries"]
    assert (seen["type"], seen["staff_id"], seen["text"]) == ("", None, "")
    answer = ask(tablet, f"{left.id}/command-1", accept=True)
    assert (answer.status_code, answer.json()["params"]) == (409, {"reason": "unreadable"})
    assert left.state() == [("waiting", False)]
    assert ask(tablet, f"{left.id}/command-1", accept=False).json()["state"] == "dismissed"


def test_a_confidential_note_is_withheld_as_anywhere(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """She reads that of a customer of her shop, and of another shop's customer only that there is one."""

    def secret(number: int, customer_id: str) -> tuple[str, AnyCommand, str]:
        command = LogInteraction(
            interaction_id=f"note-{number}", customer_id=customer_id, shop_id=GINZA.id, text="内緒", confidential=True
        )
        return f"command-{number}", command, MISAKI.id

    write(retailer, clock, HERS, agrees(HERS))
    left = Left(retailer, clock, secret(1, YUMI.id), secret(2, HERS.id))
    own, other = ask(tablet, left.id).json()["entries"]
    assert (own["text"], own["withheld"]) == ("内緒", False)
    assert (other["text"], other["withheld"]) == ("", True)
