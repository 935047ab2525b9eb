"""The sealed image of the index of people: opened again, the search finds whom it found before, and no more is noted than must."""

import sqlite3
from contextlib import closing

from sync.model.customer import Customer
from tests.unit.client.build import World, customer


def _noted(world: World) -> list[str]:
    with closing(sqlite3.connect(world.cache_file)) as conn:
        return [one for (one,) in conn.execute("SELECT customer_id FROM people_changed ORDER BY 1")]


def test_other_points_leave_the_image_as_it_is(synced: World) -> None:
    """Most changes are of points and visits: no customer is noted as changed for them, only for another name."""
    synced.client.cache.keep_people(at_least=1)
    synced.server.put(customer(1, points=99), customer(2, family_name="新垣"))
    synced.client.sync_once()
    assert _noted(synced) == ["customer-2"]
    cache = synced.reopen().cache
    assert [one.id for one in cache.search_customers("新垣")] == ["customer-2"]
    found = cache.record("customer", "customer-1")
    assert isinstance(found, Customer)
    assert found.points == 99


def test_who_was_registered_here_is_noted_when_she_comes(synced: World) -> None:
    """The index knew her from this device before the server told of her, its image does not: she is found after reopening."""
    synced.client.cache.keep_people(at_least=1)
    newcomer = customer(7, family_name="新垣")
    synced.client.cache.show([newcomer])
    synced.server.put(newcomer)
    synced.client.sync_once()
    assert _noted(synced) == ["customer-7"]
    assert [one.id for one in synced.reopen().cache.search_customers("新垣")] == ["customer-7"]
