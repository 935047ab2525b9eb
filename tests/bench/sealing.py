"""`python -m tests.bench.sealing`: what sealing costs a tablet, the same work beside itself with nothing sealed.

Unsealed means: the same code over the same rows, with a vault that hands bytes through. From a scan to the profile is what the
tablet does from the code's letters to the records of her range; a first sync is taking everything in by pages, the image of
names included. Both sides in turns, five rounds; the ratio of the medians is what counts.
"""

import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.cache import Cache
from sync.policy.membership import CodeVerdict, check_code, make_code, parse_code
from sync.protocol import Row
from sync.sealed.vault import Vault
from tests.bench.__main__ import pull, rows

ROUNDS = 5
PROFILES = 400
APP = "00" * 9
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class Open(Vault):
    """Seals nothing."""

    def seal(self, kind: str, record_id: str, plain: bytes) -> bytes:
        return plain

    def open(self, kind: str, record_id: str, blob: bytes) -> bytes:
        return blob


def first_sync(cache: Cache, everything: list[Row]) -> float:
    """Return seconds."""
    return pull(cache, everything)


def scan_to_profile(cache: Cache, ids: list[str]) -> float:
    """Return the median of microseconds from the code as it was read to the records of her range."""
    public, text = KEY.public_key().public_bytes_raw().hex(), make_code(KEY, 7, APP, NOW)
    times = []
    for number in range(PROFILES):
        hers = ids[number * 13 % len(ids)]
        start = time.perf_counter()
        verdict = check_code(parse_code(text), retailer=7, public_key=public, now=NOW)
        records = cache.customer_range(hers)
        times.append((time.perf_counter() - start) * 1e6)
        assert verdict is CodeVerdict.VALID
        assert records
    return statistics.median(times)


def main() -> None:
    everything = rows()
    ids = [row.id for row in everything if row.kind == "customer"]
    found: dict[tuple[str, str], list[float]] = {}
    before = os.getloadavg()[0]
    with TemporaryDirectory() as folder:
        for turn in range(ROUNDS):
            for side, make in (("sealed", Vault), ("unsealed", Open)):
                cache = Cache(Path(folder) / f"{side}-{turn}.db")
                cache.open()
                cache.unlock(make("shop:bench", {1: bytes(range(32))}))
                found.setdefault(("first sync, s", side), []).append(first_sync(cache, everything))
                found.setdefault(("scan to profile, us", side), []).append(scan_to_profile(cache, ids))
                cache.close()
    for what in ("first sync, s", "scan to profile, us"):
        sealed, unsealed = (statistics.median(found[what, side]) for side in ("sealed", "unsealed"))
        print(f"{what}: sealed {sealed:,.3f}, unsealed {unsealed:,.3f}, ratio {sealed / unsealed:.2f}")
    print(f"load average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
