"""`python -m tests.bench.opt_out [WAY ...]`: how soon a customer's stop is on every tablet, for each way she can take.

Real processes (server, worker, PostgreSQL), real HTTP and SMTP, two tablets on the live channel with sealing on. Nothing is
asserted: a benchmark measures. Target: at most 5 s.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.acceptance.opting_out import WAYS, running_house, take

TIMES = 5


def main() -> None:
    with TemporaryDirectory() as folder, running_house(Path(folder)) as house:
        for place, way in enumerate(sys.argv[1:] or WAYS):
            reached = [take(house, way, 3000 + place * 100 + number) for number in range(TIMES)]
            slowest = [max(each.seconds) for each in reached]
            print(
                f"{way}: slowest tablet of {TIMES} times {max(slowest):.2f} s (median {sorted(slowest)[TIMES // 2]:.2f} s);"
                f" draft refused with {reached[0].refused}; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
