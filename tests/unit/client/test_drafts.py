"""Drafts on this device: kept, sealed, and gone when their time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync.client.device_schema import STEPS
from sync.client.drafts import Draft, Drafts
from sync.errors import DeviceRevoked
from sync.model.commands_visits import CloseVisit, HandOverVisit
from sync.model.customer import Visit, VisitDraft
from sync.protocol import PushRequest
from tests.unit.client.build import World, note
from tests.unit.client.fake import SHOP

WORDS = "内緒：紺をお探し、お誕生日の前に"
NOTE = "note customer-1"


def begun(world: World, staff_id: str = "staff-1", key: str = NOTE, words: str = WORDS) -> Draft:
    now = world.clock()
    return Draft(staff_id, key, key.split()[1], now, now + timedelta(hours=8), words)


def keep(world: World, *drafts: Draft) -> None:
    for draft in drafts:
        world.client.drafts.put(draft)
    world.client.drafts.flush()


def words_of(world: World, staff_id: str = "staff-1", key: str = NOTE) -> str | None:
    found = world.client.drafts.get(staff_id, key, world.clock())
    return found.words if found is not None else None


def on_disk(world: World) -> int:
    return int(world.client._device.rows("SELECT count(*) FROM draft")[0][0])


def gone(world: World, staff_id: str = "staff-1", key: str = NOTE) -> bool:
    """Gone from memory and disk, also for who starts the program again."""
    here, there = words_of(world, staff_id, key), on_disk(world)
    world.reopen()
    return (here, there, words_of(world, staff_id, key)) == (None, 0, None)


def test_they_outlive_a_restart_each_for_its_writer(synced: World) -> None:
    """Several are open at once, by person and customer, notes and messages; a restart brings back each."""
    mine, message = begun(synced), begun(synced, key="message customer-1", words="いかがでしたか")
    other, theirs = begun(synced, key="note customer-2", words="別の方"), begun(synced, "staff-2", words="私のメモ")
    keep(synced, mine, message, other, theirs)
    synced.reopen()
    here = synced.client.drafts.of("staff-1", synced.clock())
    assert {one.key: one for one in here} == {one.key: one for one in (mine, message, other)}
    assert words_of(synced, "staff-2") == "私のメモ"
    assert words_of(synced, "staff-3") is None


def test_nothing_of_them_can_be_read_on_the_disk(synced: World) -> None:
    """Neither words nor whose nor of whom: every file of the data folder is searched, open and closed."""
    keep(synced, begun(synced), begun(synced, "writer-of-this", "note reader-of-that"))
    folder = synced.folder / "data"
    opened = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    synced.client.close()
    closed = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for disk in (opened, closed):
        for word in (WORDS, "内緒", "writer-of-this", "reader-of-that"):
            assert word.encode() not in disk
            assert word.encode("unicode_escape") not in disk
    synced.reopen()
    assert words_of(synced) == WORDS


def test_one_that_is_sent_or_discarded_is_gone(synced: World) -> None:
    """It leaves the disk with the next writing, and does not come back."""
    keep(synced, begun(synced))
    assert on_disk(synced) == 1
    synced.client.drafts.drop("staff-1", NOTE)
    synced.client.drafts.flush()
    assert gone(synced)


def test_it_ends_at_closing_time_without_a_network(synced: World) -> None:
    """Nobody's words lie on a tablet over night; going on with a draft does not put off its end."""
    keep(synced, begun(synced))
    synced.clock.advance(hours=4)
    keep(synced, begun(synced, words="続き"))
    synced.server.down = True
    synced.clock.advance(hours=3, minutes=59)
    synced.client.sync_once()
    assert words_of(synced) == "続き"
    synced.clock.advance(minutes=1)
    assert words_of(synced) is None, "it is shown to nobody from then on"
    synced.client.sync_once()
    assert gone(synced)


def test_it_ends_with_its_visit_once_that_is_certain(synced: World) -> None:
    """The end of the visit that may be taken back ends no draft; what the server says does."""
    visit = Visit(id="visit-now", customer_id="customer-1", shop_id=SHOP, at=synced.clock(), staff_id="staff-1")
    synced.server.put(visit)
    synced.client.sync_once()
    synced.clock.advance(minutes=5)
    keep(synced, begun(synced))
    synced.clock.advance(minutes=5)
    closing = CloseVisit(visit_id=visit.id, customer_id="customer-1")
    synced.client.submit(closing, "staff-1", hold_seconds=10)
    synced.client.sync_once()
    assert words_of(synced) == WORDS
    synced.server.put(visit.model_copy(update={"ended_at": synced.clock()}))
    synced.clock.advance(seconds=11)
    for _ in range(3):
        synced.client.sync_once()
    assert gone(synced)


def test_one_of_before_or_after_a_visit_stays(synced: World) -> None:
    """Only what was begun during a visit to this shop goes with it."""
    keep(synced, begun(synced))
    synced.clock.advance(minutes=5)
    visit = Visit(id="visit-now", customer_id="customer-1", shop_id=SHOP, at=synced.clock())
    synced.clock.advance(minutes=5)
    synced.server.put(visit.model_copy(update={"ended_at": synced.clock()}))
    synced.client.sync_once()
    synced.client.sync_once()
    assert words_of(synced) == WORDS


def test_it_goes_with_a_customer_who_is_forgotten(synced: World) -> None:
    """Words about somebody who is not here any more are gone; those about others stay."""
    keep(synced, begun(synced), begun(synced, key="note customer-2"))
    synced.server.remove("customer", "customer-1", "customer-1")
    synced.client.sync_once()
    synced.client.sync_once()
    assert on_disk(synced) == 1
    assert words_of(synced) is None
    assert words_of(synced, key="note customer-2") == WORDS


