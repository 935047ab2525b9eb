"""Who works here and who leads, as far as this device knows: asked offline, and again by the server for all that reaches it."""

from sync.client.cache import Cache
from sync.clock import Clock
from sync.model.shop import Shop, Staff
from sync.policy import roles
from sync.policy.employment import employed


def works_here(cache: Cache, clock: Clock, staff: Staff) -> bool:
    """Return whether today is within the days of somebody's contract."""
    return employed(staff, clock(), _shop(cache, staff.shop_id))


def leads_here(cache: Cache, clock: Clock, staff_id: str, shop_id: str | None) -> bool:
    """Return whether somebody has a manager's say in a shop today; False for who is not known."""
    staff = cache.record("staff", staff_id)
    if shop_id is None or not isinstance(staff, Staff) or not roles.leads(staff) or not works_here(cache, clock, staff):
        return False

    def region_of(one: str) -> str:
        shop = _shop(cache, one)
        return shop.region if shop is not None else ""

    return roles.reaches(staff, shop_id, region_of)


def _shop(cache: Cache, shop_id: str) -> Shop | None:
    shop = cache.record("shop", shop_id)
    return shop if isinstance(shop, Shop) else None
