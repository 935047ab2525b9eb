"""By whose clock it is quiet: the customer's time zone."""

from zoneinfo import ZoneInfo

from sync.model.customer import Customer
from sync.model.shop import Shop
from sync.server.repository.records import Records


def zone_of(records: Records, customer: Customer, shop: Shop) -> ZoneInfo:
    """Return her own time zone, else that of her home shop, else that of `shop`.

    A name that no calendar knows (another system's, or of a newer release of the zones) is passed over for the next best:
    it must not keep her messages, and those behind them, from being judged.
    """
    home = records.get(Shop, customer.home_shop_id) if customer.home_shop_id else None
    for name in (customer.time_zone, home.time_zone if home else None, shop.time_zone):
        zone = known_zone(name)
        if zone is not None:
            return zone
    return ZoneInfo("UTC")


def known_zone(name: str | None) -> ZoneInfo | None:
    """Return the time zone of a name, or None for a name that means none."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name raises an OSError
        return None
