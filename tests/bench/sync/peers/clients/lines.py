"""The loop of a peer's client: JSON lines in, answers out. Runs in the peer's interpreter, so it imports nothing of ours."""

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def serve(work: dict[str, Callable[..., Any]]) -> None:
    """Answer requests from stdin until it ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"answer": work[request.pop("do")](**request)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def records_of(path: str) -> list[dict[str, Any]]:
    with Path(path).open(encoding="utf-8") as lines:
        return [{"payload": line.rstrip("\n")} | json.loads(line) for line in lines]


def sure(what: str, found: object, wanted: object) -> None:
    """Raise where the client does not hold what it must."""
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} instead of {wanted!r}")
