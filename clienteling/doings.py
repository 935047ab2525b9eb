"""Sends what staff did at their tablets, from a file, as those tablets: for the demo's world.

    clienteling admin doings FILE      with the server's settings in the environment

Each shop in the file gets a device of its own, which joins by a one-time code and signs every request like any other.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.errors import BadInput
from sync.ids import new_id
from sync.settings import ServerSettings, load

if TYPE_CHECKING:
    from sync.client.remote import HttpRemote
    from sync.model.commands import Envelope

NAME = "counter-2"
"""What the devices are called in the list of the shop's devices."""
_MEMBER = "member:"


def send(settings: ServerSettings, rows: Iterable[dict[str, Any]]) -> int:
    """Send these rows in order and return how many there were; raise BadInput where the server refuses one.

    `rows`: shop_code, staff_id, at, command; a customer in a command is `member:` and her number.
    """
    from sync.protocol import PushRequest
    from sync.server.admin import customer_ids

    wanted = list(rows)
    numbers = {_number(each["command"]) for each in wanted} - {""}
    ids = customer_ids(settings, numbers)
    with ExitStack() as stack:
        remotes: dict[str, HttpRemote] = {}
        for shop in dict.fromkeys(str(each["shop_code"]) for each in wanted):
            remotes[shop] = stack.enter_context(_tablet(settings, shop))
        sent = 0
        for shop, each in groupby(enumerate(wanted, 1), key=lambda one: str(one[1]["shop_code"])):
            told = [_envelope(seq, row, ids) for seq, row in each]
            outcomes = remotes[shop].push(PushRequest(commands=tuple(told))).outcomes
            for envelope, outcome in zip(told, outcomes, strict=True):
                if not outcome.accepted:
                    why = outcome.reason.code if outcome.reason else ""
                    raise BadInput(f"{envelope.command.type} {envelope.seq} was refused: {why}")
            sent += len(told)
    return sent


def _number(command: dict[str, Any]) -> str:
    whose = str(command.get("customer_id") or command.get("for_customer_id") or "")
    return whose.removeprefix(_MEMBER) if whose.startswith(_MEMBER) else ""


def _envelope(seq: int, row: dict[str, Any], ids: dict[str, str]) -> "Envelope":
    from sync.model.commands import Envelope

    command = dict(row["command"])
    for field in ("customer_id", "for_customer_id"):
        if field in command and (number := _number({field: command[field]})):
            command[field] = ids[number]
    return Envelope.model_validate(
        {
            "id": new_id(),
            "seq": seq,
            "staff_id": row["staff_id"],
            "device_time": datetime.fromisoformat(row["at"]),
            "command": command,
        }
    )


@contextmanager
def _tablet(settings: ServerSettings, shop: str) -> "Iterator[HttpRemote]":
    """A device of this shop; its key and its file go when it is done."""
    from sync.client.device import Device
    from sync.client.keys import load_keys
    from sync.client.remote import HttpRemote
    from sync.client.server_clock import ServerClock
    from sync.protocol import EnrolRequest
    from sync.server.admin import enrolment_code
    from sync.server.setup import clock_of, public_url

    with TemporaryDirectory() as folder:
        keys = load_keys(Path(folder) / "key.json")
        device = Device(Path(folder) / "device.db", keys.own_key)
        clock = ServerClock(clock_of(settings), device)
        remote = HttpRemote(public_url(settings), keys, clock, new_id)
        code = enrolment_code(settings, shop)
        remote.sign_in(
            remote.enrol(EnrolRequest(code=code, name=NAME, public_key=keys.public_jwk(), wrapped=True)).token
        )
        try:
            yield remote
        finally:
            remote.close()
            device.close()


def doings(
    file: Annotated[Path, typer.Argument(help="A JSON list of rows: shop_code, staff_id, at, command.")],
    data: Annotated[Path | None, typer.Option(help="The server's data folder [CLIENTELING_DATA].")] = None,
) -> None:
    """Send what staff did at their tablets, as tablets of their shops: for the demo's world."""
    print(send(load(ServerSettings, data=data), json.loads(file.read_text(encoding="utf-8"))))
