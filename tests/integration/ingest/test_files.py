"""Folders of files: each mistake is named by file, row and field; good rows are taken or the file refused, as asked."""

import io
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Engine

from sync.connectors.files import FolderReader
from sync.errors import BadInput
from sync.identity.match import IdentityResolver
from sync.model.catalogue import StockLevel, Variant
from sync.model.customer import Appointment, Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.outreach import Message
from sync.policy.consent import standing
from sync.server.database import reading, transaction
from sync.server.file_import import FileReport, Mode, import_folder
from sync.server.ingest import IngestService
from sync.server.repository.records import Records
from sync.settings import ServerSettings
from tests.integration.ingest.conftest import NOW

Import = Callable[..., dict[str, FileReport]]
HEADER = "member_number,family_name,given_name,phone,email,birthday,points,member_since,home_shop_code,sizes,likes"
GOOD = "M100,佐藤,花子,090-1111-2222,sato@example.jp,04-09,120,2024-05-01,ginza,top=M|shoe=23.5,wine|navy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "retailer"
    made.mkdir()
    return made


@pytest.fixture
def run(ingest: IngestService, engine: Engine, folder: Path, tmp_path: Path) -> Import:
    """Import the folder over the small retailer of the ingest tests; return the reports by file."""
    settings = ServerSettings(data=tmp_path / "data")

    def go(mode: Mode = "good", path: Path = folder) -> dict[str, FileReport]:
        reports = import_folder(
            engine,
            lambda: NOW,
            settings,
            path,
            mode,
            lambda _name, _done, _total: None,
            reader=FolderReader(),
            resolver=IdentityResolver(),
        )
        return {report.file: report for report in reports}

    return go


def numbers(engine: Engine) -> set[str]:
    with reading(engine) as conn:
        return {customer.member_number for customer in Records(conn).of_kind(Customer)} - {"M1"}


def test_a_good_file_is_taken_and_changes_nothing_the_second_time(run: Import, folder: Path, engine: Engine) -> None:
    """Everything a row says is kept; importing it again says that nothing changed."""
    (folder / "customers.csv").write_text(f"{HEADER}\r\n{GOOD}\r\n\r\n,,,,,,,,,,\r\n", encoding="utf-8-sig")
    consent = "member_number,channel,purpose,state,at\nM100,email,relationship,granted,2026-01-02T10:00:00+09:00\n"
    (folder / "consents.csv").write_text(consent)
    contact = "member_number,number,at,means,tool\nM100,b-31,2026-11-20T18:00:00+09:00,line,配信代行\n"
    (folder / "contacts.csv").write_text(contact)
    reports = run("all")
    assert (reports["customers.csv"].taken, reports["consents.csv"].taken) == (1, 1)
    again = run("all")
    assert (reports["contacts.csv"].taken, again["contacts.csv"].unchanged) == (1, 1)
    assert (again["customers.csv"].taken, again["customers.csv"].unchanged, again["consents.csv"].unchanged) == (
        0,
        1,
        1,
    )
    with reading(engine) as conn:
        (customer,) = (each for each in Records(conn).of_kind(Customer) if each.member_number == "M100")
        assert len(Records(conn).of_kind(Consent)) == 1
    assert (customer.phone, customer.points, customer.sizes) == ("+819011112222", 120, {"top": "M", "shoe": "23.5"})
    assert customer.likes == ("wine", "navy")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
def test_every_encoding_that_shops_use_is_read(run: Import, folder: Path, engine: Engine, encoding: str) -> None:
    """UTF-8 with and without its mark, what Japanese Excel writes, and UTF-16."""
    (folder / "customers.csv").write_bytes(f"{HEADER}\r\n{GOOD.replace('佐藤', '髙橋')}\r\n".encode(encoding))
    assert run("all")["customers.csv"].errors == ()
    with reading(engine) as conn:
        assert "髙橋" in {customer.family_name for customer in Records(conn).of_kind(Customer)}


