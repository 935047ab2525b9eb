"""The cache: pages in, ranges out, and an empty one where the old one broke."""

import random
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest

from sync.model.base import Record
from sync.model.commands import RegisterCustomer
from sync.model.customer import BrowseEvent, Customer, Interaction, Visit, WebActivity
from sync.model.kinds import RECORD_TYPES
from sync.protocol import Row
from tests.unit.client.build import World, customer, history, note
from tests.unit.client.fake import SHOP, START


def _ids(records: list[Record]) -> list[str]:
    return [one.id for one in records]


def test_a_customer_is_one_range(synced: World) -> None:
    """Everything of one customer, nothing of another, as it was sent."""
    found = synced.client.cache.customer_range("customer-2")
    assert sorted(_ids(found)) == sorted(_ids(history(2)))
    assert {one.kind: one for one in found} == {one.kind: one for one in history(2)}


def test_what_is_no_customers(synced: World) -> None:
    """Catalogue, stock, shops, staff and the retailer are read without a key."""
    cache = synced.client.cache
    retailer = cache.retailer()
    assert retailer is not None
    assert retailer.number == 4711
    assert _ids(list(cache.shops())) == [SHOP]
    assert _ids(list(cache.staff())) == ["staff-1", "staff-2", "staff-3"]
    assert cache.product("product-1") == cache.products(["nothing", "product-1"])[0]
    assert _ids(list(cache.variants_of("product-1"))) == ["variant-1"]
    assert [one.quantity for one in cache.stock_of(["variant-1", "other"])] == [3]
    assert cache.product("nothing") is None
    assert cache.stock_of([]) == []


@pytest.mark.parametrize("text", ["リネン", "ﾜﾝﾋﾟｰｽ", "わんぴーす", "p1", "SKU-1", "4901234567894", "リネン ワンピ"])
def test_products_are_found(synced: World, text: str) -> None:
    """By any part of the name or code, and by SKU or JAN of a variant."""
    assert _ids(list(synced.client.cache.search_products(text, 10))) == ["product-1"]


@pytest.mark.parametrize("text", ["%", "_", "", " ", "シルク"])
def test_products_are_not_found(synced: World, text: str) -> None:
    """Signs that mean something to the database mean nothing here."""
    assert synced.client.cache.search_products(text, 10) == []


def test_records_by_time(synced: World) -> None:
    """Records of a kind between two moments, the first included, oldest first."""
    visits = [
        Visit(id=f"v{day}", customer_id="customer-1", shop_id=SHOP, at=START + timedelta(days=day)) for day in (3, 1, 2)
    ]
    synced.server.put(*visits)
    synced.client.sync_once()
    found = synced.client.cache.records("visit", START + timedelta(days=1), START + timedelta(days=3))
    assert _ids(found) == ["v1", "v2"]
    assert synced.client.cache.records("no_such_kind") == []


def test_a_record_that_moves_leaves_its_place(synced: World) -> None:
    """A changed time or another customer after a merge: the record is there once."""
    synced.server.put(Visit(id="visit-1", customer_id="customer-2", shop_id=SHOP, at=START))
    synced.client.sync_once()
    assert "visit-1" not in _ids(synced.client.cache.customer_range("customer-1"))
    assert "visit-1" in _ids(synced.client.cache.customer_range("customer-2"))


def test_a_late_answer_takes_nothing_back(synced: World) -> None:
    """A customer was asked for as one of another shop, and entered this one before the answer came: what the feed has
    brought of her is newer and stays, and what it has not brought yet of hers, her key, is there to check a code with."""
    newer = [one for one in history(9) if one.kind != "membership_key"]
    synced.server.put(*newer)
    synced.client.sync_once()
    gone = Visit(id="gone", customer_id="customer-9", shop_id=SHOP, at=START)
    synced.server.beyond["customer-9"] = [customer(9, points=7), *history(9)[1:], gone]
    found = synced.client.fetch_customer("customer-9")
    assert {one.kind: one for one in found} == {one.kind: one for one in history(9)}
    assert synced.client.cache.fetched_at("customer-9") is None


def test_leaving_takes_everything(synced: World) -> None:
    """The tombstone of a customer removes her range, her names from the search, and her key."""
    synced.server.remove("customer", "customer-1", "customer-1")
    synced.client.sync_once()
    cache = synced.client.cache
    assert cache.customer_range("customer-1") == []
    assert cache.customer_of_app("0102030405060708ff") is None
    assert "customer-1" not in [one.id for one in cache.search_customers("髙橋", 10)]
    assert len(cache.search_customers("髙橋", 10)) == 2


