"""Facts as tests tell them, and what became of them."""

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Engine, select

from sync.clock import Clock
from sync.model.base import Record
from sync.model.catalogue import Money
from sync.model.customer import (
    BrowseEvent,
)
from sync.model.source import (
    BrowseFact,
    CustomerRef,
    OrderFact,
    OrderLineFact,
)
from sync.server.database import reading
from sync.server.repository.records import Records
from sync.server.tables_edges import unclaimed_facts
from tests.integration.ingest.conftest import NOW

CLOCK: Clock = lambda: NOW  # noqa: E731


def look(number: int, **names: str) -> BrowseFact:
    return BrowseFact(
        source="segment",
        source_id=f"look-{number}",
        ref=CustomerRef(**names),
        at=NOW - timedelta(hours=number),
        event=BrowseEvent.PRODUCT_VIEWED,
        product_code="p1",
        sku="p1-M",
    )


def bought(number: str, *, refunded: bool = False, shop: str = "ginza", pieces: int = 1, **names: str) -> OrderFact:
    lines = tuple(OrderLineFact(sku=sku, price=Money(amount=32000), quantity=pieces) for sku in ("p1-S", "p1-M"))
    return OrderFact(
        source="segment",
        source_id=f"order-{number}-{refunded}",
        ref=CustomerRef(**names),
        number=number,
        shop_code=shop,
        at=NOW,
        lines=lines,
        total=Money(amount=64000 * pieces),
        refunded=refunded,
    )


R = TypeVar("R", bound=Record)


def found(engine: Engine, kind: type[R]) -> list[R]:
    with reading(engine) as conn:
        return Records(conn, CLOCK).of_kind(kind)


def held(engine: Engine) -> int:
    with reading(engine) as conn:
        return len(conn.execute(select(unclaimed_facts)).all())
