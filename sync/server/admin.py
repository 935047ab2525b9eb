"""What the command line asks of the database beside the server: no web, no worker, so that each call starts quickly.

migrate_database, import_files, enrolment_code, customer_ids, kitting_codes, fleet, device_list, digests, revoke_one, quarantined, accept_quarantined,
dismiss_quarantined, new_epoch, badge, pause, resume, save_attachment
"""

import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from sync.connectors.files import FolderReader
from sync.errors import NotFound
from sync.identity.match import IdentityResolver
from sync.ids import new_id
from sync.model.commands import Outcome
from sync.model.customer import Customer
from sync.model.fleet import FleetDevice
from sync.model.shop import Pause, PauseScope, Shop, Staff, StaffPin
from sync.policy.assets import assets_folder
from sync.policy.badge import badge_code, badge_digest
from sync.policy.pause import active
from sync.policy.playbook import load_playbook
from sync.policy.words import templates
from sync.server import convergence, feed, quarantine
from sync.server.audit_anchor import Anchor, Places, read_anchors
from sync.server.audit_anchor import anchor as keep_anchor
from sync.server.audit_chain import head, waiting
from sync.server.audit_verify import verify
from sync.server.commands.base import Tools
from sync.server.database import reading, transaction
from sync.server.enrolment import create_enrolment_code, list_devices, revoke_device
from sync.server.file_import import FileReport, Mode, Progress, import_folder
from sync.server.fleet import as_seen
from sync.server.kitting import Kitted, make_codes
from sync.server.migrate import migrate
from sync.server.quarantine import Entry
from sync.server.repository import attachments, audit, customer_links, identity
from sync.server.repository.records import Records
from sync.server.setup import clock_of, open_database, secret_of
from sync.settings import ServerSettings


@contextmanager
def _database(settings: ServerSettings) -> Iterator[Engine]:
    engine = open_database(settings)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def migrate_database(settings: ServerSettings) -> None:
    """Bring the database to this version's tables."""
    with _database(settings):
        pass


def import_files(settings: ServerSettings, path: Path, mode: Mode, progress: Progress) -> list[FileReport]:
    """Import a folder of files; see `sync.server.file_import.import_folder`."""
    with _database(settings) as engine:
        return import_folder(
            engine,
            clock_of(settings),
            settings,
            path,
            mode,
            progress,
            reader=FolderReader(),
            resolver=IdentityResolver(),
        )


def enrolment_code(settings: ServerSettings, shop_code: str, minutes: int = 10) -> str:
    """Return a one-time code with which a device joins a shop; raise NotFound where there is no such shop."""
    with _database(settings) as engine:
        return create_enrolment_code(engine, shop_code, clock_of(settings), minutes)


def customer_ids(settings: ServerSettings, numbers: Collection[str]) -> dict[str, str]:
    """Return by member number whose record it is; raise NotFound where one is nobody's."""
    clock = clock_of(settings)
    with _database(settings) as engine, reading(engine) as conn:
        records = Records(conn, clock)
        found = {one: next((each.id for each in records.find(Customer, member_number=one)), "") for one in numbers}
    if missing := sorted(one for one, id_ in found.items() if not id_):
        raise NotFound(f"No customer has the member number {missing[0]}.", what="customer")
    return found


def kitting_codes(settings: ServerSettings, path: Path, days: int) -> list[Kitted]:
    """Return a code for each device of a file, see `sync.server.kitting`; raise BadFile, and then make none."""
    with _database(settings) as engine:
        return make_codes(engine, clock_of(settings), path, days)


def fleet(settings: ServerSettings) -> list[FleetDevice]:
    """Return every device of every shop, those revoked included, in order of enrolment."""
    with _database(settings) as engine:
        return [as_seen(device) for device in list_devices(engine)]


def device_list(settings: ServerSettings) -> list[str]:
    """Return a line for each device: id, name, shop, version, last sync, unsent work, battery, last seen, revoked or not.

    What a device has not told is `-`.
    """
    with _database(settings) as engine:
        with reading(engine) as conn:
            codes = {shop.id: shop.code for shop in Records(conn).of_kind(Shop)}
        return ["\t".join(_told(as_seen(device), codes)) for device in list_devices(engine)]


