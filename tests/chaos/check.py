"""What must hold: at every step on each tablet, and between tablets, server and providers once everything has healed."""

import json
from collections import Counter
from contextlib import suppress

from sync.client import Client
from sync.client.effects import makes
from sync.errors import ClientelingError
from sync.model import commands as c
from sync.model.customer import Customer, WebActivity
from sync.sealed.vault import Unsealable
from tests.chaos.house import SHOPS
from tests.chaos.post import Post
from tests.chaos.server import SimServer
from tests.chaos.tablet import Act, Tablet
from tests.chaos.view import Records, cache_of, scope_of, table, without_old_browsing
from tests.chaos.world import World

_TABLES = {
    "visit": "visits",
    "customer": "customers",
    "interaction": "interactions",
    "message": "messages",
    "promise": "promises",
    "slip": "slips",
    "hold": "holds",
}
_FAULTS_OF_OURS = ("server_fault", "unacceptable", "conflict", "bad_field", "bad_input", "too_large")
"""Reasons that no refusal here may have: nothing that staff do in a run is nonsense."""


def at_every_step(world: World, tablet: Tablet) -> None:
    """A tablet keeps, and shows, what it has taken and the server has not answered."""
    if tablet.client is None:
        return
    outbox = tablet.outbox()
    for act in tablet.acts.values():
        if act.recalled:
            continue
        row = outbox.get(act.command_id)
        if row is None:
            if not act.answered and act.command_id not in tablet.destroyed:
                world.violated(f"{tablet.name} has lost {act.command_id} ({act.command.type})")
                act.recalled = True
            continue
        act.answered = act.answered or row[0] != "waiting"
        if row[0] == "waiting" and _open(tablet.client) and not _shown(tablet.client, act):
            world.violated(f"{tablet.name} does not show its own {act.command_id} ({act.command.type})")


def _open(client: Client) -> bool:
    """While its lease is over, a tablet shows nothing of what is waiting."""
    return client.enrolled and not client.shut


def _shown(client: Client, act: Act) -> bool:
    made = makes(act.command)
    if made is None:
        return True
    if made[0] == "hold":  # in clear, for everybody's count: it is nobody's profile's
        return any(one.id == made[1] for one in client.cache.records("hold"))
    there = any((one.kind, one.id) == made for one in client.cache.customer_range(act.command.customer_id))
    return there and client.cache.record(*made) is not None


def in_the_end(world: World, server: SimServer, post: Post, tablets: list[Tablet]) -> None:
    """Everything has healed: all sides agree, and nothing is on the way any more."""
    for tablet in tablets:
        _commands(world, server, tablet)
        if not tablet.revoked:
            _cache(world, server, tablet)
    _order(world, server)
    _messages(world, server, post)


def _commands(world: World, server: SimServer, tablet: Tablet) -> None:
    outbox = tablet.outbox()
    assert tablet.client is not None
    shown = {one.command_id for one in tablet.client.status().refused}
    log = {str(row[0]): json.loads(str(row[1])) for row in server.rows("SELECT id, outcome FROM command_log")}
    runs = Counter((str(row[0]), str(row[1])) for row in server.rows("SELECT what, subject_id FROM audit"))
    for act in tablet.acts.values():
        _command(world, server, tablet, act, outbox, shown, log.get(act.command_id), runs)


