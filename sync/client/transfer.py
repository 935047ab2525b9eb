"""How far a snapshot is, left beside what came of it: `clienteling sync status` reads files and asks no running program."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sync.client.types import Transfer

STANDS_STILL = timedelta(seconds=10)
"""Who has told nothing for so long does not move: what time is left is then not known, nor whether the server builds."""
_NAME = "transfer.json"
_TRANSFER = TypeAdapter(Transfer)


def keep(folder: Path, transfer: Transfer | None, at: datetime) -> None:
    """Leave word of it, in one step; None takes it away. Raises OSError."""
    path = folder / _NAME
    if transfer is None:
        path.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f"{_NAME}.new"
    fresh.write_text(json.dumps({"at": at.isoformat(), "transfer": asdict(transfer)}))
    fresh.replace(path)


def found(folder: Path, now: datetime) -> Transfer | None:
    """Return what is on its way, by this device's clock; None where nothing is, or nobody knows."""
    try:
        said = json.loads((folder / _NAME).read_text())
        at, transfer = datetime.fromisoformat(said["at"]), _TRANSFER.validate_python(said["transfer"])
        moves = abs(now - at) <= STANDS_STILL
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None
    if transfer.building:
        return transfer if moves else None
    if not any(folder.glob("*.part")):  # it was taken in, and the program ended before it could say so
        return None
    return transfer if moves else Transfer(building=False, done=transfer.done, total=transfer.total)
