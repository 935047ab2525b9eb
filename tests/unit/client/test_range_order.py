"""A customer's range comes in the order kind, time, id, whatever order her records came in."""

from pathlib import Path
from random import Random

from sync.client.cache import Cache
from sync.client.outbox import Pending
from sync.model.base import Record
from sync.model.commands import LogInteraction
from sync.protocol import Page
from sync.sealed.position import Position
from sync.sealed.vault import Vault
from tests.bench.sync import workload


def place(record: Record) -> tuple[str, float, str]:
    return record.kind, record.sort_at.timestamp() if record.sort_at else 0.0, record.id


def test_a_range_is_ordered_with_and_without_work_under_way(tmp_path: Path) -> None:
    """Records of every kind, taken in shuffled, are read in order; so they are once a note that is not sent lies over them."""
    rows = list(workload.rows(1, children=90))
    customer_id = rows[0].id
    Random(1).shuffle(rows)
    cache = Cache(tmp_path / "cache.db")
    cache.open()
    cache.unlock(Vault("shop:test", {1: bytes(32)}))
    page = Page(epoch="e", cursor=91, more=False, server_time=workload.NOW, rows=tuple(rows))
    cache.apply(page, Position())
    found = cache.customer_range(customer_id)
    assert len(found) == 91
    assert found == sorted(found, key=place)
    note = LogInteraction(interaction_id="note", customer_id=customer_id, shop_id=workload.SHOP, text="青")
    cache.overlay.put(Pending("c1", workload.STAFF[0], workload.NOW, note))
    found = cache.customer_range(customer_id)
    assert len(found) == 92
    assert found == sorted(found, key=place)
    cache.close()