def _told(device: FleetDevice, codes: Mapping[str, str]) -> Iterator[str]:
    def moment(at: datetime | None) -> str:
        return at.isoformat(timespec="seconds") if at else "-"

    yield from (device.id, device.name, codes.get(device.shop_id, device.shop_id), device.version or "-")
    yield f"synced {moment(device.synced_at)}"
    oldest = f" since {moment(device.oldest_unsent_at)}" if device.oldest_unsent_at else ""
    yield f"unsent {'-' if device.unsent is None else device.unsent}{oldest}"
    yield f"battery {'-' if device.battery is None else f'{device.battery}%'}"
    yield f"seen {moment(device.seen_at)}" if device.seen_at else "never seen"
    yield f"revoked {moment(device.revoked_at)}" if device.revoked_at else "active"


def digests(settings: ServerSettings, *, repair: bool) -> list[str]:
    """Return a line for each digest of a scope that does not stand for its records; with `repair` they are put right."""
    with _database(settings) as engine:
        found = convergence.repair(engine) if repair else convergence.differences(engine)
        return [
            f"{each.scope}\t{each.kind}\tkept {each.kept.records} {each.kept.total}"
            f"\tcounted {each.counted.records} {each.counted.total}"
            for each in found
        ]


def revoke_one(settings: ServerSettings, device_id: str) -> None:
    """Take a device out; raise NotFound where none takes part under this id."""
    with _database(settings) as engine:
        revoke_device(engine, device_id, clock_of(settings))


def revoke_customer_links(settings: ServerSettings, name: str) -> str:
    """Revoke the links that a customer was sent so far and return her id; raise NotFound where nobody has this id or member
    number."""
    clock = clock_of(settings)
    with _database(settings) as engine, transaction(engine) as conn:
        customer_id = Records(conn).customer_id_of(name) or identity.customer_of(conn, "member_number", name)
        if customer_id is None:
            raise NotFound("There is no such customer.")
        customer_links.revoke(conn, customer_id, clock())
        audit.note(conn, clock(), "revoke_links", customer_id=customer_id)
        return customer_id


def quarantined(settings: ServerSettings) -> list[Entry]:
    """Return what revoked devices could not send and nobody has decided on yet."""
    with _database(settings) as engine:
        return quarantine.entries(engine, clock_of(settings))


def accept_quarantined(settings: ServerSettings, device_id: str, command_id: str) -> Outcome:
    """Carry out one of these commands and return the answer; see `sync.server.quarantine.accept`."""
    tools = Tools(load_playbook(settings.playbook), IdentityResolver(), new_id, lambda: secrets.token_urlsafe(24))
    with _database(settings) as engine:
        return quarantine.accept(engine, clock_of(settings), tools, device_id, command_id, None)


def dismiss_quarantined(settings: ServerSettings, device_id: str, command_id: str) -> None:
    """Decide that one of these commands is not carried out; see `sync.server.quarantine.dismiss`."""
    with _database(settings) as engine:
        quarantine.dismiss(engine, clock_of(settings), device_id, command_id, None)


def new_epoch(settings: ServerSettings) -> str:
    """Begin a new history of the change feed, so that every device builds its cache anew; return its name."""
    with _database(settings) as engine, transaction(engine) as conn:
        return feed.start_epoch(conn)


def badge(settings: ServerSettings, staff_code: str, number: bytes) -> str:
    """Give somebody a badge of this number (16 random bytes) and return its code; the one of before opens nothing any more.

    Only a digest is kept. Raises NotFound for a code that is nobody's, and for who has no PIN yet.
    """
    clock = clock_of(settings)
    with _database(settings) as engine, transaction(engine) as conn:
        records = Records(conn, clock)
        person = next(iter(records.find(Staff, code=staff_code)), None)
        pin = next(iter(records.find(StaffPin, staff_id=person.id)), None) if person is not None else None
        if person is None or pin is None:
            raise NotFound("Nobody with a PIN has this code.", what="staff")
        code = badge_code(number)
        records.put(pin.model_copy(update={"badge": badge_digest(code)}))
        audit.note(conn, clock(), "badge", subject_id=person.id)
        return code


