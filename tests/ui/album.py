"""Takes pictures of screens in every way to hold and to read them: `python -m tests.ui.album /queue /holds --offline`.

Without addresses all of them. Over the sample shop with something in hand, in one browser;
`build/album/<screen>-<state>-<width>-<look>-<language>.png`. States can be joined: `--stale --offline`.
"""

import argparse
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, cast

from sync.model.base import Record
from sync.model.customer import Customer
from sync.model.shop import Staff
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.in_hand import in_hand
from tests.ui.laid_out import Laid, laid_out
from tests.ui.sample import MINORU, MISAKI, MORI, NOW, SUZUKI, everything, shop_records
from tests.ui.test_accessible import ADDRESSES

Way = tuple[tuple[int, int], Literal["light", "dark"], str]
WAYS: tuple[Way, ...] = (
    ((1180, 820), "light", "ja"),
    ((820, 1180), "dark", "en"),
    ((412, 915), "light", "en"),
    ((412, 915), "dark", "ja"),
)
"""Each size, each brightness and each language at least once."""
PEOPLE = {"associate": MISAKI, "junior": SUZUKI, "stylist": MORI, "manager": MINORU}
"""Who looks at it: the junior may not send by herself, the stylist helps out from another shop."""
STALE = timedelta(days=3, hours=2)
"""How long ago a tablet synced last that has lost touch."""
LONG = "勅使河原 𠮷太郎左衛門尉橘ノ朝臣", "ﾃｼｶﾞﾜﾗ Maximiliane Alexandra von Hohenstaufen"
"""A name of a length that happens, with a rare character."""
SETTLE = 600
"""Milliseconds for pictures to be drawn; only a picture waits for time, a test never does."""


class Torn(MemoryCache):
    """Knows shops and staff, and fails at everything else that a screen reads."""

    def records(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Record]:
        raise OSError

    def customer_range(self, customer_id: str) -> list[Record]:
        raise OSError


def way_of(text: str) -> Way:
    """Read a way such as `820x1180-dark-en`."""
    size, look, language = text.split("-")
    width, height = size.split("x")
    if look not in ("light", "dark") or language not in ("ja", "en"):
        raise ValueError(text)
    return (int(width), int(height)), cast("Literal['light', 'dark']", look), language


def named_long(device: FakeDevice) -> None:
    """Give everybody a long name with a rare character."""
    for one in device.cache.of(Customer):
        device.cache.put(one.model_copy(update={"family_name": LONG[0][:4], "given_name": LONG[0][5:]}))
    for person in device.cache.of(Staff):
        device.cache.put(person.model_copy(update={"family_name": LONG[0][:4], "name_en": LONG[1]}))


def shoot(laid: Laid, out: Path, address: str, staff_id: str, way: Way, state: str = "") -> None:
    size, look, language = way
    laid.page.emulate_media(color_scheme=look)
    laid.go(address, staff_id=staff_id, language=language, size=size)
    laid.page.wait_for_timeout(SETTLE)
    name = re.sub(r"\W+", "-", address).strip("-") or "home"
    path = out / f"{name}{state}-{size[0]}-{look}-{language}.png"
    laid.page.screenshot(path=path)
    print(path, flush=True)


def shop(
    *,
    empty: bool = False,
    failing: bool = False,
    long: bool = False,
    offline: bool = False,
    stale: bool = False,
    first: bool = False,
    closed: bool = False,
) -> FakeDevice:
    """Return a tablet in a state. It is so from the start, as every session is told of changes only."""
    records = shop_records() if empty or closed else [*everything(), *in_hand()]
    device = FakeDevice(Torn(records) if failing else MemoryCache(records))
    if long:
        named_long(device)
    away = offline or closed
    synced = None if first else NOW - STALE if stale else NOW
    device.state = replace(
        device.state,
        online=not away,
        last_synced_at=synced,
        waiting=2 if away else 0,
        messages=("lease_over",) if closed else (),
    )
    return device


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("addresses", nargs="*", default=ADDRESSES)
    parser.add_argument("--as", dest="who", choices=PEOPLE, default="associate", help="as whom")
    parser.add_argument("--way", action="append", type=way_of, help="e.g. 820x1180-dark-en; several may be given")
    parser.add_argument("--large", action="store_true", help="with letters of twice their size")
    states = {
        "offline": "without a network, with two things saved and not sent",
        "empty": "a shop without customers",
        "long": "with long names",
        "failing": "where nothing can be read",
        "stale": "synced three days ago for the last time",
        "first": "before the first sync was done",
        "closed": "offline for so long that customers are closed",
    }
    for state, words in states.items():
        parser.add_argument(f"--{state}", action="store_true", help=words)
    parser.add_argument("--out", type=Path, default=Path("build/album"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    device = shop(**{state: getattr(given, state) for state in states})
    named = [state for state in (*states, "large") if getattr(given, state)]
    state = "".join(f"-{one}" for one in (*named, *([given.who] if given.who != "associate" else [])))
    with laid_out(device, scale=2.0 if given.large else 1.0) as laid:
        for address in given.addresses:
            for way in given.way or WAYS:
                try:
                    shoot(laid, given.out, address, PEOPLE[given.who], way, state)
                except AssertionError as problem:
                    print("LOST", address, way, problem, flush=True)


if __name__ == "__main__":
    main()
