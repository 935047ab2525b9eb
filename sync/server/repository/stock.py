"""Where a product lies, over all shops."""

from sqlalchemy import Connection, select

from sync.model.catalogue import StockLevel
from sync.protocol import Lying
from sync.server.tables import stock_levels, variants


def of_product(conn: Connection, product_id: str, most: int) -> list[Lying]:
    """Return at most so many levels of a product's variants, in order of shop and variant."""
    query = (
        select(stock_levels.c.data)
        .join(variants, variants.c.id == stock_levels.c.variant_id)
        .where(variants.c.product_id == product_id)
        .order_by(stock_levels.c.shop_id, stock_levels.c.variant_id, stock_levels.c.id)
        .limit(most)
    )
    levels = map(StockLevel.model_validate, conn.scalars(query))
    return [Lying(each.variant_id, each.shop_id, each.quantity, each.at) for each in levels]
