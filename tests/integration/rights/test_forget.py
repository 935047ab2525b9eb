"""A customer is forgotten everywhere, stays forgotten, and a receipt says what became of everything."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from sync.errors import BadSetting, NotFound
from sync.ids import new_id
from sync.model.commands import LogInteraction, RegisterCustomer
from sync.model.customer import Customer
from sync.model.source import CustomerFact, CustomerRef
from sync.server import forgotten_list
from sync.server.app import create_app
from sync.server.convergence import differences
from sync.server.database import reading, transaction
from sync.server.forgotten_list import list_path
from sync.server.repository import audit, customer_links, forgotten
from sync.server.repository.records import Records
from sync.server.tables_edges import attachments, attempts, identities, unclaimed_facts
from sync.server.tables_edges import customer_links as customer_links_table
from sync.server.tables_rights import kept_orders
from sync.server.web.pages import router
from tests.integration.rights.hanako import SECRETS, World
from tests.integration.server.people import GINZA, MISAKI, NOON, YUMI, customer, write


def test_nothing_of_her_is_left(world: World) -> None:
    """Neither a query over all columns nor a search of the server's files (database, journal, snapshots) finds her name, kana,
    telephone, mail or words; before, both do."""
    assert {word for place in world.places() for word in SECRETS if word in place} == set(SECRETS)
    receipt = world.forgetting.forget(world.hers)
    assert receipt.swept
    assert world.places() == []


def test_her_colleagues_in_the_shop_stay(world: World) -> None:
    """Other customers keep their records, and the digests stand for what is there."""
    world.forgetting.forget(world.hers)
    with reading(world.engine) as conn:
        assert [each.id for each in Records(conn).of_kind(Customer)] == [YUMI.id]
    assert differences(world.engine) == []


def test_tablets_forget_her_at_their_next_contact(world: World) -> None:
    """Everything of hers that a tablet pulled is taken back by the feed, and what it had of others stays."""
    assert any(row.get("customer_id") == world.hers for row in world.tablet.rows.values())
    world.forgetting.forget(world.hers)
    world.tablet.pull()
    assert not [key for key, row in world.tablet.rows.items() if world.hers in (key[1], row.get("customer_id"))]
    assert world.tablet.ids("customer") == {YUMI.id}
    assert world.tablet.digests() == world.tablet.pull().digests or world.tablet.pull().digests is None


def test_work_that_a_tablet_had_not_sent_stores_nothing(world: World) -> None:
    """A note about her that comes later is refused; so is a registration under her old id, and neither leaves a word."""
    world.forgetting.forget(world.hers)
    note = LogInteraction(interaction_id="late", customer_id=world.hers, shop_id=GINZA.id, text="紺のウールがお好き")
    again = RegisterCustomer(customer_id=world.hers, shop_id=GINZA.id, family_name="鬼龍院")
    refused = [world.tablet.do(each, MISAKI.id) for each in (note, again)]
    assert [(each.accepted, each.reason.code if each.reason else "") for each in refused] == [
        (False, "unknown"),
        (False, "exists"),
    ]
    world.forgetting.sweep()
    assert world.places() == []


def test_an_answered_command_is_answered_again_though_its_content_is_erased(world: World) -> None:
    """A tablet that lost the answer sends the command again and gets the same one: it must not be stuck for ever."""
    note = LogInteraction(interaction_id="i-3", customer_id=world.hers, shop_id=GINZA.id, text="お直しの件")
    sent = world.tablet.envelope(note, MISAKI.id)
    assert world.tablet.push(sent)[0].accepted
    world.forgetting.forget(world.hers)
    assert world.tablet.push(sent)[0].accepted
    with reading(world.engine) as conn:
        assert Records(conn).get("interaction", "i-3") is None


def test_the_receipt_says_what_went_and_what_stays(world: World) -> None:
    """Each sort with its count; the order that the law wants kept, without her; the one past its time goes as well."""
    receipt = world.forgetting.forget(world.hers)
    expected = {
        "customer": 1, "membership_key": 1, "consent": 1, "order": 1, "web_activity": 1, "visit": 1, "appointment": 1,
        "interaction": 2, "message": 2, "contact": 1, "follow_up": 1, "promise": 1, "slip": 1, "belonging": 1, "attachment": 1, "attempt": 1, "link": 1,
        "command": 1, "raw_event": 1,
    }  # fmt: skip
    assert {sort: receipt.erased.get(sort) for sort in expected} == expected
    assert {kept.what for kept in receipt.kept} == {"order", "audit", "forgotten", "link", "feed", "outside"}
    assert next(kept for kept in receipt.kept if kept.what == "order").why
    assert receipt.devices == 1
    assert receipt.snapshots == 1
    with reading(world.engine) as conn:
        rows = conn.execute(select(kept_orders)).all()
    assert [(row.id, row.amount, row.currency) for row in rows] == [("order-777-1", 32000, "JPY")]
    assert "customer_id" not in rows[0].data
    assert world.hers not in str(rows[0].data)


def test_somebody_with_the_same_number_is_named_for_a_person_to_look_at(world: World) -> None:
    """Registered twice, or a family's telephone: nobody is erased by a guess, and the receipt says who it may be."""
    twin = customer("2002", phone="+819087654321")
    write(world.engine, world.clock, twin)
    assert world.forgetting.forget(world.hers).others == (twin.id,)
    with reading(world.engine) as conn:
        assert Records(conn).get(Customer, twin.id) is not None


