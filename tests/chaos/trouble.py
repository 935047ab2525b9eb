"""What befalls a run beside the network and deaths: clocks set wrong, files damaged, devices revoked, servers restored,
versions that do not fit."""

import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

from sync.errors import ClientelingError
from tests.chaos.network import NEWEST, OLDEST
from tests.chaos.post import Post
from tests.chaos.server import SimServer
from tests.chaos.tablet import Tablet
from tests.chaos.world import Strayed, World

PAGE = 4096
_JUMPS = (timedelta(minutes=10), timedelta(minutes=-10), timedelta(days=1), timedelta(days=-1))


def strike(world: World, server: SimServer, post: Post, tablets: list[Tablet]) -> None:
    """Let whatever is due to go wrong at this step go wrong."""
    chance, faults, tablet = world.chance, world.faults, world.chance.choice(tablets)
    if world.strikes(faults.clocks):
        _jump(world, chance.choice((server.clock, *(each.clock for each in tablets))))
    if world.strikes(faults.damage):
        damage_cache(world, tablet)
    if world.strikes(faults.damage / 2):
        damage_device(world, tablet)
    if world.strikes(faults.restore) and server.up:
        if server.backup is not None:
            server.restore()
            post.forget()
        else:
            server.back_up()
    if world.strikes(faults.revoke) and server.up:
        revoke(world, server, tablet)
    if world.strikes(faults.versions):
        _versions(world, tablet)
    if world.strikes(faults.lost / 2):
        tablet.line.out = chance.random() < 0.5
        tablet.line.back = chance.random() < 0.5
        world.note(
            f"{tablet.name}: requests {'pass' if tablet.line.out else 'do not pass'}, "
            f"answers {'pass' if tablet.line.back else 'do not pass'}"
        )


def _jump(world: World, clock: Strayed) -> None:
    clock.off = timedelta() if clock.off and world.chance.random() < 0.5 else world.chance.choice(_JUMPS)
    world.seen["clock jumped"] += 1
    world.note(f"a clock is off by {clock.off}")


def revoke(world: World, server: SimServer, tablet: Tablet) -> None:
    device_id = tablet.client.device_id if tablet.client is not None else None
    if device_id is not None:
        with suppress(ClientelingError):
            server.request("revoke", lambda: server.revoke(device_id))
            world.seen["revoked"] += 1
            world.note(f"{tablet.name} is revoked")


def _versions(world: World, tablet: Tablet) -> None:
    """The tablet's cache, the server, or the program turns out to be of another version."""
    roll = world.chance.random()
    if roll < 0.4:
        tablet.close()
        with closing(sqlite3.connect(tablet.data / "cache.db")) as plain, suppress(sqlite3.DatabaseError):
            plain.execute(f"PRAGMA user_version = {world.chance.choice((1, 99))}")
        tablet.line.used.clear()
        world.note(f"{tablet.name}: its cache is of another version")
    elif roll < 0.8:
        tablet.line.protocol = OLDEST if tablet.line.protocol == NEWEST else NEWEST
        world.note(f"{tablet.name} speaks protocol {tablet.line.protocol}")
    else:
        tablet.line.turned_away = not tablet.line.turned_away
        world.note(f"{tablet.name}: its program is {'too old' if tablet.line.turned_away else 'spoken again'}")
    world.seen["version changed"] += 1


def damage_cache(world: World, tablet: Tablet) -> None:
    """Spoil the cache file while the program is not running."""
    tablet.close()
    path = tablet.data / "cache.db"
    if not path.exists():
        return
    spoil = world.chance.choice((_cut, _garbage, _zero_page, _noise_page, _gone))
    spoil(world, path)
    tablet.line.used.clear()
    world.seen["cache damaged"] += 1
    world.note(f"{tablet.name}: cache {spoil.__name__.strip('_')}")


def _cut(world: World, path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: world.chance.randint(0, len(content))])


def _garbage(world: World, path: Path) -> None:
    path.write_bytes(world.chance.randbytes(world.chance.choice((0, 100, 5_000, 50_000))))


def _zero_page(world: World, path: Path) -> None:
    _write_page(world, path, bytes(PAGE))


def _noise_page(world: World, path: Path) -> None:
    _write_page(world, path, world.chance.randbytes(PAGE))


def _gone(world: World, path: Path) -> None:
    path.unlink()


def _write_page(world: World, path: Path, content: bytes) -> None:
    pages = path.stat().st_size // PAGE
    if pages:
        with path.open("r+b") as file:
            file.seek(world.chance.randrange(pages) * PAGE)
            file.write(content)


def damage_device(world: World, tablet: Tablet) -> None:
    """Spoil one page of `device.db`, not the first; note which commands cannot be read from it any more by anybody."""
    tablet.close()
    path = tablet.data / "device.db"
    if not path.exists() or path.stat().st_size < 2 * PAGE:
        return
    before = set(_readable(path))
    pages = path.stat().st_size // PAGE
    page = world.chance.randrange(1, pages)
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(world.chance.choice((bytes(PAGE), b"\xff" * PAGE)))
    lost = before - set(_readable(path))
    tablet.destroyed |= lost
    world.seen["device.db damaged"] += 1
    world.note(f"{tablet.name}: page {page} of {pages} of device.db destroyed, with {len(lost)} commands on it")


def _readable(path: Path) -> list[str]:
    """Return the ids of the outbox's rows that can still be read, each looked for by itself."""
    found: list[str] = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
        for number in range(1, 400):
            with suppress(sqlite3.DatabaseError):
                found += [row[0] for row in plain.execute("SELECT id FROM outbox WHERE rowid = ?", (number,))]
    return found