def _command(
    world: World,
    server: SimServer,
    tablet: Tablet,
    act: Act,
    outbox: dict[str, tuple[str, int | None, int]],
    shown: set[str],
    outcome: dict[str, object] | None,
    runs: Counter[tuple[str, str]],
) -> None:
    what = f"{tablet.name}'s {act.command_id} ({act.command.type})"
    state = outbox[act.command_id][0] if act.command_id in outbox else ""
    if act.recalled:
        if outcome is not None:
            world.violated(f"{what} was taken back, and is on the server")
        return
    if act.command_id in tablet.destroyed and not state:
        return  # nobody can know what was on a destroyed page
    if state == "waiting":
        if not tablet.revoked:
            world.violated(f"{what} is stuck")
        return
    if not state and not act.answered:
        world.violated(f"{what} is lost")
    if act.command_id in server.restored and outcome is None:
        return  # it was answered, and then the server's history was taken back to before it
    if outcome is None:
        world.violated(f"{what} is not on the server, though it was answered")
        return
    reason = outcome.get("reason")
    code = str(reason["code"]) if isinstance(reason, dict) else ""
    if code in _FAULTS_OF_OURS:
        world.violated(f"{what} was refused for {code}")
    if state == "refused" and outcome["accepted"] and act.command_id not in server.restored:
        world.violated(f"{what} is both refused on the tablet and done on the server")
    if not outcome["accepted"] and state == "sent" and act.command_id not in server.restored:
        world.violated(f"{what} is refused by the server and sent on the tablet")
    if state == "refused" and not act.dismissed and act.command_id not in shown:
        world.violated(f"{what} is refused, and nobody can see it")
    _effect(world, server, act, what, done=bool(outcome["accepted"]), runs=runs)


def _effect(
    world: World, server: SimServer, act: Act, what: str, *, done: bool, runs: Counter[tuple[str, str]]
) -> None:
    """What the command makes is there if it was done, and was made once."""
    made = makes(act.command)
    # a draft is written several times under one id; a stop enters nothing where everything is stopped already
    if made is None or isinstance(act.command, c.QueueMessage | c.StopContact):
        return
    kind, record_id = made
    there = server.rows(f"SELECT count(*) FROM {_TABLES[kind]} WHERE id = ?", record_id)[0][0]
    there = there or (
        kind == "customer" and server.rows("SELECT count(*) FROM customer_aliases WHERE alias = ?", record_id)[0][0]
    )
    if bool(there) != done:
        world.violated(f"{what} was {'done' if done else 'refused'}, and {record_id} is {'there' if there else 'not'}")
    name = {"visit": "check_in", "interaction": "log_interaction"}.get(kind)
    times = runs[name, record_id] if name else 0
    if name and times != int(done):
        world.violated(f"{what} was carried out {times} times")


def _cache(world: World, server: SimServer, tablet: Tablet) -> None:
    """The tablet holds what the server says it should, finds it, and finds nothing else."""
    client, shop_id = tablet.client, SHOPS[tablet.shop_code]
    assert client is not None
    if not client.enrolled:
        world.violated(f"{tablet.name} is not enrolled after all")
        return
    now = world.true + tablet.server.clock.off
    theirs = without_old_browsing(scope_of(server, shop_id), now)
    kept = server.rows("SELECT version, key_hex FROM scope_keys WHERE scope = ?", f"shop:{shop_id}")
    keys = {int(str(version)): bytes.fromhex(str(key)) for version, key in kept}
    try:
        ours = cache_of(tablet.data / "cache.db", f"shop:{shop_id}", keys)
    except (ValueError, Unsealable) as error:
        world.violated(f"{tablet.name}'s cache does not read back: {error}")
        return
    if tablet.server.silently_restored:  # no digest speaks of browsing, which is forgotten after 30 days anyway
        theirs, ours = _without_browsing(theirs), _without_browsing(ours)
    for said in _differences(theirs, ours):
        world.violated(f"{tablet.name}: {said}")
    _everywhere(world, server, tablet)
    everybody = {one["id"]: one for one in table(server, "customers")}
    visiting = {row[0] for row in client.cache._rows("SELECT customer_id FROM visiting")}
    for customer_id, one in everybody.items():
        wanted = ("customer", customer_id) in theirs
        if customer_id in visiting and not wanted:
            continue
        name = f"{one['family_name']} {one.get('given_name', '')}"
        found = {hit.id for hit in client.cache.search_customers(name, limit=100)}
        if (customer_id in found) != wanted:
            world.violated(f"{tablet.name} {'does not find' if wanted else 'still finds'} {customer_id}")
        record = client.cache.record("customer", customer_id)
        if wanted and record != Customer.model_validate(one):
            world.violated(f"{tablet.name} shows another {customer_id} than the server")
        for alias in one.get("aliases", ()) if wanted else ():
            if not any(each.id == customer_id for each in client.cache.customer_range(alias)):
                world.violated(f"{tablet.name} does not know {customer_id} by her former id {alias}")


