"""The key of a scope is replaced when a device of it is revoked, on both databases, with real tablets over real HTTP."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from sync.client import Client
from sync.errors import DeviceRevoked, NotFound
from sync.sealed.vault import Vault
from sync.server import fleet
from sync.server.database import reading, transaction
from sync.server.enrolment import create_enrolment_code, revoke_device
from sync.server.feed import start_epoch
from sync.server.leases import replace_key
from sync.server.repository import devices
from sync.server.service import Service
from sync.server.snapshot import SnapshotStore
from sync.server.tables import scope_keys
from tests.integration.client.house import House
from tests.integration.databases import empty_url, engine, migrated, postgresql
from tests.integration.server.people import GINZA, MANAGER, UMEDA, customer
from tests.integration.server.test_scopes import order

__all__ = ["empty_url", "engine", "migrated", "postgresql"]

SCOPE = f"shop:{GINZA.id}"
EARLIER, LATER = customer("3000", family_name="佐々木"), customer("3001", family_name="井川")


@pytest.fixture
def house(tmp_path: Path, engine: Engine) -> Iterator[House]:
    made = House(tmp_path, engine)
    made.write(EARLIER, order("1", GINZA.id, EARLIER.id))
    made.start()
    made.core.snapshots = SnapshotStore(
        made.engine, made.clock, tmp_path / "snapshots", smallest=1, start=lambda work: work()
    )
    yield made
    made.stop()


def key_of(house: House, scope: str = SCOPE) -> tuple[int, str]:
    with reading(house.engine) as conn:
        found = devices.scope_key(conn, scope)
    assert found is not None
    return found


def sealed_with(client: Client, house: House, name: str) -> set[int]:
    """Return the versions of the keys that the records in a tablet's file are sealed with."""
    with closing(sqlite3.connect(house.folder / name / "cache.db")) as conn:
        return {int.from_bytes(row[0][:2], "big") for row in conn.execute("SELECT sealed FROM customer_range")}


def device_of(client: Client) -> str:
    assert client.device_id is not None
    return client.device_id


def test_who_stays_reads_on_and_newcomers_begin_with_the_new_key(house: House) -> None:
    """The tablet that stays fetches the newer key and nothing else anew, and reads what either key sealed; a new tablet
    starts from a snapshot of the newer key, the only one it has; the lost one has the earlier only."""
    stays, lost = house.enrolled("stays"), house.enrolled("lost")
    before = key_of(house)
    revoke_device(house.engine, device_of(lost), house.clock)
    after = key_of(house)
    assert (after[0], after[1] != before[1]) == (before[0] + 1, True)

    house.write(LATER, order("2", GINZA.id, LATER.id))
    assert stays.sync_once().error is None
    assert stays.cache.key_versions == {before[0], after[0]}
    house.write(customer("3002"), order("3", GINZA.id, customer("3002").id))
    report = stays.sync_once()
    assert (report.error, report.rows < 10) == (None, True)
    assert sealed_with(stays, house, "stays") == {before[0], after[0]}
    assert [stays.cache.record("customer", one.id) for one in (EARLIER, LATER)] == [EARLIER, LATER]
    assert [one.id for one in stays.cache.search_customers("佐々木")] == [EARLIER.id]

    comes = house.enrolled("comes")
    assert comes.cache.key_versions == {after[0]}
    assert sealed_with(comes, house, "comes") == {after[0]}
    assert comes.cache.record("customer", EARLIER.id) == EARLIER

    assert isinstance(lost.sync_once().error, DeviceRevoked)
    assert lost.cache.key_versions == set()
    for client in (stays, lost, comes):
        client.close()


def test_a_tablet_whose_lease_ended_meanwhile_begins_anew(house: House) -> None:
    """It gave the earlier key up and is lent the newer one only: what it cannot open any more it fetches again."""
    stays, lost = house.enrolled("stays"), house.enrolled("lost")
    revoke_device(house.engine, device_of(lost), house.clock)
    house.clock.at += timedelta(hours=80)
    for _ in range(3):
        stays.sync_once()
    assert stays.cache.key_versions == {key_of(house)[0]}
    assert sealed_with(stays, house, "stays") == {key_of(house)[0]}
    assert stays.cache.record("customer", EARLIER.id) == EARLIER
    for client in (stays, lost):
        client.close()


