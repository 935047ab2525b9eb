"""Staff from a file: contracts, names that stay on the server, PINs that are good enough, badges that outlive them."""

from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from sync.clock import system_clock
from sync.connectors.files import FolderReader
from sync.errors import NotFound
from sync.identity.match import IdentityResolver
from sync.ids import imported_id
from sync.model.base import Record
from sync.model.customer import Channel
from sync.model.outreach import Cause
from sync.model.shop import RetailerSettings, Shop, Staff, StaffPin
from sync.model.source import RetailerFact, ShopFact, StaffFact
from sync.policy import gate
from sync.policy.badge import badge_digest, is_badge
from sync.policy.playbook import load_playbook
from sync.policy.sender import Sender
from sync.server import admin
from sync.server.database import make_engine, reading
from sync.server.ingest import IngestService
from sync.server.repository import accounts
from sync.server.repository.records import Records
from sync.server.tables import changes
from sync.settings import ServerSettings
from tests.integration.ingest.conftest import clean, numbered
from tests.unit.policy.build import NOW, TOKYO, story

R = TypeVar("R", bound=Record)
STRONG = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash("246810")
WEAK = PasswordHasher(time_cost=2, memory_cost=19455, parallelism=1).hash("246810")
HEADER = "code,family_name,shop_code,starts_on,ends_on,real_name,pin,pin_hash\n"


def found(engine: Engine, kind: type[R]) -> list[R]:
    with reading(engine) as conn:
        return Records(conn).of_kind(kind)


def rows(folder: Path, *lines: str) -> tuple[list[StaffFact], list[str]]:
    path = folder / "staff.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    (parsed,) = FolderReader().read(path)
    read = [fact for _, fact in parsed.facts if isinstance(fact, StaffFact)]
    assert not [error for error in parsed.errors if "246810" in str(error) or "$" in error.value]
    return read, [f"{error.row} {error.field} {error.message}" for error in parsed.errors]


def test_a_file_tells_contracts_and_real_names(ingest: IngestService, engine: Engine, tmp_path: Path) -> None:
    """The days are on the record; the real name is in the server's table and nowhere in records or feed."""
    (fact,), errors = rows(tmp_path, "t1,青山,ginza,2026-12-01,2026-12-31,鬼龍院 花子,,")
    assert errors == []
    clean(ingest.apply(numbered(fact)))
    (person,) = [one for one in found(engine, Staff) if one.code == "t1"]
    assert (person.starts_on, person.ends_on, person.family_name) == (date(2026, 12, 1), date(2026, 12, 31), "青山")
    assert "鬼龍院" not in person.model_dump_json()
    with reading(engine) as conn:
        account = accounts.of_staff(conn, person.id)
        assert "鬼龍院" not in str(conn.execute(changes.select()).all())
    assert account is not None
    assert (account.real_name, account.user_name) == ("鬼龍院 花子", None)


@pytest.mark.parametrize(("pin", "pin_hash", "said"), [
    ("12345", "", "2 pin is not 6 to 12 digits"),
    ("000000", "", "2 pin is one digit over and over, or digits in a row: it is the first that is guessed"),
    ("", WEAK, "2 pin_hash has m=19455, but at least m=19456 is needed (OWASP's floor: m=19456, t=2, p=1)"),
    ("", "$2b$12$abcdefghijklmnopqrstuv", "2 pin_hash is no argon2 hash in its encoded form"),
], ids=["short", "guessed", "weak_hash", "bcrypt"])  # fmt: skip
def test_a_weak_pin_or_hash_is_an_error_of_its_row(tmp_path: Path, pin: str, pin_hash: str, said: str) -> None:
    """Precisely, and without repeating it."""
    _, (error,) = rows(tmp_path, f't1,青山,ginza,,,,{pin},"{pin_hash}"')
    assert error.startswith(said)


def test_a_hash_of_the_retailers_own_is_taken_as_it_is(ingest: IngestService, engine: Engine, tmp_path: Path) -> None:
    """And stays while the same comes again."""
    (fact,), _ = rows(tmp_path, f't1,青山,ginza,,,,,"{STRONG}"')
    clean(ingest.apply(numbered(fact)))
    clean(ingest.apply(numbered(fact)))
    (pin,) = [one for one in found(engine, StaffPin) if one.staff_id == imported_id("staff", "t1")]
    assert pin.pin_hash == STRONG


def test_a_badge_outlives_a_new_pin(empty_url: str, tmp_path: Path) -> None:
    """Head office makes it, once printed; only its digest is kept, a new one replaces it, a new PIN does not."""
    settings = ServerSettings(data=tmp_path, database_url=empty_url)
    admin.migrate_database(settings)
    engine = make_engine(empty_url)
    service = IngestService(engine, system_clock, IdentityResolver())
    about = RetailerFact(number=1, brand="b", legal_name="l", postal_address="p", contact="c")
    clean(service.apply(numbered(about, ShopFact(code="ginza", name="銀座", brand="b", controller="c"))))
    person = StaffFact(code="s1", family_name="髙橋", shop_code="ginza", pin="246810")
    clean(service.apply(numbered(person)))
    code = admin.badge(settings, "s1", bytes(16))
    assert is_badge(code)
    clean(service.apply(numbered(person.model_copy(update={"pin": "135790"}))))
    (pin,) = found(engine, StaffPin)
    assert pin.badge == badge_digest(code)
    assert admin.badge(settings, "s1", b"\x01" * 16) != code
    with pytest.raises(NotFound):
        admin.badge(settings, "nobody", bytes(16))
    engine.dispose()


@pytest.mark.parametrize(("days", "refused"), [(0, False), (-1, True)])
def test_the_gate_knows_who_is_still_here(days: int, refused: bool) -> None:
    """No message goes in the name of somebody whose last day is over, whatever else is said of that person."""
    shop = Shop(id="s", code="s", name="銀座", brand="b", controller="c")
    house = RetailerSettings(id="retailer", number=1, brand="b", legal_name="l", postal_address="p", contact="c")
    last = NOW.astimezone(TOKYO).date() + timedelta(days=days)
    person = Staff(id="p", code="p", family_name="佐藤", given_name="", shop_id="s", ends_on=last)
    decision = gate.judge(
        story(), cause=Cause.AFTER_VISIT, channel=Channel.LINE, now=NOW, zone=TOKYO, playbook=load_playbook(),
        sender=Sender(shop, house, person),
    )  # fmt: skip
    assert ("staff_left" in {one.code for one in decision.refusals}) is refused