MISTAKES = {
    "M201,,,nonsense,,,,,,,": "phone",
    "M202,,,,not-an-address,,,,,,": "email",
    "M203,,,,,April 9,,,,,": "birthday",
    "M204,,,,,,many,,,,": "points",
    "M205,,,,,,,01/05/2024,,,": "member_since",
    "M206,,,,,,,20240501,,,": "member_since",
    "M207,,,,,,,2024-02-30,,,": "member_since",
    "M208,,,,,,,,mars,,": "home_shop_code",
    "M209,,,,,,,,,no pairs,": "sizes",
    "M210,short": "given_name",
    "M211,,,,,,,,,,,too,long": "column 12",
    "M212,nul\x00,,,,,,,,,": "family_name",
    'M213,"never closed,,,,,,,,,': "row",
    'M214,"closed"too early,,,,,,,,,': "row",
    ",nobody,,,,,,,,,": "member_number",
    "M" * 70 + ",,,,,,,,,,": "member_number",
}


@pytest.mark.parametrize("place", ["before", "after"])
def test_each_mistake_is_named_and_its_neighbours_are_taken(
    run: Import, folder: Path, engine: Engine, place: str
) -> None:
    """In mode `good` every bad row is reported with its number and field, and every good one is there."""
    bad = list(MISTAKES)
    good = [f"M{number},良,{number},,,,,,,," for number in range(300, 300 + len(bad))]
    pairs = zip(bad, good, strict=True) if place == "before" else zip(good, bad, strict=True)
    rows = [row for pair in pairs for row in pair]
    (folder / "customers.csv").write_text("\n".join([HEADER, *rows, ""]), newline="")
    report = run("good")["customers.csv"]
    expected = [(number, MISTAKES[row]) for number, row in enumerate(rows, 2) if row in MISTAKES]
    assert [(error.row, error.field) for error in report.errors] == expected
    assert numbers(engine) == {row.split(",")[0] for row in good}
    assert f"customers.csv row {expected[0][0]}, phone: is not a telephone number" in report.as_text()
    assert "nonsense" not in report.model_dump_json()


def test_a_file_with_a_bad_row_is_refused_whole_in_mode_all(run: Import, folder: Path, engine: Engine) -> None:
    """Nothing of it is taken, be the mistake in the row itself or in what it refers to; other files are taken."""
    (folder / "customers.csv").write_text(f"{HEADER}\n{GOOD}\nM208,,,,,,,,mars,,\n")
    (folder / "stock.csv").write_text("sku,shop_code,quantity,at\np1-M,ginza,4,2026-11-22T11:00:00+09:00\n")
    reports = run("all")
    assert reports["customers.csv"].refused
    assert [(error.row, error.field, error.value) for error in reports["customers.csv"].errors] == [
        (3, "home_shop_code", "mars")
    ]
    assert numbers(engine) == set()
    assert reports["stock.csv"].taken == 1


def test_what_became_of_an_appointment_is_read(run: Import, folder: Path, engine: Engine) -> None:
    """Each state by its name; another word, or an end that lies ahead, is an error of that row's `state`."""
    rows = [("kept", -1, "done"), ("here", 0, "arrived"), ("missed", -1, "no_show"), ("off", 2, "cancelled"),
            ("ahead", 2, "booked"), ("unsaid", -1, ""), ("word", -1, "finished"), ("early", 2, "done")]  # fmt: skip
    booked = (NOW - timedelta(days=9)).isoformat()
    lines = [
        f"M1,{name},ginza,store,{(NOW + timedelta(days=days)).isoformat()},{booked},{state}"
        for name, days, state in rows
    ]
    header = "member_number,number,shop_code,appointment_kind,at,booked_at,state"
    (folder / "appointments.csv").write_text("\n".join([header, *lines]))
    errors = run("good")["appointments.csv"].errors
    assert [(error.row, error.field, error.message) for error in errors] == [
        (8, "state", "is none of booked, arrived, done, no_show, cancelled"),
        (9, "state", "is done, but the appointment lies ahead"),
    ]
    with reading(engine) as conn:
        states = {one.state.value for one in Records(conn).of_kind(Appointment)}
        assert len(Records(conn).of_kind(Appointment)) == 6
    assert states == {"done", "arrived", "no_show", "cancelled", "booked"}


