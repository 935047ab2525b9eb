"""A small retailer in a fresh database, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from sync.identity.match import IdentityResolver
from sync.model.source import (
    AnyFact,
    CustomerFact,
    CustomerRef,
    ProductFact,
    ShopFact,
    StaffFact,
    StockFact,
    VariantFact,
)
from sync.ports import IngestReport
from sync.server.ingest import IngestService
from tests.integration.databases import empty_url, engine, migrated, postgresql  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def numbered(*facts: AnyFact) -> list[tuple[int, AnyFact]]:
    return list(enumerate(facts, 1))


def clean(report: IngestReport) -> IngestReport:
    """Return the report after making sure that nothing went wrong."""
    assert report.errors == ()
    return report


@pytest.fixture
def ingest(engine: Engine) -> IngestService:  # noqa: F811
    """Ingest over a retailer with two shops, one member of staff, one product in two sizes, and one customer."""
    service = IngestService(engine, lambda: NOW, IdentityResolver())
    clean(
        service.apply(
            numbered(*(ShopFact(code=code, name=code, brand="b", controller="c") for code in ("ginza", "web")))
        )
    )
    clean(
        service.apply(
            numbered(
                StaffFact(code="s1", family_name="髙橋", shop_code="ginza", pin="246810"),
                ProductFact(code="p1", name="ワンピース", category="dress"),
            )
        )
    )
    variants = [VariantFact(product_code="p1", sku=f"p1-{size}", price=32000, size=size) for size in ("S", "M")]
    clean(service.apply(numbered(*variants)))
    clean(
        service.apply(
            numbered(
                StockFact(sku="p1-S", shop_code="ginza", quantity=3, at=NOW),
                CustomerFact(
                    ref=CustomerRef(member_number="M1", user_id="u1", email="Hanako@Example.jp"),
                    family_name="山﨑",
                    family_kana="やまさき",
                    phone="０９０-1234-5678",
                    email="Hanako@Example.jp",
                    home_shop_code="ginza",
                ),
            )
        )
    )
    return service
