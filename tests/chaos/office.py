"""What changes on the server without any tablet: imports, customers who come and go, people who move, merges, opt-outs."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from sync.errors import ClientelingError, Conflict, NotFound
from sync.identity.merge import merge
from sync.model.base import Record
from sync.model.catalogue import StockLevel
from sync.model.customer import BrowseEvent, Channel, ConsentState, Customer, Order, Visit, WebActivity
from sync.model.outreach import FollowUp, FollowUpState
from sync.model.shop import Shop, Staff, StaffPin
from sync.server.database import transaction
from sync.server.merging import merge_customers
from sync.server.proposals import propose_for
from sync.server.repository.opt_out import refuse
from sync.server.repository.records import Records
from tests.chaos.house import GINZA, SIDE, UMEDA, WEB, appointment, consent, follow_up, level, order, shop
from tests.chaos.server import SimServer
from tests.chaos.world import World

Work = Callable[[World, Records], str]


def work(world: World, server: SimServer) -> None:
    """Let one thing change, in one transaction."""
    chosen = world.chance.choice(_WORKS)
    said: list[str] = []

    def change() -> None:
        said.clear()
        with transaction(server.engine) as conn:
            said.append(chosen(world, Records(conn, server.clock)))

    with suppress(ClientelingError):
        server.request(f"office {chosen.__name__}", change)
        world.note(f"office: {said[0]}")


def propose(world: World, server: SimServer) -> None:
    """Let the worker propose follow-ups for a few customers."""
    ids = [str(row[0]) for row in server.rows("SELECT id FROM customers ORDER BY id")]
    some = world.chance.sample(ids, min(3, len(ids)))
    with suppress(ClientelingError):
        server.request("proposals", lambda: propose_for(server.engine, server.clock, server.playbook, some))
        world.note(f"office: proposals for {', '.join(some)}")


def somebody(world: World, records: Records) -> Customer:
    return world.chance.choice(records.of_kind(Customer))


def _shop(world: World) -> str:
    return world.chance.choice((GINZA, UMEDA, WEB))


def _bought(world: World, records: Records) -> str:
    hers, shop_id = somebody(world, records).id, _shop(world)
    records.put(order(world.new_id("order"), hers, shop_id, world.true - timedelta(hours=1)))
    return f"{hers} bought in {shop_id}"


def _visited(world: World, records: Records) -> str:
    hers, shop_id = somebody(world, records).id, _shop(world)
    records.put(Visit(id=world.new_id("visit"), customer_id=hers, shop_id=shop_id, at=world.true))
    return f"{hers} visited {shop_id}"


def _visit_struck_out(world: World, records: Records) -> str:
    """Someone leaves a scope where that visit was all that held her there. A visit that a tablet opened stays."""
    found = [one for one in records.of_kind(Visit) if one.staff_id is None]
    if not found:
        return "no visit"
    gone = world.chance.choice(found)
    records.delete(Visit, gone.id)
    return f"{gone.id} of {gone.customer_id} struck out"


def _order_moved(world: World, records: Records) -> str:
    found = records.of_kind(Order)
    if not found:
        return "no order"
    moved = world.chance.choice(found).model_copy(update={"shop_id": _shop(world)})
    records.put(moved)
    return f"{moved.id} belongs to {moved.shop_id}"


def _moved_house(world: World, records: Records) -> str:
    """A customer's home becomes another shop, or none."""
    one = somebody(world, records)
    home = world.chance.choice((GINZA, UMEDA, WEB, None))
    records.put(one.model_copy(update={"home_shop_id": home}))
    return f"{one.id} is at home in {home}"


def _in_charge(world: World, records: Records) -> str:
    one = somebody(world, records)
    person = world.chance.choice((None, "staff-misaki", "staff-osaka", "staff-helper"))
    records.put(one.model_copy(update={"person_in_charge_id": person}))
    return f"{one.id} is looked after by {person}"