def test_stock_and_catalogue_have_their_own_mistakes(run: Import, folder: Path, engine: Engine) -> None:
    """Negative quantities, times without a zone, wrong check digits, unknown articles: each is named with its value."""
    stock = ["p1-S,ginza,-1,2026-11-22T11:00:00+09:00", "p1-S,ginza,2,2026-11-22T11:00:00", "p1-S,ginza,2,2026-11-22"]
    stock += [
        "none,ginza,2,2026-11-22T11:00:00+09:00",
        "p1-S,ginza,２,0001-01-01T00:00:00+09:00",
        "p1-M,ginza,２,2026-11-22T11:00:00+09:00",
    ]
    (folder / "stock.csv").write_text("\n".join(["sku,shop_code,quantity,at", *stock]))
    variants = ["p1,p1-L,4901234567894,1000", "p1,p1-XL,4901234567895,1000", "p9,p9-S,,1000", "p1,p1-XS,,1e3"]
    (folder / "variants.csv").write_text("\n".join(["product_code,sku,jan,price", *variants]))
    reports = run("good")
    assert [(error.row, error.field) for error in reports["stock.csv"].errors] == [
        (2, "quantity"), (3, "at"), (4, "at"), (5, "sku"), (6, "at"),
    ]  # fmt: skip
    assert [(error.row, error.field, error.value) for error in reports["variants.csv"].errors] == [
        (3, "jan", "4901234567895"), (4, "product_code", "p9"), (5, "price", "1e3"),
    ]  # fmt: skip
    with reading(engine) as conn:
        assert len(Records(conn).of_kind(Variant)) == 3
        assert {level.quantity for level in Records(conn).of_kind(StockLevel)} == {2, 3}


@pytest.mark.parametrize(
    ("text", "field", "words", "taken"),
    [
        ("", "header", "empty", 0),
        ("first,second\n1,2\n", "header", "Its columns are", 0),
        ("sku,shop_code,quantity\np1-M,ginza,1\n", "at", "missing", 0),
        ("sku,sku,shop_code,quantity,at\n", "sku", "twice", 0),
        ("sku,shop_code,quantity,at,colour\np1-M,ginza,1,2026-11-22T11:00:00+09:00,red\n", "colour", "not a column", 1),
    ],
)
def test_a_wrong_header_is_named(run: Import, folder: Path, text: str, field: str, words: str, taken: int) -> None:
    """A missing column keeps every row out; one that we do not know is reported, and the rows are read without it."""
    (folder / "stock.csv").write_text(text)
    report = run("good")["stock.csv"]
    assert [(error.row, error.field) for error in report.errors] == [(1, field)]
    assert words in report.errors[0].message
    assert report.taken == taken


def test_json_lines_are_taken_too(run: Import, folder: Path, engine: Engine) -> None:
    """A line is one fact; broken lines are named."""
    lines = ['{"ref": {"member_number": "M100"}, "family_name": "佐藤"}', "{", "[]", '{"ref": 5}', "[" * 5000]
    lines += ['{"ref": {"member_number": "M101"}, "family_name": "\\u0000"}', '{"type": "shop"}']
    (folder / "customers.jsonl").write_text("\n".join(lines))
    report = run("good")["customers.jsonl"]
    assert [(error.row, error.field) for error in report.errors] == [
        (2, "row"), (3, "row"), (4, "ref"), (5, "row"), (6, "row"), (7, "type"),
    ]  # fmt: skip
    assert numbers(engine) == {"M100"}


