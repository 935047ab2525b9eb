"""Takes pictures of screens in every way to hold and to read them: `python -m tests.ui.album /queue /holds --offline`.

Without addresses all of them. Over the sample shop, in one browser; `build/album/<screen>-<width>-<look>-<language>.png`.
"""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

from sync.model.customer import Customer
from sync.model.shop import Staff
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.laid_out import Laid, laid_out
from tests.ui.sample import MINORU, MISAKI, shop_records
from tests.ui.test_accessible import ADDRESSES

Way = tuple[tuple[int, int], Literal["light", "dark"], str]
WAYS: tuple[Way, ...] = (
    ((1180, 820), "light", "ja"),
    ((820, 1180), "dark", "en"),
    ((412, 915), "light", "en"),
    ((412, 915), "dark", "ja"),
)
"""Each size, each brightness and each language at least once."""
LONG = "勅使河原 𠮷太郎左衛門尉橘ノ朝臣", "ﾃｼｶﾞﾜﾗ Maximiliane Alexandra von Hohenstaufen"
"""A name of a length that happens, with a rare character."""
SETTLE = 600
"""Milliseconds for pictures to be drawn; only a picture waits for time, a test never does."""


def named_long(device: FakeDevice) -> None:
    """Give everybody a long name with a rare character."""
    for one in device.cache.of(Customer):
        device.cache.put(one.model_copy(update={"family_name": LONG[0][:4], "given_name": LONG[0][5:]}))
    for person in device.cache.of(Staff):
        device.cache.put(person.model_copy(update={"family_name": LONG[0][:4], "name_en": LONG[1]}))


def shoot(laid: Laid, out: Path, address: str, staff_id: str, way: Way) -> None:
    size, look, language = way
    laid.page.emulate_media(color_scheme=look)
    laid.go(address, staff_id=staff_id, language=language, size=size)
    laid.page.wait_for_timeout(SETTLE)
    name = re.sub(r"\W+", "-", address).strip("-") or "home"
    path = out / f"{name}-{size[0]}-{look}-{language}.png"
    laid.page.screenshot(path=path)
    print(path, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("addresses", nargs="*", default=ADDRESSES)
    parser.add_argument("--manager", action="store_true", help="as a manager sees it")
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--empty", action="store_true", help="a shop without customers")
    parser.add_argument("--long", action="store_true", help="with long names")
    parser.add_argument("--out", type=Path, default=Path("build/album"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    device = FakeDevice()
    if given.empty:
        device = FakeDevice(MemoryCache(shop_records()))
    if given.long:
        named_long(device)
    with laid_out(device, scale=1.0) as laid:
        if given.offline:
            device.state = replace(device.state, online=False)
        for address in given.addresses:
            for way in WAYS:
                try:
                    shoot(laid, given.out, address, MINORU if given.manager else MISAKI, way)
                except AssertionError as problem:
                    print("LOST", address, way, problem, flush=True)


if __name__ == "__main__":
    main()