def _everywhere(world: World, server: SimServer, tablet: Tablet) -> None:
    """Where something lies in all shops is what the server has, of the near ones and of the others."""
    assert tablet.client is not None
    with suppress(ClientelingError):
        told = tablet.client.fetch_stock("product-1")
        shops = {one["id"] for one in table(server, "shops")}
        theirs = {(one["variant_id"], one["shop_id"], one["quantity"]) for one in table(server, "stock_levels")}
        ours = {one[:3] for one in told.levels}
        if {one for one in theirs if one[1] in shops} - ours or ours - theirs:
            world.violated(f"{tablet.name} says that {sorted(ours ^ theirs)} lie elsewhere")
        world.seen["stock asked" if told.beyond else "stock all here"] += 1


def _without_browsing(records: Records) -> Records:
    return {key: one for key, one in records.items() if key[0] != WebActivity.kind}


def _differences(theirs: Records, ours: Records) -> list[str]:
    said = [f"{kind} {record_id} is missing" for kind, record_id in sorted(theirs.keys() - ours.keys())]
    said += [f"{kind} {record_id} should not be there" for kind, record_id in sorted(ours.keys() - theirs.keys())]
    said += [f"{key[0]} {key[1]} differs" for key in sorted(theirs.keys() & ours.keys()) if theirs[key] != ours[key]]
    return said[:5]


def _order(world: World, server: SimServer) -> None:
    """Each device's commands were carried out in the order it gave them. Those that a restored server has forgotten may
    come again after later ones, with a request that was under way all the time."""
    last: dict[str, int] = {}
    for command_id, device, seq in server.rows("SELECT id, device_id, seq FROM command_log ORDER BY rowid"):
        if command_id in server.restored:
            continue
        if int(str(seq)) <= last.get(str(device), 0):
            world.violated(f"{device} was overtaken by itself at {seq}")
        last[str(device)] = int(str(seq))


def _messages(world: World, server: SimServer, post: Post) -> None:
    """Every message came to an end, and the end is what it says."""
    delivered = {taken.message_id for taken in post.book.values()}
    for message in table(server, "messages"):
        state, what = message["state"], f"{message['id']} ({message['channel']})"
        if message.get("direction") == "in":
            continue
        if state in ("queued", "sending"):
            world.violated(f"{what} is still {state}")
        if state in ("sent", "delivered") and message["id"] not in delivered and not world.seen["restored"]:
            world.violated(f"{what} is {state}, and the provider never had it")
        if state in ("failed", "blocked", "cancelled") and message["id"] in delivered:
            world.violated(f"{what} is {state}, and the provider has delivered it")
    if post.jobs():
        world.violated(f"attempts are left over: {post.jobs()}")


def reads_everything(client: Client) -> None:
    """Look at every record there is, as staff would over some days: what is damaged is then known to be."""
    for kind in ("customer", "interaction", "visit", "message", "contact", "follow_up", "appointment", "order"):
        client.cache.records(kind)
    for kind in (
        "membership_key",
        "consent",
        "web_activity",
        "staff_pin",
        "shift",
        "product",
        "variant",
        "stock_level",
    ):
        client.cache.records(kind)
    for customer in client.cache.records("customer"):
        client.cache.customer_range(customer.id)
    client.cache.retailer(), client.cache.shops(), client.cache.staff()
