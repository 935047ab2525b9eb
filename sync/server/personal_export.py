"""Everything held about one customer, for her: `customer.json` for machines, `customer.html` to read, and what she sent.

    held = gather(conn, clock, vault, customer_id)      # raises NotFound
    write(held, folder)                                 # a new folder that only its owner may read

The JSON holds, beside `format`, `version` and `made_at`: `customer`, `records` (by kind, as they are stored, unknown fields
included), `names` (in other systems), `links`, `attempts`, `audit` (who saw or changed what: role and shop, not the name,
of who did), `commands`, `codes`, `devices` (tablets of the shops she belongs to), `conflicts`, `words` (of the search),
`attachments` (each with its file) and `scopes`. Times are UTC.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, Select, Table, or_, select

from sync.clock import Clock
from sync.errors import NotFound
from sync.model.customer import Customer
from sync.model.kinds import CUSTOMER_KINDS
from sync.model.outreach import AttachmentState, Message
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.assets import assets_folder
from sync.sealed.vault import Unsealable, Vault
from sync.server.repository import attachments
from sync.server.repository.records import Records
from sync.server.repository.zones import known_zone
from sync.server.tables import audit, command_log, customer_words, devices, scope_members, used_codes
from sync.server.tables_edges import attempts, customer_links, identities, identity_conflicts
from sync.server.web.words import LANGUAGES, Words

FORMAT = "clienteling.customer"
_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}
_OMITTED = frozenset({"id", "v", "customer_id", "kind_", "tag"})


@dataclass(frozen=True, slots=True)
class Held:
    """What is held about a customer."""

    customer: Customer
    retailer: RetailerSettings | None
    zone: ZoneInfo
    document: dict[str, Any]
    files: Mapping[str, bytes] = field(repr=False)
    """What she sent: path inside the folder to content."""


def gather(conn: Connection, clock: Clock, vault: Vault, customer_id: str) -> Held:
    """Return everything held about a customer, under any id she had. Raises NotFound."""
    records = Records(conn, clock)
    current = records.customer_id_of(customer_id)
    customer = records.get(Customer, current) if current else None
    if customer is None:
        raise NotFound("There is no such customer.", customer_id=customer_id)
    ids = (customer.id, *customer.aliases)
    belongings = records.range_of(customer.id)
    messages = [each for each in belongings if isinstance(each, Message)]
    told, files = _attachments(conn, vault, messages)
    scopes = sorted(conn.scalars(select(scope_members.c.scope).where(scope_members.c.customer_id == customer.id)))
    shops = [scope.removeprefix("shop:") for scope in scopes]
    home = records.get(Shop, customer.home_shop_id) if customer.home_shop_id else None
    conflicts = or_(identity_conflicts.c.customer_id.in_(ids), identity_conflicts.c.other_id.in_(ids))
    document = {
        "format": FORMAT,
        "version": 1,
        "made_at": clock(),
        "customer": customer.to_wire(),
        "records": {
            kind: [each.to_wire() for each in belongings if each.kind == kind]
            for kind in CUSTOMER_KINDS
            if kind != "customer"
        },
        "attachments": told,
        "names": _rows(conn, identities, identities.c.customer_id.in_(ids), "customer_id"),
        "links": _rows(conn, customer_links, customer_links.c.customer_id.in_(ids), "customer_id"),
        "attempts": _rows(conn, attempts, attempts.c.message_id.in_([each.id for each in messages])),
        "audit": _audit(records, ids),
        "commands": _rows(conn, command_log, command_log.c.customer_id.in_(ids), "customer_id", "body_hash"),
        "codes": _rows(conn, used_codes, used_codes.c.customer_id.in_(ids), "customer_id"),
        "devices": [dict(row) for row in conn.execute(_devices(shops)).mappings()],
        "conflicts": _rows(conn, identity_conflicts, conflicts),
        "words": sorted(conn.scalars(select(customer_words.c.word).where(customer_words.c.customer_id == customer.id))),
        "scopes": scopes,
    }
    zone = known_zone(customer.time_zone) or known_zone(home.time_zone if home else None) or ZoneInfo("Asia/Tokyo")
    return Held(customer, records.get(RetailerSettings, "retailer"), zone, document, files)


def write(held: Held, folder: Path) -> list[Path]:
    """Write the files into a new folder; return them, the readable one first. Raises FileExistsError."""
    folder.mkdir(parents=True, mode=0o700)
    content = {
        "customer.html": _readable(held).encode(),
        "customer.json": json.dumps(held.document, ensure_ascii=False, indent=2, default=_plain).encode(),
        **held.files,
    }
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    return [folder / name for name in content]


def _attachments(
    conn: Connection, vault: Vault, messages: list[Message]
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    told: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    for message in messages:
        for each in message.attachments:
            one = {"message_id": message.id, **each.model_dump(mode="json", exclude_none=True)}
            if each.state is AttachmentState.KEPT:
                try:
                    kept = attachments.find(conn, vault, each.id, lambda _hers: True)
                except Unsealable:
                    kept, one["unreadable"] = None, True
                if kept is not None:
                    name = f"attachments/{each.id}.{_ENDINGS.get(kept.media_type, 'bin')}"
                    files[name], one["file"] = kept.content, name
            told.append(one)
    return told, files


def _audit(records: Records, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    query = select(audit).where(audit.c.customer_id.in_(ids)).order_by(audit.c.row_id)
    rows = [dict(row) for row in records.conn.execute(query).mappings()]
    people = records.get_many(Staff, {row["staff_id"] for row in rows if row["staff_id"]})
    shops = records.get_many(Shop, {one.shop_id for one in people.values()})
    found = []
    for row in rows:
        who = people.get(row["staff_id"] or "")
        shop = shops.get(who.shop_id) if who else None
        by = f"{who.role.value}, {shop.name if shop else who.shop_id}" if who else ""
        found.append({"at": row["at"], "what": row["what"], "by": by, "how": row["how"], "device_id": row["device_id"]})
    return found


def _devices(shops: list[str]) -> Select[Any]:
    columns = devices.c
    return (
        select(columns.id, columns.shop_id, columns.enrolled_at, columns.last_seen_at)
        .where(columns.shop_id.in_(shops), columns.revoked_at.is_(None))
        .order_by(columns.id)
    )


def _rows(conn: Connection, table: Table, which: Any, *without: str) -> list[dict[str, Any]]:
    columns = [each for each in table.c if each.key not in without]
    query = select(*columns).where(which).order_by(*table.primary_key)
    return [dict(row) for row in conn.execute(query).mappings()]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


# -- the readable document


@cache
def words_for(language: str) -> Words:
    """Return the document's words in a language; one that we do not write gets English."""
    name = language if language in LANGUAGES else "en"
    return Words(tomllib.loads((assets_folder() / "export" / f"{name}.toml").read_text(encoding="utf-8")))