def pause(settings: ServerSettings, scope: PauseScope, name: str = "", reason: str = "") -> Pause:
    """Pause sending from now on and return the pause; where it is paused already, the one that stands.

    `name`: the region, the shop's code or the template. Raises NotFound where there is none of that name.
    """
    clock = clock_of(settings)
    with _database(settings) as engine, transaction(engine) as conn:
        records = Records(conn, clock)
        value = _value(records, scope, name)
        standing = _standing(records, scope, value, clock())
        if standing:
            return standing[0]
        made = Pause(id=new_id(), scope=scope, value=value, since=clock(), reason=reason)
        records.put(made)
        return made


def resume(settings: ServerSettings, scope: PauseScope, name: str = "") -> int:
    """End what pauses exactly this, a manager's pause of the shop too; return how many pauses that were.

    Raises NotFound where there is none of that name, or nothing is paused under it.
    """
    clock = clock_of(settings)
    with _database(settings) as engine, transaction(engine) as conn:
        records = Records(conn, clock)
        value = _value(records, scope, name)
        everyone = [one for one in records.of_kind(Pause) if (one.scope, one.value) == (scope, value)]
        standing = active(everyone, clock())
        if not standing:
            raise NotFound("Nothing is paused under that name.")
        records.put_many(one.model_copy(update={"ended_at": clock()}) for one in standing)
        return len(standing)


def save_attachment(settings: ServerSettings, attachment_id: str, path: Path) -> str:
    """Write what a customer sent to a new file that only its owner may read, put that on record, and return its type.

    Raises NotFound, and Unsealable where it was sealed under another secret.
    """
    with _database(settings) as engine, transaction(engine) as conn:
        vault = attachments.vault_of(secret_of(settings))
        found = attachments.find(conn, vault, attachment_id, lambda _hers: True)
        if found is None:
            raise NotFound("Nothing is kept under this id.", what="attachment")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(found.content)
        now = clock_of(settings)()
        audit.note(conn, now, "attachment", customer_id=found.customer_id, subject_id=attachment_id, how="admin")
    return found.media_type


def audit_anchor(settings: ServerSettings) -> Anchor:
    """Keep the head of the audit's chain where the settings say. Raises Unavailable where it is not taken."""
    with _database(settings) as engine:
        return keep_anchor(engine, clock_of(settings), Places.of(settings))


def audit_verify(settings: ServerSettings, anchors: Path | None = None) -> Iterator[str]:
    """Yield a line for each thing that is wrong with the audit's chain; last, what was looked at (it begins with `#`).

    `anchors`: the file of anchors, else that of the settings where it is there. Raises BadInput for a line that is none.
    """
    file = anchors or Places.of(settings).file
    known = list(read_anchors(file)) if file is not None and (anchors or file.exists()) else []
    with _database(settings) as engine:
        for finding in verify(engine, clock_of(settings), known):
            yield finding.as_text()
        with reading(engine) as conn:
            end, unlinked = head(conn), waiting(conn)
    yield f"# {end.seq} events in the chain, {unlinked.events} not linked yet, {len(known)} anchors"


def _standing(records: Records, scope: PauseScope, value: str, now: datetime) -> list[Pause]:
    """Return head office's own pauses of exactly this."""
    same = (one for one in records.of_kind(Pause) if (one.scope, one.value, one.by) == (scope, value, None))
    return active(same, now)


def _value(records: Records, scope: PauseScope, name: str) -> str:
    """Return what stands for a name in a pause; raise NotFound where it means nothing: nothing would be paused."""
    if scope is PauseScope.ALL:
        return ""
    shops = records.of_kind(Shop)
    languages = (folder.name for folder in (assets_folder() / "templates").iterdir())
    known = {
        PauseScope.SHOP: {shop.code: shop.id for shop in shops},
        PauseScope.REGION: {shop.region: shop.region for shop in shops if shop.region},
        PauseScope.TEMPLATE: {one.name: one.name for language in languages for one in templates(language)},
    }[scope]
    if name not in known:
        raise NotFound(f"There is no {scope.value} called {name}. There are: {', '.join(sorted(known))}")
    return known[name]
