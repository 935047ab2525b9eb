"""Everything held about one customer, for her: `customer.json` for machines, `customer.html` to read, and what she sent.

    held = gather(conn, clock, vault, customer_id)      # raises NotFound
    write(held, folder)                                 # a new folder that only its owner may read

The JSON holds, beside `format`, `version` and `made_at`: `customer`, `records` (by kind, as they are stored, unknown fields
included), `names` (in other systems), `links`, `attempts`, `audit` (who saw or changed what: role and shop, not the name,
of who did), `commands`, `codes`, `devices` (tablets of the shops she belongs to), `conflicts`, `words` (of the search),
`holds` (what is kept for her), `attachments` (each with its file) and `scopes`. Times are UTC.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, Table, or_, select

from sync.clock import Clock
from sync.errors import NotFound
from sync.model.catalogue import Product, Variant
from sync.model.customer import Customer
from sync.model.holds import Hold
from sync.model.kinds import CUSTOMER_KINDS
from sync.model.outreach import AttachmentState, Message
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.naming import shop_name, work_name
from sync.sealed.vault import Unsealable, Vault
from sync.server.personal_document import Held, readable
from sync.server.repository import attachments
from sync.server.repository.records import Records
from sync.server.repository.zones import known_zone
from sync.server.tables import command_log, customer_words, devices, scope_members, used_codes
from sync.server.tables_audit import audit
from sync.server.tables_edges import attempts, customer_links, identities, identity_conflicts

FORMAT = "clienteling.customer"
_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


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
        "holds": _holds(records, ids),
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
    names = _names(records, document, customer.language)
    return Held(customer, records.get(RetailerSettings, "retailer"), zone, document, files, names)


def write(held: Held, folder: Path) -> list[Path]:
    """Write the files into a new folder; return them, the readable one first. Raises FileExistsError."""
    folder.mkdir(parents=True, mode=0o700)
    content = {
        "customer.html": readable(held).encode(),
        "customer.json": json.dumps(held.document, ensure_ascii=False, indent=2, default=_plain).encode(),
        **held.files,
    }
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    return [folder / name for name in content]


def _holds(records: Records, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what is kept for her, each with its product, whose name says what it is."""
    hers = records.find(Hold, for_customer_id=ids)
    variants = records.get_many(Variant, {one.variant_id for one in hers})
    goods = {each: {"product_id": one.product_id} for each, one in variants.items()}
    return [{**one.to_wire(), **goods.get(one.variant_id, {})} for one in hers]


def _names(records: Records, document: Mapping[str, Any], language: str) -> dict[str, str]:
    ids = set(_ids(document))
    shops = {each.id: shop_name(each, language) for each in records.get_many(Shop, ids).values()}
    staff = {each.id: work_name(each, language) for each in records.get_many(Staff, ids).values()}
    products = {each.id: each.name for each in records.get_many(Product, ids).values()}
    return {**shops, **staff, **products}


def _ids(part: object, name: str = "") -> Iterator[str]:
    """Yield the values of every field that may be an id, however deep."""
    if isinstance(part, Mapping):
        for key, each in part.items():
            yield from _ids(each, str(key))
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from _ids(each, name)
    elif isinstance(part, str) and name.endswith(("_id", "_ids", "_by")):
        yield part


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