def _staff_moved(world: World, records: Records) -> str:
    """A person changes shops, is lent out, or leaves; PINs and whom they look after go with them."""
    person = records.get(Staff, world.chance.choice(("staff-misaki", "staff-osaka", "staff-helper")))
    assert person is not None
    updates: tuple[dict[str, object], ...] = (
        {"shop_id": GINZA},
        {"shop_id": UMEDA},
        {"helps_shop_ids": (UMEDA,)},
        {"active": not person.active},
    )
    update = world.chance.choice(updates)
    records.put(person.model_copy(update=update))
    return f"{person.id}: {update}"


def _new_pin(world: World, records: Records) -> str:
    pin = world.chance.choice(records.of_kind(StaffPin))
    records.put(pin.model_copy(update={"pin_hash": world.new_id("$argon2id$")}))
    return f"{pin.id} changes"


def _renamed(world: World, records: Records) -> str:
    one = somebody(world, records)
    records.put(one.model_copy(update={"family_name": "中村", "points": one.points + 1}))
    return f"{one.id} is 中村 now"


def _browsed(world: World, records: Records) -> str:
    """She looked at something, just now or so long ago that a tablet must not keep it."""
    hers, age = somebody(world, records).id, timedelta(days=world.chance.choice((0, 1, 45)))
    records.put(
        WebActivity(id=world.new_id("web"), customer_id=hers, at=world.true - age, event=BrowseEvent.PRODUCT_VIEWED)
    )
    return f"{hers} browsed {age.days} days ago"


def _booked(world: World, records: Records) -> str:
    hers, shop_id = somebody(world, records).id, _shop(world)
    records.put(appointment(world.new_id("appointment"), hers, shop_id, world.true))
    return f"{hers} booked in {shop_id}"


def _to_do(world: World, records: Records) -> str:
    hers, shop_id = somebody(world, records).id, _shop(world)
    records.put(follow_up(world.new_id("follow-up"), hers, shop_id, world.true))
    return f"something to do for {hers} in {shop_id}"


def _no_more_to_do(world: World, records: Records) -> str:
    """A follow-up that held somebody in a scope ends."""
    found = [one for one in records.of_kind(FollowUp) if one.state is FollowUpState.OPEN]
    if not found:
        return "nothing to do"
    ended = world.chance.choice(found)
    records.put(ended.model_copy(update={"state": FollowUpState.DISMISSED}))
    return f"{ended.id} is dismissed"


def _stock(world: World, records: Records) -> str:
    levels = records.of_kind(StockLevel)
    records.put(world.chance.choice(levels).model_copy(update={"quantity": world.chance.randint(0, 9)}))
    return "stock"


def _stock_gone(world: World, records: Records) -> str:
    """Nobody counts a variant in a shop any more."""
    gone = world.chance.choice(records.of_kind(StockLevel))
    records.delete(StockLevel, gone.id)
    return f"{gone.id} is gone"


def _stock_elsewhere(world: World, records: Records) -> str:
    """What was told of one shop turns out to lie in another."""
    moved = world.chance.choice(records.of_kind(StockLevel))
    to = world.chance.choice(records.of_kind(Shop)).id
    records.put(moved.model_copy(update={"shop_id": to}))
    return f"{moved.id} lies in {to}"


def _shop_moved(world: World, records: Records) -> str:
    """A shop moves, or where it is is not known (any more): others are nearest now."""
    shop_id = world.chance.choice([one.id for one in records.of_kind(Shop) if one.id != WEB])
    one = records.get(Shop, shop_id)
    assert one is not None
    latitude, longitude = _somewhere(world) or (None, None)
    records.put(one.model_copy(update={"latitude": latitude, "longitude": longitude}))
    return f"{one.id} moves to {latitude}, {longitude}"