def test_a_cache_that_is_built_anew_costs_none(synced: World) -> None:
    """While no customer is here because all of them are on their way, nobody counts as forgotten."""
    keep(synced, begun(synced))
    synced.client.cache.rebuild()
    synced.server.down = True
    synced.client.sync_once()
    assert words_of(synced) == WORDS
    synced.server.down = False
    synced.client.sync_once()
    synced.client.sync_once()
    assert words_of(synced) == WORDS


def test_a_revoked_device_has_none(synced: World) -> None:
    """They are not unsent work: nobody would send them."""

    def revoked(_request: PushRequest) -> DeviceRevoked:
        return DeviceRevoked()

    keep(synced, begun(synced))
    synced.client.submit(note(), "staff-1")
    synced.server.fail_push = revoked
    synced.client.sync_once()
    assert gone(synced)


@pytest.mark.parametrize("shop", [SHOP, "shop-2"])
def test_another_shop_finds_none(synced: World, shop: str) -> None:
    """Enrolled anew for its own shop a device keeps its drafts; for another one it begins without."""
    keep(synced, begun(synced))
    answer = synced.server.enrol

    def elsewhere(request: object) -> object:
        return answer(request).model_copy(update={"shop_id": shop})  # type: ignore[arg-type]

    synced.server.enrol = elsewhere  # type: ignore[assignment,method-assign]
    synced.client.enrol("CODE-CODE")
    assert on_disk(synced) == (1 if shop == SHOP else 0)
    assert words_of(synced) == (WORDS if shop == SHOP else None)


def given_on(world: World, *, hold_seconds: float = 0) -> str:
    """A visit of today is handed to a colleague, with what was begun."""
    visit = Visit(id="visit-now", customer_id="customer-1", shop_id=SHOP, at=world.clock(), staff_id="staff-1")
    world.server.put(visit)
    world.client.sync_once()
    keep(world, begun(world))
    over = HandOverVisit(
        visit_id=visit.id, customer_id="customer-1", from_staff_id="staff-1", to_staff_id="staff-2",
        draft=VisitDraft(text=WORDS),
    )  # fmt: skip
    command_id = world.client.submit(over, "staff-1", hold_seconds=hold_seconds)
    world.client.drafts.give("staff-1", NOTE, command_id)
    world.client.drafts.flush()
    return command_id


def test_one_that_was_given_on_is_gone_once_the_server_has_it(synced: World) -> None:
    """Nobody is shown it from when it was given, and the disk holds it only as long as it may have to come back."""
    given_on(synced)
    synced.server.down = True
    synced.client.sync_once()
    synced.reopen()
    assert words_of(synced) is None
    assert synced.client.drafts.of("staff-1", synced.clock()) == []
    assert on_disk(synced) == 1
    synced.server.down = False
    synced.client.sync_once()
    synced.client.sync_once()
    assert gone(synced)


def test_one_that_was_given_on_comes_back_where_the_server_refuses(synced: World) -> None:
    """The visit had been taken over elsewhere: the words are their writer's again, also after a restart."""
    synced.server.refuse["hand_over_visit"] = "moved"
    given_on(synced)
    synced.client.sync_once()
    synced.client.sync_once()
    assert words_of(synced) == WORDS
    synced.reopen()
    assert words_of(synced) == WORDS


def test_one_that_was_given_on_comes_back_with_the_visit_taken_back(synced: World) -> None:
    """Another note that was begun meanwhile is not written over: the older one waits until there is room."""
    command_id = given_on(synced, hold_seconds=10)
    keep(synced, begun(synced, words="新しいメモ"))
    assert synced.client.recall(command_id)
    synced.client.drafts.take_back(command_id)
    assert words_of(synced) == "新しいメモ"
    synced.client.drafts.drop("staff-1", NOTE)
    synced.client.sync_once()
    assert words_of(synced) == WORDS


def test_one_that_was_given_on_ends_at_closing_time(synced: World) -> None:
    """Like any other, without a network."""
    given_on(synced)
    synced.server.down = True
    synced.clock.advance(hours=8)
    synced.client.sync_once()
    assert gone(synced)


def test_one_that_does_not_open_is_left_alone(synced: World) -> None:
    """A damaged row, or one that was moved to another place, costs nobody the other drafts."""
    keep(synced, begun(synced), begun(synced, "staff-2", words="私のメモ"))
    with synced.client._device.transaction() as conn:
        conn.execute("UPDATE draft SET id = id || 'x' WHERE id = (SELECT min(id) FROM draft)")
    synced.reopen()
    assert sorted([words_of(synced) is None, words_of(synced, "staff-2") is None]) == [False, True]


def test_in_practice_none_reaches_a_disk(synced: World) -> None:
    """Without a device they are in memory alone."""
    drafts = Drafts(None)
    drafts.put(replace(begun(synced), words="練習"))
    drafts.flush()
    assert drafts.get("staff-1", NOTE, synced.clock()) is not None
    assert Drafts(None).of("staff-1", synced.clock()) == []
    assert on_disk(synced) == 0


def test_a_file_of_before_drafts_gets_its_table(synced: World) -> None:
    """A device's file of the version before is brought forward, with what is in it."""
    synced.server.down = True
    synced.client.submit(note(), "staff-1")
    with synced.client._device.transaction() as conn:
        conn.execute("DROP TABLE draft")
        conn.execute(f"PRAGMA user_version = {len(STEPS) - 1}")
    synced.reopen()
    assert synced.client.status().waiting == 1
    keep(synced, begun(synced))
    synced.reopen()
    assert words_of(synced) == WORDS