def test_leaving_and_coming_back_in_one_page(synced: World) -> None:
    """What counts is the last that was said of her."""
    synced.server.remove("customer", "customer-1", "customer-1")
    synced.server.put(*history(1))
    synced.client.sync_once()
    assert len(synced.client.cache.customer_range("customer-1")) == 5


def test_a_tombstone_of_one_record(synced: World) -> None:
    """Single records go too, in clear or sealed."""
    synced.server.remove("visit", "visit-1", "customer-1")
    synced.server.remove("product", "product-1")
    synced.client.sync_once()
    assert "visit-1" not in _ids(synced.client.cache.customer_range("customer-1"))
    assert synced.client.cache.product("product-1") is None


def test_an_alias_leads_to_the_merged_customer(synced: World) -> None:
    """A profile that is open under an id from before a merge shows the customer she is now."""
    synced.server.put(customer(1, aliases=("customer-old",)))
    synced.client.sync_once()
    assert _ids(synced.client.cache.customer_range("customer-old")) == _ids(
        synced.client.cache.customer_range("customer-1")
    )


def test_a_merge_of_which_a_part_has_come(synced: World) -> None:
    """Where the page ended before the other is gone, she is the merged customer already, not what is left of the other."""
    synced.server.put(customer(1, aliases=("customer-2",)))
    synced.client.sync_once()
    cache = synced.client.cache
    assert cache.record("customer", "customer-2") is not None, "the other is still here"
    assert _ids(cache.customer_range("customer-2")) == _ids(cache.customer_range("customer-1"))
    assert not cache.damaged


def test_what_is_under_way_goes_along_with_a_merge(synced: World) -> None:
    """What waits for either is shown with all that is hers, under both ids, also after a restart; taken back, it is gone."""
    waits = [
        synced.client.submit(note(number, customer_id=hers), "staff-1", hold_seconds=3600)
        for number, hers in ((8, "customer-1"), (9, "customer-2"))
    ]
    synced.server.remove("customer", "customer-2", "customer-2")
    synced.server.put(customer(1, aliases=("customer-2",)))
    synced.client.sync_once()
    for client in (synced.client, synced.reopen()):
        found = client.cache.customer_range("customer-2")
        assert found == client.cache.customer_range("customer-1")
        assert {"customer-1", "visit-1", "note-8", "note-9"} <= set(_ids(found))
        assert {one.customer_id for one in found if isinstance(one, Interaction)} == {"customer-1"}
        assert client.cache.unanswered("customer-2") == client.cache.unanswered("customer-1") == {"note-8", "note-9"}
    synced.client.submit(note(10, customer_id="customer-2"), "staff-1", hold_seconds=3600)
    assert "note-10" in _ids(synced.client.cache.customer_range("customer-1"))
    for command_id in waits:
        assert synced.client.recall(command_id)
    assert not {"note-8", "note-9"} & set(_ids(synced.client.cache.customer_range("customer-2")))


def test_who_was_registered_and_merged_is_nobody_of_her_own(synced: World) -> None:
    """A registration whose customer the server has merged with another shows nobody beside her."""
    synced.client.submit(
        RegisterCustomer(customer_id="customer-new", shop_id=SHOP, family_name="新田"), "staff-1", hold_seconds=3600
    )
    assert synced.client.cache.record("customer", "customer-new") is not None
    synced.server.put(customer(1, aliases=("customer-new",)))
    synced.client.sync_once()
    assert synced.client.cache.record("customer", "customer-new") is None
    found = synced.client.cache.customer_range("customer-new")
    assert [one for one in found if isinstance(one, Customer)] == [customer(1, aliases=("customer-new",))]


def test_an_alias_that_the_customer_does_not_know_is_damage(synced: World) -> None:
    """Aliases stand in clear in the file: one that was changed there opens nobody else's profile."""
    synced.client.close()
    with closing(sqlite3.connect(synced.cache_file)) as conn, conn:
        conn.execute("INSERT INTO alias VALUES ('customer-2', 'customer-1')")
    client = synced.reopen()
    assert client.cache.customer_range("customer-2") == []
    assert client.cache.damaged
    client.sync_once()
    assert sorted(_ids(client.cache.customer_range("customer-2"))) == sorted(_ids(history(2)))