def test_a_thousand_malformed_rows_are_each_named(run: Import, folder: Path, engine: Engine) -> None:
    """Junk in random cells of 1,000 rows among 1,000 good ones: every good row is taken, every other named or harmless."""
    dice = random.Random(7)
    junk = [
        "\x00",
        "𠮷",
        "=1+1",
        "-5",
        "9" * 400,
        "2026-13-45",
        "x" * 5000,
        "😀",
        "a=b=c",
        "|||",
        "null",
        "1e999",
    ]
    rows, good = [], set()
    for number in range(1000):
        cells = GOOD.split(",")
        cells[0], cells[3], cells[4] = f"B{number}", "", ""
        for _ in range(dice.randint(1, 3)):
            match dice.randrange(6):
                case 0 if cells:
                    del cells[dice.randrange(len(cells)) :]
                case 1:
                    cells += dice.choices(junk, k=dice.randint(1, 3))
                case 2:
                    cells.insert(dice.randrange(len(cells) + 1), '"' * dice.randint(1, 3))
                case _ if cells:
                    cells[dice.randrange(len(cells))] = dice.choice(junk)
        good.add(f"G{number}")
        rows += [",".join(cells), f"G{number},良,{number},,,,,,,,"]
    (folder / "customers.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    report = run("good")["customers.csv"]
    assert good <= numbers(engine)
    assert len({error.row for error in report.errors}) > 800
    assert all(error.field and error.message and error.row % 2 == 0 for error in report.errors)


def test_bytes_that_are_no_text_cost_their_row(run: Import, folder: Path, engine: Engine) -> None:
    """One broken line in a file of UTF-8 is that row's error."""
    (folder / "customers.csv").write_bytes(
        f"{HEADER}\n{GOOD}\nM101,".encode() + b"\xff\xfe,,,,,,,,,\n" + "M102,良,,,,,,,,,\n".encode()
    )
    report = run("good")["customers.csv"]
    assert [(error.row, error.field) for error in report.errors] == [(3, "family_name")]
    assert numbers(engine) == {"M100", "M102"}


def test_only_pictures_from_inside_the_folder_are_copied(run: Import, folder: Path, tmp_path: Path) -> None:
    """Links, scripts and files that are not what they are called stay out; pictures are served from the data folder."""
    products = folder / "media" / "products"
    products.mkdir(parents=True)
    made = io.BytesIO()
    Image.new("RGB", (4, 4)).save(made, "WEBP")
    (products / "good.webp").write_bytes(made.getvalue())
    (products / "false.png").write_text("<script>")
    (products / "drawing.svg").write_text("<svg/>")
    (tmp_path / "secret.webp").write_bytes(made.getvalue())
    (products / "link.webp").symlink_to(tmp_path / "secret.webp")
    (folder / "media" / "out").symlink_to(tmp_path)
    (folder / "products.csv").write_text(
        "code,name,category,image\np5,n,dress,../../secret.webp\np6,n,dress,products/good.webp\n"
    )
    reports = run("good")
    assert [(error.row, error.field) for error in reports["products.csv"].errors] == [(2, "image")]
    copied = tmp_path / "data" / "media"
    assert [path.relative_to(copied).as_posix() for path in copied.rglob("*") if path.is_file()] == [
        "products/good.webp"
    ]
    assert {error.field for error in reports["media"].errors} == {
        "products/false.png", "products/drawing.svg", "products/link.webp", "out",
    }  # fmt: skip


def test_nothing_to_import_is_said(run: Import, folder: Path) -> None:
    """A folder without files, or none at all, is the caller's mistake."""
    with pytest.raises(BadInput, match="no file to import"):
        run("good")
    folder.rmdir()
    with pytest.raises(BadInput, match="There is no "):
        run("good")


def test_progress_is_told(ingest: IngestService, engine: Engine, folder: Path, tmp_path: Path) -> None:
    """Whoever waits hears of every file, from nothing to all of its rows."""
    at = (NOW - timedelta(minutes=5)).isoformat()
    (folder / "stock.csv").write_text("sku,shop_code,quantity,at\n" + f"p1-S,ginza,1,{at}\n" * 2500)
    told: list[tuple[str, int, int]] = []
    settings = ServerSettings(data=tmp_path / "data")
    resolver = IdentityResolver()
    import_folder(
        engine,
        lambda: NOW,
        settings,
        folder,
        "all",
        lambda *step: told.append(step),
        reader=FolderReader(),
        resolver=resolver,
    )
    assert told == [("stock.csv", done, 2500) for done in (0, 1000, 2000, 2500)]


def test_one_file_can_be_imported_alone(run: Import, folder: Path, engine: Engine) -> None:
    """The path may be a file: that one is taken, and nothing beside it."""
    (folder / "customers.csv").write_text(f"{HEADER}\n{GOOD}\n")
    (folder / "stock.csv").write_text("sku,shop_code,quantity,at\np1-M,ginza,4,2026-11-22T11:00:00+09:00\n")
    assert list(run("all", folder / "customers.csv")) == ["customers.csv"]
    assert numbers(engine)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customer.csv", "is not called as an import file is"),
        ("Customers.CSV", "is not called as an import file is"),
        ("customers.xlsx", "is not called as an import file is"),
        ("orders.csv", "is only read as JSON Lines"),
    ],
)
def test_a_table_that_is_not_read_is_named(run: Import, folder: Path, name: str, words: str) -> None:
    """A misspelt name loses nobody's file in silence; what else lies there is imported."""
    (folder / "customers.csv").write_text(f"{HEADER}\n{GOOD}\n")
    (folder / name).write_text(f"{HEADER}\n{GOOD}\n")
    (folder / "notes.txt").write_text("x")
    reports = run("good")
    assert set(reports) == {"customers.csv", name}
    assert reports["customers.csv"].taken == 1
    assert reports[name].refused
    assert words in reports[name].as_text()