def test_the_edges_are_empty(world: World) -> None:
    """No row of attempts, attachments, names elsewhere or facts of visitors is left of hers; of links only the one to stop
    messages, which tells her that nothing is held."""
    world.forgetting.forget(world.hers)
    with reading(world.engine) as conn:
        for table in (attachments, attempts, unclaimed_facts):
            assert conn.scalar(select(func.count()).select_from(table)) == 0, table.name
        assert conn.scalars(select(customer_links_table.c.purpose)).all() == ["opt_out"]
        mine = identities.c.customer_id == world.hers
        assert conn.scalar(select(func.count()).where(mine)) == 0


def test_her_old_link_says_that_nothing_is_held(world: World) -> None:
    """Opened from a mail of last year, it is neither broken nor shows anything; the mail program's one click is answered."""
    token = customer_links.token_for("s", "opt_out", world.hers, "line")
    world.forgetting.forget(world.hers)
    app = FastAPI()
    app.include_router(router(world.engine, world.clock, "s"))
    browser = TestClient(app)
    page = browser.get(f"/c/{token}")
    assert (page.status_code, "情報は残っておりません" in page.text) == (410, True)
    assert browser.post(f"/c/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_the_audit_stays_and_says_who_forgot_her(world: World) -> None:
    """Ids and codes alone, so that it can still be shown who saw her records."""
    world.forgetting.forget(world.hers)
    with reading(world.engine) as conn:
        assert [each.what for each in audit.of_customer(conn, world.hers)][-1] == "forget"


def test_the_snapshot_is_built_anew(world: World) -> None:
    """The file that new tablets fetch is thrown away, and the next one is another."""
    before = world.snapshots.ask(world.scope).name
    world.forgetting.forget(world.hers)
    assert not list((world.settings.data / "snapshots").rglob("*.zst"))
    world.snapshots.ask(world.scope)
    assert world.snapshots.ask(world.scope).name not in ("", before)


def test_forgetting_twice_gives_the_same_receipt(world: World) -> None:
    """Whoever asks again gets the answer of the first time; nobody of that id is an error that says so."""
    first = world.forgetting.forget(f"before-{world.hers}"[:64])
    assert first.customer_id == world.hers
    assert world.forgetting.forget(world.hers).erased == first.erased
    with pytest.raises(NotFound):
        world.forgetting.forget("nobody")


def test_without_a_place_for_the_list_nothing_is_erased(world: World) -> None:
    """The list is written first: where it cannot be, she is still there and the setting is named."""
    broken = world.settings.model_copy(update={"forgotten_file": Path("/proc/none/list")})
    world.settings = broken
    with pytest.raises(BadSetting, match="CLIENTELING_FORGOTTEN_FILE"):
        world.forgetting.forget(world.hers)
    with reading(world.engine) as conn:
        assert Records(conn).get(Customer, world.hers) is not None


def test_the_list_says_nothing_of_her(world: World) -> None:
    """Ids and marks that only the server's secret can make; another secret makes other marks."""
    world.forgetting.forget(world.hers)
    written = list_path(world.settings).read_text()
    assert not [word for word in SECRETS if word in written]
    entry = forgotten_list.read(list_path(world.settings))[0]
    assert entry.ids[0] == world.hers
    assert len(entry.marks) == 5
    right, wrong = (
        forgotten.mark_of(forgotten.key_of(each), "phone", "+819087654321") for each in ("the-secret-of-the-test", "x")
    )
    assert right in entry.marks
    assert wrong not in entry.marks


def test_an_import_does_not_bring_her_back(world: World) -> None:
    """A list that still has her is held at her row; everybody else's row is taken. Once released, she comes as somebody new."""
    world.forgetting.forget(world.hers)
    back = CustomerFact(ref=CustomerRef(member_number="M-777001"), family_name="鬼龍院", phone="+819087654321")
    other = CustomerFact(ref=CustomerRef(member_number="M-9"), family_name="田中")
    by_phone = CustomerFact(ref=CustomerRef(member_number="M-10"), family_name="鬼龍院", phone="+819087654321")
    report = world.ingest(back, other, by_phone)
    assert [(error.row, error.field) for error in report.errors] == [(1, "member_number"), (3, "phone")]
    assert report.taken == 1
    world.forgetting.sweep()
    assert world.places() == []
    with transaction(world.engine) as conn:
        assert forgotten.release(conn, world.hers) == 5
    assert world.ingest(back).errors == ()
    with reading(world.engine) as conn:
        anew = [each for each in Records(conn).of_kind(Customer) if each.family_name == "鬼龍院"]
    assert len(anew) == 1
    assert anew[0].id != world.hers


def test_she_may_come_back_in_person(world: World) -> None:
    """Registered in the shop she is somebody new, known by what she gave there and then; other lists stay held."""
    world.forgetting.forget(world.hers)
    world.tablet.service._tools = world.tablet.service._tools.__class__(  # as the server composes it
        world.tablet.service._tools.playbook,
        world.tablet.service._tools.resolver,
        new_id,
        lambda: "token",
        forgotten.key_of("the-secret-of-the-test"),
    )
    anew = RegisterCustomer(customer_id=new_id(), shop_id=GINZA.id, family_name="鬼龍院", phone="090-8765-4321")
    assert world.tablet.do(anew, MISAKI.id).accepted
    by_phone = CustomerFact(ref=CustomerRef(phone="+819087654321"), rank="gold")
    assert world.ingest(by_phone).errors == ()
    old_list = CustomerFact(ref=CustomerRef(member_number="M-777001", phone="+819087654321"))
    assert [error.field for error in world.ingest(old_list).errors] == ["member_number"]


def test_a_restored_backup_forgets_her_again(world: World, tmp_path: Path) -> None:
    """The server that starts over a backup from before erases her before it answers anybody, and from every file."""
    if world.engine.dialect.name != "sqlite":
        pytest.skip("a backup is a file here; replaying is the same statement on both")
    database = Path(str(world.engine.url.database))
    with sqlite3.connect(database) as source, sqlite3.connect(tmp_path / "backup.db") as target:
        source.backup(target)
    world.forgetting.forget(world.hers)
    world.engine.dispose()
    for old in (database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")):
        old.unlink(missing_ok=True)
    shutil.move(tmp_path / "backup.db", database)
    assert world.places()
    settings = world.settings.model_copy(update={"embedded_worker": False})
    with TestClient(create_app(settings, world.clock)):
        pass
    assert world.places() == []
    assert differences(world.engine) == []


def test_replaying_finishes_what_was_cut_off(world: World) -> None:
    """On the list and not yet erased, as after a crash between the two: the next start finishes. On both databases."""
    entry = forgotten_list.Forgotten(ids=(world.hers,), at=world.clock(), scopes=(world.scope,))
    forgotten_list.add(list_path(world.settings), [entry])
    assert world.forgetting.replay() == 1
    assert world.places() == []
    assert world.forgetting.replay() == 0


def test_a_lost_list_is_written_anew(world: World) -> None:
    """The database knows the forgotten too: a list that is gone, or a second host's that is empty, is filled from it."""
    world.forgetting.forget(world.hers)
    list_path(world.settings).unlink()
    world.forgetting.replay()
    assert {each for one in forgotten_list.read(list_path(world.settings)) for each in one.ids} >= {world.hers}


def test_a_torn_line_loses_only_itself(tmp_path: Path) -> None:
    """A crash in the middle of a line leaves the others readable, and the next one begins on a line of its own."""
    path, at = tmp_path / "list.jsonl", NOON
    forgotten_list.add(path, [forgotten_list.Forgotten(ids=("a",), at=at)])
    path.write_text(path.read_text() + '{"ids": ["b"')
    forgotten_list.add(path, [forgotten_list.Forgotten(ids=("c",), at=at)])
    assert [one.ids for one in forgotten_list.read(path)] == [("a",), ("c",)]