def test_unknown_fields_and_kinds_do_no_harm(synced: World) -> None:
    """A newer server's fields survive, its new kinds are kept out of sight and sealed."""
    synced.server.put_row(Row("customer", "customer-1", "customer-1", {**customer(1).to_wire(), "mood": "新しい欄"}))
    synced.server.put_row(Row("whim", "whim-1", "customer-1", {"id": "whim-1", "text": "内緒の話"}))
    synced.client.sync_once()
    found = synced.client.cache.record("customer", "customer-1")
    assert isinstance(found, Customer)
    assert found.model_extra == {"mood": "新しい欄"}
    assert "whim-1" not in _ids(synced.client.cache.customer_range("customer-1"))
    synced.client.close()
    assert "内緒の話".encode() not in synced.cache_file.read_bytes()


def test_freshness_is_the_servers_time(synced: World) -> None:
    """Each kind is as fresh as the last complete pull."""
    synced.clock.advance(minutes=5)
    assert synced.client.cache.freshness() == dict.fromkeys(RECORD_TYPES, START)


def test_first_sync_shows_progress(synced: World) -> None:
    """Until the first sync is complete the status counts rows; an interrupted one goes on where it stopped."""
    synced.server.restored("epoch-2")
    synced.server.page_size = 10
    pull, pages = synced.server.pull, 0
    seen: list[tuple[int, int] | None] = []

    def interrupted(request: object) -> object:
        nonlocal pages
        pages += 1
        if pages == 4:
            synced.server.down = True
        return pull(request)  # type: ignore[arg-type]

    synced.server.pull = interrupted  # type: ignore[method-assign, assignment]
    synced.client.subscribe(lambda: seen.append(synced.client.status().progress))
    synced.client.sync_once()
    assert (10, 24) in seen
    assert synced.client.status().progress == (20, 24)
    assert "first_sync" in synced.reopen().status().messages
    synced.server.down = False
    synced.client.sync_once()
    assert synced.client.status().progress is None
    assert len(synced.client.cache.customer_range("customer-3")) == 5


def test_the_web_is_forgotten_after_30_days(synced: World) -> None:
    """What she looked at online does not stay on a tablet, though the server says no more of it."""
    ages = {"old": 29, "new": 5}
    synced.server.put(
        *(
            WebActivity(
                id=name, customer_id="customer-1", at=START - timedelta(days=days), event=BrowseEvent.MY_PAGE_VIEWED
            )
            for name, days in ages.items()
        )
    )
    synced.client.sync_once()
    assert _ids(synced.client.cache.records("web_activity")) == ["old", "new"]
    synced.clock.advance(days=2)
    synced.client.sync_once()
    assert _ids(synced.client.cache.records("web_activity")) == ["new"]


def test_a_new_history_builds_the_cache_anew(synced: World) -> None:
    """After a restored backup nothing of the old history stays, and nothing unsent is lost."""
    synced.server.down = True
    synced.client.submit(note(), "staff-1")
    synced.server.down = False
    synced.server.restored("epoch-2")
    synced.server.feed = [one for one in synced.server.feed if one[1].customer_id != "customer-3"]
    synced.client.sync_once()
    assert synced.client.cache.customer_range("customer-3") == []
    assert len(synced.client.cache.customer_range("customer-1")) == 6
    assert len(synced.server.commands) == 1


def test_another_schema_version_is_set_aside(synced: World) -> None:
    """A cache of an older or newer program is not read but pulled again; the outbox stays."""
    synced.server.down = True
    synced.client.submit(note(), "staff-1")
    synced.client.close()
    with closing(sqlite3.connect(synced.cache_file)) as conn:
        conn.execute("PRAGMA user_version = 999")
    synced.reopen()
    assert synced.client.status().waiting == 1
    assert [one.kind for one in synced.client.cache.customer_range("customer-1")] == ["interaction"]
    synced.server.down = False
    synced.client.sync_once()
    assert len(synced.client.cache.customer_range("customer-1")) == 6


def test_swapped_rows_are_noticed_and_pulled_again(synced: World) -> None:
    """Sealed records that somebody moved between rows do not open; the next sync heals the cache."""
    with closing(sqlite3.connect(synced.cache_file)) as conn, conn:
        sealed = conn.execute(
            "SELECT sealed FROM customer_range WHERE kind = 'customer' AND id = 'customer-2'"
        ).fetchone()
        conn.execute("UPDATE customer_range SET sealed = ? WHERE kind = 'customer' AND id = 'customer-1'", sealed)
    assert synced.client.cache.record("customer", "customer-1") is None
    assert "rebuilding" in synced.client.status().messages
    assert synced.client.sync_once().rebuilt
    assert synced.client.cache.record("customer", "customer-1") == customer(1)
    assert synced.client.status().messages == ()