def _readable(held: Held) -> str:
    words = words_for(held.customer.language)
    document, files = held.document, {each["id"]: each.get("file") for each in held.document["attachments"]}
    parts: list[tuple[str, list[dict[str, Any]]]] = [("customer", [document["customer"]])]
    parts += list(document["records"].items())
    others = ("name", "link", "attempt", "audit", "command", "code", "device", "conflict")
    parts += [(kind, document[{"audit": "audit"}.get(kind, f"{kind}s")]) for kind in others]
    parts.append(("word", [{"value": "  ".join(document["words"])}] if document["words"] else []))
    sections = []
    for kind, rows in parts:
        shown = [
            {
                "fields": [
                    (_label(words, name), _said(words, value, held.zone))
                    for name, value in row.items()
                    if name not in (*_OMITTED, "attachments") and value not in (None, "", [], {}, ())
                ],
                "files": [file for each in row.get("attachments", ()) if (file := files.get(each["id"]))],
            }
            for row in rows
        ]
        sections.append({"title": words(f"kind.{kind}"), "rows": shown})
    retailer = held.retailer
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("personal_export.html").render(
        t=words,
        house=retailer.brand if retailer else "",
        name=held.customer.name or held.customer.member_number or held.customer.id,
        made_at=_said(words, document["made_at"], held.zone),
        zone=held.zone.key,
        sections=sections,
        legal_name=retailer.legal_name if retailer else "",
        postal_address=retailer.postal_address if retailer else "",
        contact=retailer.contact if retailer else "",
    )


def _label(words: Words, name: str) -> str:
    return words(f"field.{name}") if f"field.{name}" in words.names else name


def _said(words: Words, value: Any, zone: ZoneInfo) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return words("page.yes" if value else "page.no")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if "T" in value else value
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value.tzinfo else value.isoformat(" ")
    if isinstance(value, Mapping):
        if set(value) >= {"amount", "currency"}:
            return f"{value['amount']:,} {value['currency']}"
        return "; ".join(f"{_label(words, str(name))}: {_said(words, each, zone)}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(_said(words, each, zone) for each in value)
    return str(value)
