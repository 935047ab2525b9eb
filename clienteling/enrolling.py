"""`clienteling admin enrol`: one code for whoever stands there, or a file of them for whoever prepares devices."""

import os
from collections.abc import Callable
from pathlib import Path

from sync.errors import BadField
from sync.policy import qr
from sync.policy.invitation import link, trustworthy
from sync.settings import ServerSettings

Say = Callable[[str], None]


def one_code(
    settings: ServerSettings, say: Say, *, shop: str, minutes: int, server: str, png: Path | None, picture: bool
) -> None:
    """Print a one-time code; with `picture` its QR code too, and with `png` write that to a new file."""
    from sync.server.admin import enrolment_code
    from sync.server.setup import public_url

    address = _address(server or public_url(settings), insist=png is not None or picture)
    code = enrolment_code(settings, shop, minutes)
    say(code)
    if png is not None:
        _write(png, qr.png(link(address, code)))
    if picture:
        say(qr.terminal(link(address, code)))
        say(f"For one device of {shop}, within {minutes} minutes. It will reach the server at {address}")


def many_codes(
    settings: ServerSettings, say: Say, *, file: Path, days: int, server: str, out: Path | None, sheet: Path | None
) -> None:
    """Make a code for each row of a file; print them as CSV or write them to `out`, and with `sheet` a page to print."""
    from sync.server import admin, kitting
    from sync.server.setup import public_url

    address = _address(server or public_url(settings), insist=True)
    for path in (out, sheet):
        if path is not None and path.exists():
            raise BadField(f"{path} is there already; no code was made.", field="out")
    kitted = admin.kitting_codes(settings, file, days)
    listed = kitting.as_csv(kitted, address)
    if out is None:
        say(listed.rstrip())
    else:
        _write(out, listed.encode("utf-8-sig"))  # with the mark by which Excel knows UTF-8
        say(f"{out}: {len(kitted)} codes, good for {days} days")
    if sheet is not None:
        _write(sheet, kitting.as_sheet(kitted, address).encode())
        say(f"{sheet}: a page to print")


def _address(server: str, *, insist: bool) -> str:
    if insist and not trustworthy(server):
        raise BadField(
            f"{server} cannot stand in a QR code: tablets take only https:// addresses from one (http:// of the same "
            "machine, to try things). Say it with --server, or set CLIENTELING_PUBLIC_URL.",
            field="server",
        )
    return server


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read: whoever has a code can enrol a device."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadField(f"{path} is there already.", field="out") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