def test_100_corruptions(synced: World) -> None:
    """However the cache file is damaged, the client opens, loses nothing unsent, and has everything after a sync."""
    for number in range(4, 40):
        synced.server.put(*history(number))
    synced.client.sync_once()
    synced.client.close()
    good = synced.cache_file.read_bytes()
    chance = random.Random(20261120)
    set_aside = 0
    for round_ in range(100):
        torn = bytearray(good)
        if round_ % 4 == 0:
            del torn[chance.randrange(len(torn)) :]
        elif round_ % 4 == 1:
            start = chance.randrange(len(torn))
            torn[start : start + 4096] = chance.randbytes(min(4096, len(torn) - start))
        else:
            for _ in range(chance.choice((1, 20))):
                torn[chance.randrange(len(torn))] ^= chance.randrange(1, 256)
        synced.cache_file.write_bytes(torn)
        if round_ % 3 == 0:
            synced.cache_file.with_name("cache.db-wal").write_bytes(chance.randbytes(9000))
        synced.server.down = True
        client = synced.reopen()
        client.submit(note(round_), "staff-1")
        client.cache.customer_range("customer-7")
        client.cache.search_products("リネン")
        assert client.status().waiting == 1
        synced.server.down = False
        rebuilding = "rebuilding" in client.status().messages
        set_aside += client.sync_once().rebuilt or rebuilding
        assert len(synced.server.commands) == round_ + 1
        _ = [client.cache.customer_range(f"customer-{one}") for one in range(1, 40)], client.cache.shops()
        client.sync_once()
        assert client.cache.customer_range("customer-7") == sorted(history(7), key=lambda one: one.kind)
        assert client.cache.product("product-1") is not None
        client.close()
        synced.cache_file.with_name("cache.db-wal").unlink(missing_ok=True)
    assert set_aside > 20


def test_reads_from_many_threads_while_pages_come(synced: World) -> None:
    """Readers never wait for, nor see half of, a page that is being written."""
    errors: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                assert len(synced.client.cache.customer_range("customer-1")) in {5, 6}
                synced.client.cache.search_customers("たかはし", 5)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10, 60):
        synced.server.put(*history(number))
        synced.client.sync_once()
    synced.client.cache.rebuild()
    stop.set()
    for thread in threads:
        thread.join()
    assert [one for one in errors if not isinstance(one, AssertionError)] == []


def test_nothing_of_a_visitor_outlives_her_entering(synced: World) -> None:
    """What was fetched of her and is gone by the time the feed brings her is gone here, too."""
    beyond = history(7)
    synced.server.beyond = {"customer-7": beyond}
    synced.client.fetch_customer("customer-7")
    assert len(synced.client.cache.customer_range("customer-7")) == len(beyond)
    synced.server.put(*(one for one in beyond if one.kind != "visit"))
    synced.client.sync_once()
    assert synced.client.cache.fetched_at("customer-7") is None
    assert "visit" not in {one.kind for one in synced.client.cache.customer_range("customer-7")}


def test_own_work_is_shown_beside_a_row_that_was_moved(synced: World) -> None:
    """A profile whose rows cannot be trusted any more is withheld, and what this tablet itself wrote stays."""
    synced.server.down = True
    synced.client.submit(note(1), "staff-1")
    with synced.client.cache._file.write() as conn:
        conn.execute("UPDATE customer_range SET customer_id = 'customer-1' WHERE kind = 'visit' AND id = 'visit-2'")
    assert [one.id for one in synced.client.cache.customer_range("customer-1")] == ["note-1"]


@pytest.mark.parametrize(("at", "value"), [(18, 200), (44, 200)])
def test_a_header_that_forbids_writing_is_damage(synced: World, at: int, value: int) -> None:
    """A byte that makes SQLite refuse to write, or to read, the cache does not stop syncing for good."""
    synced.client.close()
    spoilt = bytearray(synced.cache_file.read_bytes())
    spoilt[at + (3 if at == 44 else 0)] = value
    synced.cache_file.write_bytes(spoilt)
    synced.reopen()
    synced.server.put(customer(9))
    assert synced.client.sync_once().error is None
    assert synced.client.cache.record("customer", "customer-9") == customer(9)
