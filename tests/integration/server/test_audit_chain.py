"""The chain of audit events: complete under concurrent writers, and whatever is done to it afterwards is found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from sync.server.audit_anchor import Anchor
from sync.server.audit_chain import head, link, waiting
from sync.server.audit_verify import Finding, verify
from sync.server.database import reading, transaction
from sync.server.repository import audit
from tests.integration.server.asked import note
from tests.integration.server.devices import Device
from tests.integration.server.people import MISAKI, NOON, YUMI, MovableClock


def events(engine: Engine, count: int, first: int = 1) -> None:
    """Add events and link them."""
    with transaction(engine) as conn:
        audit.note_all(
            conn,
            [
                audit.AuditEntry(at=NOON, what="view", staff_id=MISAKI.id, customer_id=f"c{number}", purpose="scan")
                for number in range(first, first + count)
            ],
        )
    link(engine)


def tamper(engine: Engine, *statements: str) -> None:
    """Do with SQL what only somebody at the database could."""
    with transaction(engine) as conn:
        for statement in statements:
            conn.execute(text(statement))


def found(engine: Engine, clock: MovableClock, *anchors: Anchor) -> list[tuple[str, int | None]]:
    return [(one.kind, one.seq) for one in verify(engine, clock, anchors)]


def anchored(engine: Engine) -> Anchor:
    with reading(engine) as conn:
        last = head(conn)
    return Anchor(at=NOON, seq=last.seq, hash=last.hash)


def test_an_untouched_chain_has_no_findings(engine: Engine, clock: MovableClock) -> None:
    """Linked in several goes, by several calls, it holds, and against each of its anchors."""
    anchors = []
    for go in range(3):
        events(engine, 5, 5 * go)
        anchors.append(anchored(engine))
    assert [one.seq for one in anchors] == [5, 10, 15]
    assert found(engine, clock, *anchors) == []


@pytest.mark.parametrize(
    "change",
    [
        "customer_id = 'c9'",
        "staff_id = NULL",
        "purpose = 'appointment'",
        "device_at = at",
        "what = 'search'",
        "hash = ''",
    ],
)
def test_an_altered_event_is_found(engine: Engine, clock: MovableClock, change: str) -> None:
    """Whichever of its columns was altered, the event is named, and it alone."""
    events(engine, 9)
    tamper(engine, f"UPDATE audit SET {change} WHERE seq = 4")
    kinds = found(engine, clock)
    assert kinds[0] == ("altered", 4)
    assert len(kinds) == (2 if change.startswith("hash") else 1)  # what follows a hash that is gone hangs on nothing


def test_the_first_and_the_last_event_are_as_safe(engine: Engine, clock: MovableClock) -> None:
    """Altered ends of the chain are found like its middle."""
    events(engine, 9)
    tamper(engine, "UPDATE audit SET how = 'link' WHERE seq IN (1, 9)")
    assert found(engine, clock) == [("altered", 1), ("altered", 9)]


def test_a_deleted_event_is_found(engine: Engine, clock: MovableClock) -> None:
    """A gap names the first event that is missing and how many are."""
    events(engine, 9)
    tamper(engine, "DELETE FROM audit WHERE seq BETWEEN 3 AND 5")
    assert found(engine, clock) == [("deleted", 3)]


def test_a_deleted_event_whose_gap_was_closed_is_found(engine: Engine, clock: MovableClock) -> None:
    """Who moves the rest up breaks the chain where the event was, and is one short at the head."""
    events(engine, 9)
    tamper(
        engine,
        "DELETE FROM audit WHERE seq = 3",
        *(f"UPDATE audit SET seq = {place} WHERE seq = {place + 1}" for place in range(3, 9)),
    )
    assert found(engine, clock) == [("altered", 3), ("truncated", 9)]


def test_a_reordered_event_is_found(engine: Engine, clock: MovableClock) -> None:
    """Two events that changed places are told from altered ones."""
    events(engine, 9)
    tamper(
        engine,
        "UPDATE audit SET seq = 100 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 6",
        "UPDATE audit SET seq = 6 WHERE seq = 100",
    )
    assert found(engine, clock) == [("reordered", 4)]


def test_a_truncated_chain_is_found(engine: Engine, clock: MovableClock) -> None:
    """Events cut off the end are missed by the head; where the head was turned back too, by the anchor."""
    events(engine, 9)
    kept = anchored(engine)
    tamper(engine, "DELETE FROM audit WHERE seq > 6")
    assert found(engine, clock) == [("truncated", 7)]
    tamper(engine, "UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit WHERE seq = 6)")
    assert found(engine, clock) == []
    assert found(engine, clock, kept) == [("truncated", 7)]


def test_a_chain_made_anew_is_found_by_its_anchor(engine: Engine, clock: MovableClock) -> None:
    """Who alters an event and hashes everything after it again deceives the chain, but not what was kept outside."""
    events(engine, 9)
    kept = anchored(engine)
    tamper(
        engine,
        "UPDATE audit SET customer_id = 'c9' WHERE seq = 4",
        "UPDATE audit SET seq = NULL, hash = NULL",
        f"UPDATE audit_head SET seq = 0, hash = '{'0' * 64}'",
    )
    link(engine)
    assert found(engine, clock) == []
    assert found(engine, clock, kept) == [("rewritten", 9)]


def test_a_command_whose_event_went_before_it_was_linked_is_found(
    retailer: Engine, device: Device, clock: MovableClock
) -> None:
    """Every answered command has an event, refused ones too; one that never got its place in the chain is missed by name."""
    first, second = (device.envelope(note(), MISAKI.id) for _ in range(2))
    device.push(first, second, device.envelope(note(), "nobody"))
    tamper(retailer, f"DELETE FROM audit WHERE command_id = '{second.id}'")
    link(retailer)
    wrong = list(verify(retailer, clock))
    assert [one.kind for one in wrong] == ["deleted"]
    assert second.id in wrong[0].as_text()


def test_an_event_that_nobody_links_is_a_finding_after_a_while(engine: Engine, clock: MovableClock) -> None:
    """A worker that is away for ten minutes, or a link that was taken back, shows."""
    with transaction(engine) as conn:
        audit.note(conn, NOON, "view")
    assert found(engine, clock) == []
    clock.at = NOON + timedelta(minutes=11)
    assert found(engine, clock) == [("unlinked", None)]


def test_writers_and_linkers_at_the_same_time(engine: Engine, clock: MovableClock) -> None:
    """Six writers and two linkers leave one chain of every event, each once."""

    def write(writer: int) -> None:
        for number in range(20):
            with transaction(engine) as conn:
                audit.note(conn, NOON, "view", subject_id=f"{writer}-{number}")

    def keep(_: int) -> None:
        for _turn in range(15):
            link(engine)

    jobs: list[Callable[[int], None]] = [write] * 6 + [keep] * 2
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(job, number) for number, job in enumerate(jobs)]:
            done.result()
    link(engine)
    with reading(engine) as conn:
        assert head(conn).seq == 120
        assert waiting(conn).events == 0
    assert found(engine, clock) == []


def test_a_lookup_is_linked_before_it_is_answered(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """Who asks the server for a customer stands in the chain by the time the answer comes: purpose and device."""
    device.service.customer(YUMI.id)
    device.service.search("サトウ")
    with reading(retailer) as conn:
        assert waiting(conn).events == 0
        entries = audit.of_customer(conn, YUMI.id)
    assert [(one.what, one.purpose, one.device_id) for one in entries] == [
        ("lookup", "search", device.device.id),
        ("search", "search", device.device.id),
    ]
    assert found(retailer, clock) == []


def test_an_offline_view_keeps_both_times(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """A command that comes days later says when it was done by the device's clock, and when it arrived."""
    envelope = device.envelope(note(), MISAKI.id)
    done, clock.at = clock.at, clock.at + timedelta(days=2)
    device.push(envelope)
    with reading(retailer) as conn:
        [entry] = [one for one in audit.of_customer(conn, YUMI.id) if one.what == "log_interaction"]
    assert (entry.device_at, entry.at) == (done, clock.at)
    assert entry.command_id == envelope.id


def test_a_finding_is_a_line() -> None:
    """It names kind, place and event."""
    assert Finding("altered", 4, "row 4 ...").as_text() == "altered\t4\trow 4 ..."