def _shop_opened(world: World, records: Records) -> str:
    """A shop opens, mostly with something in it, or one that was closed opens again."""
    closed = [code for code in SIDE if records.get(Shop, f"shop-{code}") is None]
    code = world.chance.choice([*closed, world.new_id("new")])
    made: list[Record] = [shop(f"shop-{code}", code, at=_somewhere(world))]
    if world.chance.random() < 0.7:
        made += [level(variant, made[0].id) for variant in ("variant-1", "variant-2")]
    records.put_many(made)
    return f"{made[0].id} opens"


def _shop_closed(world: World, records: Records) -> str:
    """A shop closes; what lay in it is still told of, or not."""
    found = [one.id for one in records.of_kind(Shop) if one.id not in (GINZA, UMEDA, WEB)]
    if not found:
        return "no shop to close"
    closed = world.chance.choice(found)
    if world.chance.random() < 0.5:
        for one in records.find(StockLevel, shop_id=closed):
            records.delete(StockLevel, one.id)
    records.delete(Shop, closed)
    return f"{closed} closes"


def _somewhere(world: World) -> tuple[float, float] | None:
    if world.chance.random() < 0.2:
        return None
    latitude, longitude = world.chance.choice([at for at in SIDE.values() if at is not None])
    return latitude + world.chance.uniform(-0.2, 0.2), longitude + world.chance.uniform(-0.2, 0.2)


def _agreed(world: World, records: Records) -> str:
    hers = somebody(world, records).id
    channel = world.chance.choice(tuple(Channel))
    records.put(consent(world.new_id("consent"), hers, channel, world.true))
    return f"{hers} agrees to {channel}"


def _opted_out(world: World, records: Records) -> str:
    hers, channel = somebody(world, records).id, world.chance.choice((None, *Channel))
    entry = world.new_id("refusal")
    refuse(records, hers, channel, at=records._clock(), source="opt_out_link", entry_id=entry)
    return f"{hers} opts out of {channel}"


def _refused_elsewhere(world: World, records: Records) -> str:
    """An import brings that she refused; nobody has gone through what waits for her."""
    hers, channel = somebody(world, records).id, world.chance.choice((None, *Channel))
    records.put(consent(world.new_id("refusal"), hers, channel, world.true, ConsentState.REFUSED))
    return f"{hers} is imported as refusing {channel}"


def _import(world: World, records: Records) -> str:
    """A file comes in: many changes in one transaction."""
    made: list[Record] = []
    for _ in range(world.chance.randint(5, 25)):
        hers = somebody(world, records)
        made += [
            order(world.new_id("order"), hers.id, _shop(world), world.true - timedelta(days=2)),
            hers.model_copy(update={"points": hers.points + 10}),
        ]
    newcomer = world.new_id("imported")
    made.append(
        Customer(
            id=newcomer, member_number=newcomer, family_name="輸入", given_name=newcomer, home_shop_id=_shop(world)
        )
    )
    records.put_many(made)
    return f"import of {len(made)}"


def _merged(world: World, records: Records) -> str:
    kept, other = somebody(world, records).id, somebody(world, records).id
    try:
        merge_customers(records.conn, records._clock, kept, other, merge)
    except (Conflict, NotFound) as error:
        return f"no merge: {error.code}"
    world.seen["merge"] += 1
    return f"{other} is merged into {kept}"


_WORKS: tuple[Work, ...] = (
    _bought,
    _visited,
    _visit_struck_out,
    _order_moved,
    _moved_house,
    _moved_house,
    _in_charge,
    _staff_moved,
    _new_pin,
    _renamed,
    _browsed,
    _booked,
    _to_do,
    _no_more_to_do,
    _stock,
    _stock,
    _stock_gone,
    _stock_elsewhere,
    _shop_moved,
    _shop_moved,
    _shop_opened,
    _shop_closed,
    _agreed,
    _opted_out,
    _refused_elsewhere,
    _refused_elsewhere,
    _import,
    _merged,
    _merged,
)
