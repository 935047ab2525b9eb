"""How the control page and the supervisor speak: two small files, one for what is wanted and one for what is."""

import json
from pathlib import Path
from typing import Any


class ServerSwitch:
    """Whether the server shall run (written by the control page) and whether it does (written by the supervisor)."""

    def __init__(self, folder: Path) -> None:
        self._wanted, self._state = folder / "server.json", folder / "state.json"

    def want(self, run: bool, *, kill: bool = False) -> None:
        """Ask for the server to run or to stop; `kill` ends it without a chance to tidy up."""
        _replace(self._wanted, {"run": run, "kill": kill})

    def wanted(self) -> tuple[bool, bool]:
        """Return (run, kill); a demo nobody has spoken to wants its server to run."""
        asked = _read(self._wanted)
        return bool(asked.get("run", True)), bool(asked.get("kill", False))

    def report(self, **state: Any) -> None:
        """Say how things stand, e.g. `running=True, pid=4711, exit_code=None`."""
        _replace(self._state, state)

    def state(self) -> dict[str, Any]:
        return _read(self._state)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _replace(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(content))
    temporary.replace(path)
