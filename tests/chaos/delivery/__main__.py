"""`make chaos-delivery`: one run, its figures added to `build/chaos/delivery.json`.

python -m tests.chaos.delivery --messages 10000 --kills 500 [--database postgresql] [--seed NAME]
"""

import argparse
import json
import logging
import secrets
import signal
import sys
from pathlib import Path

from tests.chaos.delivery.run import Plan, Result, one_run

BUILD = Path("build/chaos")


def record(result: Result) -> None:
    """Add a run's figures to the file."""
    path = BUILD / "delivery.json"
    runs = json.loads(path.read_text()) if path.exists() else []
    BUILD.mkdir(parents=True, exist_ok=True)
    runs.append(
        {
            "seed": result.plan.seed,
            "database": result.plan.database,
            "line": result.line(),
            "states": dict(result.verdict.states),
            "under_way": result.under_way,
            "timeouts": result.timeouts,
            "faults": result.faults,
            "opt_outs": result.opt_outs,
            "seconds": round(result.seconds, 1),
        }
    )
    path.write_text(json.dumps(runs, indent=1) + "\n")


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.chaos.delivery", description=__doc__)
    ask.add_argument("--messages", type=int, default=10_000)
    ask.add_argument("--kills", type=int, default=500)
    ask.add_argument("--workers", type=int, default=Plan.workers)
    ask.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    ask.add_argument("--seed", default="")
    asked = ask.parse_args()
    logging.disable(logging.CRITICAL)  # what the product says of a killed worker belongs into the processes' own logs
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # a run that is told to end takes its processes with it
    seed = asked.seed or secrets.token_hex(4)
    plan = Plan(seed=seed, messages=asked.messages, kills=asked.kills, workers=asked.workers, database=asked.database)
    result = one_run(plan, keep=BUILD / "kept")
    record(result)
    for each in result.verdict.sentences[:20]:
        print(each)
    print(
        f"seed {seed} over {plan.database}, {result.seconds:.0f} s: {result.faults} faults injected, {result.timeouts} of "
        f"them timeouts; {result.under_way} attempts under way at kills; {result.opt_outs} opt-outs; "
        + ", ".join(f"{state} {count}" for state, count in sorted(result.verdict.states.items()))
    )
    print(result.line(), flush=True)
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main())
