"""`make chaos-processes`: runs, one after the other, whose figures add up in `build/chaos/processes.json`.

python -m tests.chaos.processes --kills 200 --runs 1 [--seed NAME] [--commands 5000]
"""

import argparse
import json
import logging
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

from tests.chaos.processes.run import Plan, Result, one_run

BUILD = Path("build/chaos")
TOTALS = BUILD / "processes.json"


def total(runs: list[dict[str, Any]]) -> str:
    """Return the sum of all runs in one line."""
    kills, commands, wrong = (sum(run[name] for run in runs) for name in ("kills", "commands", "violations"))
    return f"{kills} kills, {commands} commands, {wrong} violations"


def record(result: Result) -> list[dict[str, Any]]:
    """Add a run's figures to the file, and return all of them."""
    runs: list[dict[str, Any]] = json.loads(TOTALS.read_text())["runs"] if TOTALS.exists() else []
    runs.append(
        {
            "seed": result.seed,
            "kills": result.kills.total(),
            "killed": dict(result.kills),
            "restarts": result.restarts,
            "ended": dict(result.ended),
            "commands": result.commands,
            "seconds": round(result.seconds, 1),
            "converged": round(result.converged, 1),
            "violations": len(result.violations),
        }
    )
    kept = {
        "runs": runs,
        "sum": total(runs),
        "seconds": round(sum(run["seconds"] for run in runs), 1),
        "slowest": max(run["converged"] for run in runs),
    }
    BUILD.mkdir(parents=True, exist_ok=True)
    temporary = TOTALS.with_suffix(".new")
    temporary.write_text(json.dumps(kept, indent=1) + "\n")
    temporary.replace(TOTALS)
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--commands", type=int, help="at least so many; by default 25 for each kill")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", default="")
    parser.add_argument("--pace", type=float, default=Plan.pace, help="commands a second and tablet")
    parser.add_argument("--bursts", type=float, default=Plan.bursts_a_second, help="bursts of kills a second")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # what the product says of a killed database belongs into the processes' own logs
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # a run that is told to end takes its processes with it
    bad = 0
    for number in range(asked.runs):
        seed = f"{asked.seed or secrets.token_hex(4)}-{number}"
        plan = Plan(
            seed=seed,
            kills=asked.kills,
            commands=asked.kills * 25 if asked.commands is None else asked.commands,
            pace=asked.pace,
            bursts_a_second=asked.bursts,
        )
        result = one_run(plan, keep=BUILD / "kept")
        bad += len(result.violations)
        for each in result.violations[:20]:
            print(f"seed {seed}: {each}")
        runs = record(result)
        print(f"seed {seed}: {dict(result.kills)} killed, {result.restarts} restarts, ended {dict(result.ended)}")
        print(f"all {len(runs)} runs: {total(runs)}, {sum(run['seconds'] for run in runs):.0f} s")
        print(f"{total(runs[-1:])}, converged in {result.converged:.1f} s", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
