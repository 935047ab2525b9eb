"""Make the sample retailer's files, as a process of its own, so that the demo can be stopped meanwhile.

    python -m sync.sandbox.prepare FOLDER --seed 7 --now 2026-11-05T05:00:00+00:00

Progress goes to standard error, one line a step.
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from sync.sandbox.retailer import generate


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(description="Make the files of the sample retailer.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True, help="ISO 8601 with offset")
    wanted = parser.parse_args()
    generate(wanted.folder, seed=wanted.seed, now=wanted.now, progress=_say)


def _say(step: str, done: int, total: int) -> None:
    print(f"{step} {done:,} / {total:,}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
