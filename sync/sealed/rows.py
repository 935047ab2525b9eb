"""Turns rows of the wire into rows of `cache.db`: what is sealed, what stays in clear, in which order."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from sync.clock import micros
from sync.errors import Unavailable
from sync.protocol import Row
from sync.sealed.names import fold
from sync.sealed.schema import AT_FIELD, CLEAR_KINDS, REF_FIELD, WORD_FIELDS
from sync.sealed.vault import Vault


@dataclass
class Prepared:
    """Rows ready to be written, each (kind, id) at most once."""

    keys: set[tuple[str, str]] = field(default_factory=set)
    customer_ids: set[str] = field(default_factory=set)
    sealed: list[tuple[str, str, int, str, int, bytes]] = field(default_factory=list)
    clear: list[tuple[str, str, str, int, str, int, str]] = field(default_factory=list)
    gone_sealed: list[tuple[str, str]] = field(default_factory=list)
    gone_clear: list[tuple[str, str]] = field(default_factory=list)
    customers: list[dict[str, Any]] = field(default_factory=list)
    """Customer records in wire form, for the search index."""
    gone_customers: list[str] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)


def prepare(rows: Iterable[Row], vault: Vault) -> Prepared:
    """Seal and sort out rows; a later one replaces an earlier one of the same kind and id."""
    last = {(row.kind, row.id): row for row in rows}
    out = Prepared(keys=set(last))
    out.gone_customers = [
        record_id for (kind, record_id), row in last.items() if kind == "customer" and row.data is None
    ]
    gone = set(out.gone_customers)
    for (kind, record_id), row in last.items():
        customer_id = _owner(row)
        if customer_id:
            out.customer_ids.add(customer_id)
        if row.data is None:
            (out.gone_clear if kind in CLEAR_KINDS else out.gone_sealed).append((kind, record_id))
            continue
        if customer_id in gone:
            out.gone_sealed.append((kind, record_id))
            continue
        document = to_json(row.data)
        at = _at(kind, row.data)
        if kind in CLEAR_KINDS:
            ref = str(row.data.get(REF_FIELD[kind]) or "") if kind in REF_FIELD else ""
            out.clear.append(
                (kind, record_id, ref, at, _words(kind, row.data), row.tag, with_checksum(document.decode()))
            )
            continue
        out.sealed.append((customer_id, kind, at, record_id, row.tag, vault.seal(kind, record_id, document)))
        if kind == "customer":
            out.customers.append(row.data)
            out.aliases += [(str(alias), record_id) for alias in row.data.get("aliases") or ()]
    return out


def with_checksum(text: str) -> str:
    """Return what is kept in clear with its CRC-32 in front: SQLite's pages have none, and disks of tablets do err."""
    return f"{zlib.crc32(text.encode()):08x}{text}"


def checked(text: str) -> str:
    """Return what `with_checksum` was given. Raise ValueError where it is not that any more."""
    plain = text[8:]
    if with_checksum(plain) != text:
        raise ValueError("the checksum does not hold")
    return plain


def _owner(row: Row) -> str:
    if row.kind == "customer":
        return row.id
    return row.customer_id or (str(row.data.get("customer_id") or "") if row.data else "")


def _at(kind: str, data: dict[str, Any]) -> int:
    value = data.get(AT_FIELD.get(kind, "at"))
    if not isinstance(value, str):
        return 0
    try:
        return micros(datetime.fromisoformat(value))
    except (ValueError, TypeError) as error:
        raise Unavailable("The server sent a record with an unreadable time.", kind=kind, id=data.get("id")) from error


def _words(kind: str, data: dict[str, Any]) -> str:
    return "\n".join(fold(str(data.get(name) or "")) for name in WORD_FIELDS[kind]) if kind in WORD_FIELDS else ""
