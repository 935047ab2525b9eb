"""Codes for many new devices at once: a file of serial numbers becomes a file of codes and a sheet to print.

    read_rows(path, {"ginza": shop_id}) -> list[Kit]       raises BadFile: all or nothing
    make_codes(engine, clock, path, days) -> list[Kitted]
    as_csv(kitted, server) -> str ; as_sheet(kitted, server) -> str

The file is CSV in UTF-8 with a first line of column names: `serial` and `shop` (its code), and `name` where the devices are
to be called something.
"""

import csv
import io
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from re import compile as pattern
from typing import NamedTuple

from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import BadFile
from sync.model.fleet import SERIAL
from sync.model.shop import Shop
from sync.policy import qr
from sync.policy.invitation import link
from sync.server.database import transaction
from sync.server.enrolment import RandomBytes, new_code
from sync.server.repository import audit
from sync.server.repository.records import Records

MOST_ROWS = 10_000
LONGEST_NAME = 80
_SERIAL = pattern(SERIAL)
_COLUMNS = ("serial", "shop", "name")


class Kit(NamedTuple):
    """One row of the file."""

    serial: str
    shop: str
    shop_id: str
    name: str


class Kitted(NamedTuple):
    """One device that may join."""

    kit: Kit
    code: str
    expires_at: datetime


def make_codes(
    engine: Engine, clock: Clock, path: Path, days: int, *, random_bytes: RandomBytes = secrets.token_bytes
) -> list[Kitted]:
    """Make a code for each row, good for so many days and for the device of its serial number only.

    Raises BadFile that names line and column of each mistake; then no code was made.
    """
    now = clock()
    until = now + timedelta(days=days)
    with transaction(engine) as conn:
        shops = {shop.code: shop.id for shop in Records(conn, clock).of_kind(Shop)}
        kits = read_rows(path, shops)
        made = []
        for kit in kits:
            code = new_code(
                conn, kit.shop_id, now, until, serial=kit.serial, name=kit.name, random_bytes=random_bytes
            )  # fmt: skip
            made.append(Kitted(kit, code, until))
        audit.note_all(
            conn,
            [audit.AuditEntry(at=now, what="enrolment_code", subject_id=kit.shop_id, how="batch") for kit in kits],
        )
    return made


def read_rows(path: Path, shops: Mapping[str, str]) -> list[Kit]:
    """Read a file of serial numbers; `shops` gives the id of each shop's code."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.", file=path.name) from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not in UTF-8 (byte {error.start}).", file=path.name) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="", restval=None)
    mistakes: list[str] = []
    kits: list[Kit] = []
    first_line: dict[str, int] = {}
    try:
        _check_columns(path, reader.fieldnames or ())
        for row in reader:
            line = reader.line_num
            problems = _problems(row, shops)
            serial = (row.get("serial") or "").strip()
            if serial and serial.casefold() in first_line:
                problems.append(("serial", f"{serial} stands in line {first_line[serial.casefold()]} too"))
            first_line.setdefault(serial.casefold(), line)
            mistakes += [f"line {line}, column {column}: {what}" for column, what in problems]
            if not problems:
                code = (row["shop"] or "").strip()
                kits.append(Kit(serial, code, shops[code], (row.get("name") or "").strip()))
    except csv.Error as error:
        mistakes.append(f"line {reader.line_num}: this is no CSV ({error})")
    if not mistakes and not kits:
        mistakes.append("there is no row below the names of the columns")
    if len(kits) > MOST_ROWS:
        mistakes.append(f"there are {len(kits)} rows; a file may have {MOST_ROWS}")
    if mistakes:
        said = "\n  ".join(mistakes[:50] + (["..."] if len(mistakes) > 50 else []))
        raise BadFile(f"{path} was not taken, and no code was made:\n  {said}", file=path.name, mistakes=len(mistakes))
    return kits


def as_csv(kitted: list[Kitted], server: str) -> str:
    """Return the codes as CSV, one device a line: whoever has this file can enrol these devices."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("serial", "shop", "name", "code", "link", "expires_at"))
    for kit, code, expires_at in kitted:
        until = expires_at.isoformat(timespec="seconds")
        writer.writerow((kit.serial, kit.shop, kit.name, code, link(server, code), until))
    return out.getvalue()


def as_sheet(kitted: list[Kitted], server: str) -> str:
    """Return a page to print, a card with a QR code for each device. It loads nothing and runs nothing."""
    cards = "\n".join(
        f"<section>{qr.svg(link(server, code))}<div><h2>{escape(kit.serial)}</h2>"
        f"<p>{escape(kit.shop)}{' · ' + escape(kit.name) if kit.name else ''}</p>"
        f"<code>{escape(code)}</code><p>{expires_at:%Y-%m-%d %H:%M} UTC</p></div></section>"
        for kit, code, expires_at in kitted
    )
    return _PAGE.replace("{cards}", cards)


def _check_columns(path: Path, names: "list[str] | tuple[()] | object") -> None:
    found = list(names) if isinstance(names, list | tuple) else []
    missing = [name for name in ("serial", "shop") if name not in found]
    unknown = [name for name in found if name not in _COLUMNS]
    twice = sorted({name for name in found if found.count(name) > 1})
    said = [f"line 1: there is no column {name}" for name in missing]
    said += [f"line 1, column {name or '(without a name)'}: known are {', '.join(_COLUMNS)}" for name in unknown]
    said += [f"line 1, column {name}: it is there twice" for name in twice]
    if said:
        raise BadFile(f"{path} was not taken, and no code was made:\n  " + "\n  ".join(said), file=path.name)


def _problems(row: Mapping[str, str | None], shops: Mapping[str, str]) -> list[tuple[str, str]]:
    serial, shop, name = ((row.get(column) or "").strip() for column in _COLUMNS)
    found = []
    if "" in row:
        found.append(("(past the last)", "there are more fields than columns"))
    if not serial:
        found.append(("serial", "it is empty"))
    elif not _SERIAL.fullmatch(serial):
        found.append(("serial", f"{serial[:80]!r} is no serial number: letters, digits, spaces and . _ / - only"))
    if not shop:
        found.append(("shop", "it is empty"))
    elif shop not in shops:
        found.append(("shop", f"there is no shop with the code {shop[:40]!r}"))
    if len(name) > LONGEST_NAME or not name.isprintable():
        found.append(("name", f"a name has at most {LONGEST_NAME} characters, and no control characters"))
    if name.startswith(("=", "+", "-", "@")):
        found.append(("name", "a name that begins so would be a formula where the codes are opened"))
    return found


_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>Clienteling</title>
<style>
body { font: 14px/1.5 "BIZ UDPGothic", "Noto Sans JP", sans-serif; margin: 10mm; color: #1e2832 }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 6mm }
section { display: flex; gap: 4mm; align-items: center; border: 1px dashed #999; padding: 4mm; break-inside: avoid }
svg { width: 38mm; height: 38mm; flex: none }
h2 { font-size: 16px; margin: 0 } p { margin: 1mm 0 } code { font-size: 11px; overflow-wrap: anywhere }
@page { size: A4; margin: 8mm } @media print { body { margin: 0 } }
</style></head><body><main>
{cards}
</main></body></html>
"""