def test_an_imported_refusal_reaches_what_waits(run: Import, folder: Path, engine: Engine) -> None:
    """A message that waits is cancelled with the reason by the import itself; the entry says by which door it came, and
    an older grant that comes later changes nothing, nor does one that lies ahead."""
    (folder / "customers.csv").write_text(f"{HEADER}\r\n{GOOD}\r\n", encoding="utf-8-sig")
    run("all")
    with transaction(engine) as conn:
        records = Records(conn)
        (hers,) = (each for each in records.of_kind(Customer) if each.member_number == "M100")
        values = {
            "id": "waits", "customer_id": hers.id, "channel": "email", "cause": "after_visit", "purpose": "relationship",
            "shop_id": "ginza", "state": "queued", "body": "お礼", "at": NOW, "state_at": NOW,
        }  # fmt: skip
        records.put(Message.model_validate(values))
    head = "member_number,channel,purpose,state,at,wording\n"
    (folder / "consents.csv").write_text(
        f"{head}M100,email,relationship,refused,2026-01-02T10:00:00+09:00,いりません\n"
    )
    run("all")
    with reading(engine) as conn:
        waits = Records(conn).get(Message, "waits")
        (entry,) = Records(conn).of_kind(Consent)
    assert waits is not None
    assert waits.reason is not None
    assert (waits.state, waits.reason.code, entry.source, entry.origin) == ("cancelled", "refused", "import", "files")
    late = "M100,email,relationship,granted,2025-01-02T10:00:00+09:00,\n"
    ahead = "M100,email,relationship,granted,2036-01-02T10:00:00+09:00,\n"
    (folder / "consents.csv").write_text(head + late + ahead)
    assert [error.field for error in run("good")["consents.csv"].errors] == ["at"]
    with reading(engine) as conn:
        ledger = Records(conn).of_kind(Consent)
    assert len(ledger) == 2
    assert standing(ledger, Channel.EMAIL, ConsentPurpose.RELATIONSHIP) is ConsentState.REFUSED
