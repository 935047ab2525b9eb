"""What is spoken for here, asked of us, or on its way to us, and what can be done next with each."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clienteling.device import Cache
from sync.model.catalogue import Product, Variant
from sync.model.customer import Customer
from sync.model.holds import Hold, HoldState
from sync.model.shop import Shop, ShopKind, Staff
from sync.policy.employment import employed
from sync.policy.holds import ENDED, Step, held, steps, to_do
from sync.policy.whose import plan_known, works_in

RECENT = timedelta(days=3)
"""For how long an ended one still stands in the list."""

_KEPT = (HoldState.HELD, HoldState.ARRIVED)
"""It lies here for somebody; on its last day that customer is rung up."""


@dataclass(frozen=True)
class Row:
    hold: Hold
    product: Product | None
    variant: Variant | None
    customer: Customer | None
    """None where it is for nobody yet, or for somebody whom this tablet does not hold."""
    steps: tuple[Step, ...]
    """What this shop can do next."""
    to_do: bool
    short: bool = False
    """Fewer were counted here than are spoken for: one of them may have been sold."""
    unsent: bool = False
    """So far only this tablet knows of it, or of its latest change."""


@dataclass(frozen=True)
class HoldList:
    to_do: tuple[Row, ...]
    waiting: tuple[Row, ...]
    """Somebody else's turn, or the customer's."""
    ended: tuple[Row, ...]


def load_holds(cache: Cache, here: Shop | None, now: datetime, zone: tzinfo) -> HoldList:
    """Read the list of a shop, what is due first. Blocks for milliseconds."""
    if here is None:
        return HoldList((), (), ())
    mine = [one for one in _all(cache) if here.id in (one.shop_id, one.for_shop_id)]
    mine = [one for one in mine if one.state not in ENDED or now - one.state_at < RECENT]
    shops = {one.id: one for one in cache.shops()}
    tonight = _tonight(now, zone)
    variants = {one.id: one for one in cache.variants({one.variant_id for one in mine})}
    products = {one.id: one for one in cache.products({one.product_id for one in variants.values()})}
    short = _short(cache, here, mine)
    unsent = cache.unanswered("")
    rows = []
    for one in mine:
        web = _is_web(shops.get(one.shop_id))
        variant = variants.get(one.variant_id)
        customer = cache.record("customer", one.for_customer_id) if one.for_customer_id else None
        lacking = one.id in short
        rows.append(
            Row(
                one,
                products.get(variant.product_id) if variant else None,
                variant,
                customer if isinstance(customer, Customer) else None,
                tuple(
                    step
                    for step in steps(one, giver_is_web=web)
                    if here.id == (one.shop_id if step.giver else one.for_shop_id)
                ),
                lacking or to_do(one, here.id, giver_is_web=web, tonight=tonight),
                lacking,
                one.id in unsent,
            )
        )
    open_ = sorted((row for row in rows if row.hold.state not in ENDED), key=lambda row: (row.hold.until, row.hold.id))
    ended = sorted((row for row in rows if row.hold.state in ENDED), key=lambda row: row.hold.state_at, reverse=True)
    return HoldList(
        tuple(row for row in open_ if row.to_do), tuple(row for row in open_ if not row.to_do), tuple(ended)
    )


def holds_to_do(cache: Cache, here: Shop | None, me: Staff | None, now: datetime, zone: tzinfo) -> int:
    """Return how many of them this person is to do something about now, the badge on the rail: what the shop is asked for, and
    what ends today, where whoever set it aside has no more work here today. That one is else the one to ring up."""
    if here is None or me is None or not works_in(me, here.id):
        return 0
    there = _there_today(cache, here, now, _tonight(now, zone)) - {me.id}
    rows = load_holds(cache, here, now, zone).to_do
    return sum(1 for one in rows if one.short or one.hold.state not in _KEPT or one.hold.by not in there)


def _there_today(cache: Cache, here: Shop, now: datetime, tonight: datetime) -> set[str]:
    """Return the ids of those who are at work in a shop, or come before the day is over; of all who work there where it tells no
    shifts."""
    shops = {one.id: one for one in cache.shops()}
    people = {one.id for one in cache.staff() if works_in(one, here.id) and employed(one, now, shops.get(one.shop_id))}
    shifts = [one for one in cache.shifts() if one.shop_id == here.id]
    if not plan_known(shifts, here.id, now):
        return people
    return people & {one.staff_id for one in shifts if one.starts_at < tonight and now < one.ends_at}


def _short(cache: Cache, here: Shop, mine: list[Hold]) -> set[str]:
    """Return the holds of variants of which fewer were counted here than are spoken for; what was given up for it is the
    staff's to say."""
    wanted = {one.variant_id for one in mine if one.state not in ENDED}
    holds = cache.holds_of(wanted)
    levels = [one for one in cache.stock_of(wanted) if one.shop_id == here.id]
    lacking = {one.variant_id for one in levels if held(one, holds) > max(one.quantity, 0)}
    return {one.id for one in mine if one.variant_id in lacking and one.shop_id == here.id and one.state not in ENDED}


def _all(cache: Cache) -> list[Hold]:
    return [one for one in cache.records("hold") if isinstance(one, Hold)]


def _is_web(shop: Shop | None) -> bool:
    return shop is not None and shop.shop_kind is ShopKind.WEB


def _tonight(now: datetime, zone: tzinfo) -> datetime:
    day = now.astimezone(zone) + timedelta(days=1)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