def test_a_key_that_a_restored_server_never_made_is_given_up(house: House) -> None:
    """After a backup from before a revocation was put back, tablets seal with the key that the server has, and take the
    next one that gets the lost one's number; whoever enrols again while the cache is empty does too."""
    stays, lost, empty = house.enrolled("stays"), house.enrolled("lost"), house.enrolled("empty")
    (version, _), lost_id = key_of(house), device_of(lost)
    revoke_device(house.engine, lost_id, house.clock)
    gone = key_of(house)[1]
    for client in (stays, empty):
        client.sync_once()
        assert client.cache.key_versions == {version, version + 1}
    with transaction(house.engine) as conn:
        conn.execute(delete(scope_keys).where(scope_keys.c.scope == SCOPE, scope_keys.c.version > version))
        start_epoch(conn)
    house.write(LATER, order("2", GINZA.id, LATER.id))
    empty.cache.rebuild()
    empty.enrol(create_enrolment_code(house.engine, "ginza", house.clock))
    for client, name in ((stays, "stays"), (empty, "empty")):
        assert client.sync_once().error is None
        assert client.cache.key_versions == {version}
        assert sealed_with(client, house, name) == {version}
        assert [client.cache.record("customer", one.id) for one in (EARLIER, LATER)] == [EARLIER, LATER]

    with transaction(house.engine) as conn:
        replace_key(conn, house.clock, SCOPE)
    number, fresh = key_of(house)
    assert (number, fresh != gone) == (version + 1, True)
    stays.sync_once()
    house.write(customer("3002"), order("3", GINZA.id, customer("3002").id))
    assert stays.sync_once().error is None
    with closing(sqlite3.connect(house.folder / "stays" / "cache.db")) as conn:
        (sealed,) = conn.execute("SELECT sealed FROM customer_range WHERE id = ?", (customer("3002").id,)).fetchone()
    assert Vault(SCOPE, {number: bytes.fromhex(fresh)}).open("customer", customer("3002").id, sealed)
    for client in (stays, lost, empty):
        client.close()


def test_a_snapshot_of_the_earlier_key_is_not_handed_out(house: House) -> None:
    """The kept file is built anew before anybody begins with it, and then says which key it is sealed with."""
    first, lost = house.enrolled("first"), house.enrolled("lost")
    store = house.core.snapshots
    assert store is not None
    old = store.ask(SCOPE)
    assert (old.ready, old.key_version) == (True, key_of(house)[0])
    revoke_device(house.engine, device_of(lost), house.clock)
    new = store.ask(SCOPE)
    assert (new.ready, new.key_version, new.name != old.name) == (True, key_of(house)[0], True)
    for client in (first, lost):
        client.close()


def test_each_revocation_replaces_the_key_of_its_shop_only(house: House) -> None:
    """Two revocations make two keys; a device that is out already makes none, nor does another shop's key change."""
    one, two = house.enrolled("one"), house.enrolled("two")
    other = house.tablet("other")
    other.enrol(create_enrolment_code(house.engine, "umeda", house.clock))
    elsewhere = key_of(house, f"shop:{UMEDA.id}")
    for client in (one, two):
        revoke_device(house.engine, device_of(client), house.clock)
    with pytest.raises(NotFound):
        revoke_device(house.engine, device_of(one), house.clock)
    assert key_of(house)[0] == 3
    assert key_of(house, f"shop:{UMEDA.id}") == elsewhere
    for client in (one, two, other):
        client.close()


def test_a_manager_who_revokes_replaces_the_key_too(house: House) -> None:
    """From the fleet page as from the command line."""
    hers, lost = house.enrolled("hers"), house.enrolled("lost")
    with reading(house.engine) as conn:
        from_here = devices.by_id(conn, device_of(hers))
    assert from_here is not None
    fleet.revoke(house.engine, house.clock, from_here, MANAGER.id, device_of(lost))
    assert key_of(house)[0] == 2
    for client in (hers, lost):
        client.close()


def test_a_request_on_its_way_gets_no_new_key(house: House) -> None:
    """A device revoked after its request was let in is not lent the key that its revocation made."""
    lost = house.enrolled("lost")
    with reading(house.engine) as conn:
        let_in = devices.by_id(conn, device_of(lost))
    assert let_in is not None
    service: Service = house.core.service(let_in, 2)
    revoke_device(house.engine, let_in.id, house.clock)
    with pytest.raises(DeviceRevoked):
        service.lease()
    lost.close()


def test_a_version_that_is_taken_is_passed_over(house: House) -> None:
    """Every call makes a key of its own, the next after whatever is there."""
    house.enrolled().close()
    with transaction(house.engine) as conn:
        replace_key(conn, house.clock, SCOPE)
        replace_key(conn, house.clock, SCOPE)
    assert key_of(house)[0] == 3
