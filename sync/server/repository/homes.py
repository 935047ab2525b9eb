"""Which shop hears of a customer's affairs."""

from sync.model.customer import Customer
from sync.model.shop import Shop, ShopKind
from sync.server.repository.records import Records


def home_of(records: Records, customer: Customer) -> str | None:
    """Return the id of her home shop, else of the web shop, else of any; None where there is no shop at all."""
    if customer.home_shop_id:
        return customer.home_shop_id
    shops = records.of_kind(Shop)
    web = next((shop for shop in shops if shop.shop_kind is ShopKind.WEB), None)
    return (web or shops[0]).id if shops else None
