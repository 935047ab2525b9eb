"""What is held about a customer, shown to her: complete, readable, and hers alone."""

import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from sync.errors import NotFound
from sync.model.customer import Customer, Interaction, Visit, VisitEnd
from sync.model.kinds import CUSTOMER_KINDS
from sync.policy.visits import ended
from sync.server import personal_export
from sync.server.database import reading
from sync.server.personal_document import words_for
from sync.server.personal_export import FORMAT, gather, write
from sync.server.repository import audit
from sync.server.repository.attachments import vault_of
from sync.server.repository.records import Records
from sync.server.rights import export_customer
from sync.server.setup import secret_of
from sync.server.tables import metadata
from sync.server.web.words import LANGUAGES
from tests.integration.rights.hanako import PICTURE, SECRETS, World, hanako
from tests.integration.server.people import GINZA, MISAKI, NOON
from tests.integration.server.people import write as store

NOT_ABOUT_HER = {
    "changes",
    "forgotten",
    "forgotten_names",
    "kept_orders",
    "scope_members",
    "customer_aliases",
    "link_revocations",
}
"""Tables with a customer's id that say no more of her than the export says anyway: scopes and former ids are in it, the feed
holds ids of what the records hold, of links only that they were revoked, and the rest is of those who are customers no more."""


def exported(world: World, folder: Path) -> dict[str, Any]:
    with reading(world.engine) as conn:
        write(gather(conn, world.clock, vault_of(secret_of(world.settings)), world.hers), folder)
    document: dict[str, Any] = json.loads((folder / "customer.json").read_text())
    return document


def test_everything_is_in_both_documents(world: World, tmp_path: Path) -> None:
    """Every kind of record, names in other systems, links, attempts, what she sent, who saw her and which tablets hold her."""
    document = exported(world, tmp_path / "export")
    assert (document["format"], document["version"]) == (FORMAT, 1)
    assert {kind for kind in CUSTOMER_KINDS if kind != "customer"} == set(document["records"])
    assert not [kind for kind, rows in document["records"].items() if not rows]
    for part in ("names", "links", "attempts", "audit", "commands", "devices", "words", "attachments", "scopes"):
        assert document[part], part
    read = (tmp_path / "export" / "customer.html").read_text()
    written = (tmp_path / "export" / "customer.json").read_text()
    for word in SECRETS:
        assert word in written, word
        assert word in read, word
    assert document["customer"]["from_another_system"] == {"nickname": "花子さん"}


def test_the_readable_one_speaks_to_a_person(world: World, tmp_path: Path) -> None:
    """Shops and staff by name, codes in words, days as one writes them; no number that only programs know."""
    document = exported(world, tmp_path / "export")
    read = (tmp_path / "export" / "customer.html").read_text()
    assert GINZA.name in read
    assert MISAKI.family_name in read
    cells = set(re.findall(r"<dd>([^<]*)</dd>", read))
    codes = {each["purpose"] for each in document["records"]["consent"]} | {
        each["state"] for each in document["records"]["message"]
    }
    assert codes
    assert not cells & codes
    assert not [cell for cell in cells if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", cell)]


def test_a_note_that_was_begun_is_said_to_be_one(world: World, tmp_path: Path) -> None:
    """While a visit goes on, what was handed over with it is told as unfinished, with who began it; after that there is none."""
    read = tmp_path / "export" / "customer.html"
    document = exported(world, tmp_path / "export")
    assert document["records"]["visit"][0]["draft"]["text"] == "袖丈をお気にされ"
    label = words_for("ja")("field.draft")
    cell = re.search(rf"<dt>{label}</dt>\s*<dd>([^<]*)</dd>", read.read_text())
    assert cell is not None
    assert "袖丈をお気にされ" in cell[1]
    assert MISAKI.family_name in cell[1]
    with reading(world.engine) as conn:
        visit = Records(conn).get(Visit, "v-1")
    assert visit is not None
    store(world.engine, world.clock, ended(visit, VisitEnd.STAFF, world.clock()))
    assert "draft" not in exported(world, tmp_path / "later")["records"]["visit"][0]
    assert label not in (tmp_path / "later" / "customer.html").read_text()


def test_what_she_sent_is_beside_it(world: World, tmp_path: Path) -> None:
    """Opened from its seal, as a file, and named in the document."""
    document = exported(world, tmp_path / "export")
    assert (tmp_path / "export" / document["attachments"][0]["file"]).read_bytes() == PICTURE
    assert document["attachments"][0]["file"] in (tmp_path / "export" / "customer.html").read_text()


def test_it_is_the_owners_alone_and_on_record(world: World, tmp_path: Path) -> None:
    """The files are closed to other users of the machine, a folder that is there is not written over, and the audit knows."""
    folder = tmp_path / "export"
    files = export_customer(world.settings, world.hers, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    with reading(world.engine) as conn:
        assert [each.what for each in audit.of_customer(conn, world.hers)][-1] == "export"
    with pytest.raises(FileExistsError):
        export_customer(world.settings, world.hers, folder)
    with pytest.raises(NotFound):
        export_customer(world.settings, "nobody", tmp_path / "other")


def test_what_staff_wrote_cannot_run_in_her_browser(world: World, tmp_path: Path) -> None:
    """Script in a name or a note stays text, and the document lets nothing run or load."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    store(
        world.engine,
        world.clock,
        hanako(world.hers).model_copy(update={"family_name": evil}),
        Interaction(id="i-9", customer_id=world.hers, shop_id=GINZA.id, staff_id=MISAKI.id, at=NOON, text=evil),
    )
    exported(world, tmp_path / "export")
    found = _Tags()
    found.feed((tmp_path / "export" / "customer.html").read_text())
    assert not found.tags & {"script", "img", "iframe", "object"}
    assert "default-src 'none'" in found.policy


def test_no_table_that_names_her_is_forgotten_by_the_export(world: World) -> None:
    """A table with a customer's id that is new must be put into the export, or said here to be none of hers."""
    source = Path(personal_export.__file__).read_text()
    named = {
        table.name
        for table in metadata.sorted_tables
        if "customer_id" in table.c and table.name not in inspect_kinds() | NOT_ABOUT_HER
    }
    with world.engine.connect() as conn:
        assert named <= set(inspect(conn).get_table_names())
    assert not [name for name in named if name not in source]


def inspect_kinds() -> set[str]:
    from sync.server.tables import RECORD_TABLES

    return {table.name for table in RECORD_TABLES.values()}


def test_the_words_are_the_same_in_every_language() -> None:
    """Each label of the document is there in each language that we write, and each field of a customer has one."""
    assert {frozenset(words_for(language).names) for language in LANGUAGES} == {frozenset(words_for("ja").names)}
    silent = {"id", "v", "aliases", "time_zone"}
    for name in set(Customer.model_fields) - silent:
        assert f"field.{name}" in words_for("ja").names, name


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        said = dict(attrs)
        if said.get("http-equiv") == "Content-Security-Policy":
            self.policy = said.get("content") or ""
