"""Codes for many devices at once, as files to send and to print."""

import csv
import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import Engine, func, select

from sync.errors import BadFile, NotAllowed
from sync.policy.invitation import read
from sync.protocol import EnrolRequest
from sync.server.database import make_engine, reading
from sync.server.enrolment import enrol, list_devices
from sync.server.kitting import as_csv, as_sheet, make_codes
from sync.server.migrate import migrate
from sync.server.tables import enrolment_codes
from tests.integration.server.devices import Key
from tests.integration.server.people import GINZA, UMEDA, MovableClock, open_shop

SERVER = "https://api.example.jp"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "serials.csv"
    path.write_bytes(text.encode(encoding))
    return path


def codes_kept(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.scalar(select(func.count()).select_from(enrolment_codes)) or 0


def test_each_row_becomes_a_code_of_its_shop_and_serial(retailer: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """A device with the serial of its row joins the row's shop under the row's name, thirty days long; no other does."""
    path = written(tmp_path, "serial,shop,name\r\nA-1,ginza,レジ横\r\nA-2,umeda,\r\n", "utf-8-sig")
    one, two = make_codes(retailer, clock, path, 30)
    clock.at += timedelta(days=30, seconds=-1)
    key = Key().jwk
    with pytest.raises(NotAllowed):
        enrol(retailer, clock, EnrolRequest(code=one.code, name="t", public_key=key, serial="A-2"))
    assert (
        enrol(retailer, clock, EnrolRequest(code=two.code, name="t", public_key=key, serial="A-2")).shop_id == UMEDA.id
    )
    assert (
        enrol(retailer, clock, EnrolRequest(code=one.code, name="t", public_key=key, serial="A-1")).shop_id == GINZA.id
    )
    assert [(each.name, each.serial) for each in list_devices(retailer)] == [("t", "A-2"), ("レジ横", "A-1")]


def test_the_files_say_the_same_codes(retailer: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """CSV and page hold each code; the page brings nothing from elsewhere and shows names as text."""
    path = written(tmp_path, "shop,serial,name\nginza,A-1,<b>&</b>\numeda,A-2,\n")
    kitted = make_codes(retailer, clock, path, 30)
    rows = list(csv.DictReader(io.StringIO(as_csv(kitted, SERVER))))
    assert [(row["serial"], row["shop"], read(row["link"]).code) for row in rows] == [
        (each.kit.serial, each.kit.shop, each.code.replace("-", "")) for each in kitted
    ]
    assert {read(row["link"]).server for row in rows} == {SERVER}
    page = as_sheet(kitted, SERVER)
    assert page.count("<svg") == 2
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in page
    assert "<script" not in page
    assert "<b>" not in page
    assert all(each.code in page for each in kitted)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("serial,name\nA,x\n", ["line 1: there is no column shop"]),
        ("serial,shop,colour\nA,ginza,red\n", ["line 1, column colour: known are serial, shop, name"]),
        (
            "serial,shop\nA-1,ginza\n,ginza\nA-3,nowhere\na-1,umeda\n=A,\nA-6,ginza,x,y\n",
            [
                "line 3, column serial: it is empty",
                "line 4, column shop: there is no shop with the code 'nowhere'",
                "line 5, column serial: a-1 stands in line 2 too",
                "line 6, column serial: '=A' is no serial number",
                "line 6, column shop: it is empty",
                "line 7, column (past the last): there are more fields than columns",
            ],
        ),
        ("serial,shop,name\nA-1,ginza,=1+1\n", ["line 2, column name: a name that begins so"]),
        ('serial,shop\n"A-1,ginza\n', ["this is no CSV"]),
        ("serial,shop\n", ["there is no row"]),
        ("", ["line 1: there is no column serial"]),
    ],
)
def test_one_bad_row_and_there_is_no_code(
    retailer: Engine, clock: MovableClock, tmp_path: Path, text: str, said: list[str]
) -> None:
    """Every mistake is named with its line and column, and not one code was made."""
    with pytest.raises(BadFile) as caught:
        make_codes(retailer, clock, written(tmp_path, text), 30)
    for each in said:
        assert each in str(caught.value)
    assert codes_kept(retailer) == 0


def test_a_file_of_another_encoding_is_said_to_be_so(retailer: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """Shift JIS, as Excel writes it in Japan unless told otherwise."""
    with pytest.raises(BadFile, match="UTF-8"):
        make_codes(retailer, clock, written(tmp_path, "serial,shop,name\nA,ginza,銀座\n", "cp932"), 30)


def command(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELING_")}
    called = [sys.executable, "-m", "clienteling.cli", "admin", *words, "--data", str(data)]
    return subprocess.run(called, check=False, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a server with the small retailer in it."""
    folder = tmp_path / "server"
    folder.mkdir()
    engine = make_engine(f"sqlite:///{folder / 'clienteling.db'}")
    migrate(engine)
    open_shop(engine, MovableClock())
    engine.dispose()
    return folder


def test_the_command_line_prints_one_code_and_its_picture(data: Path, tmp_path: Path) -> None:
    """In a pipe the code stands alone; the PNG, readable by its owner only, says server and code to a camera."""
    png = tmp_path / "code.png"
    done = command(data, "enrol", "--shop", "ginza", "--png", str(png), "--server", SERVER)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 1
    (found,) = zxingcpp.read_barcodes(Image.open(png))
    invitation = read(found.text)
    assert (invitation.server, invitation.code) == (SERVER, done.stdout.strip().replace("-", ""))
    assert png.stat().st_mode & 0o077 == 0
    shown = command(data, "enrol", "--shop", "ginza", "--qr", "--server", SERVER).stdout
    assert "█" in shown
    assert SERVER in shown


def test_a_server_without_tls_gets_no_picture(data: Path) -> None:
    """Tablets would not take it from a QR code, so it is said at once and no code is made."""
    done = command(data, "enrol", "--shop", "ginza", "--qr", "--server", "http://10.0.0.5:8552")
    assert done.returncode == 2
    assert "https" in done.stderr
    assert codes_kept(make_engine(f"sqlite:///{data / 'clienteling.db'}")) == 0


def test_the_command_line_makes_a_batch(data: Path, tmp_path: Path) -> None:
    """Codes and page are written as new files of their owner; bad rows end it with status 2, and no file."""
    out, sheet = tmp_path / "codes.csv", tmp_path / "sheet.html"
    words = ("enrol", "--days", "30", "--out", str(out), "--sheet", str(sheet), "--server", SERVER, "--batch")
    bad = command(data, *words, str(written(tmp_path, "serial,shop\nA,nowhere\n")))
    assert (bad.returncode, out.exists(), sheet.exists()) == (2, False, False)
    assert "line 2, column shop" in bad.stderr
    done = command(data, *words, str(written(tmp_path, "serial,shop\nA,ginza\nB,umeda\n")))
    assert done.returncode == 0, done.stderr
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 3
    assert sheet.read_text().count("<section>") == 2
    assert (out.stat().st_mode | sheet.stat().st_mode) & 0o077 == 0


def test_the_command_line_lists_what_devices_told(data: Path) -> None:
    """A device that has told nothing yet has dashes there."""
    code = command(data, "enrol", "--shop", "ginza").stdout.strip()
    engine = make_engine(f"sqlite:///{data / 'clienteling.db'}")
    from sync.clock import system_clock

    device_id = enrol(engine, system_clock, EnrolRequest(code=code, name="レジ横", public_key=Key().jwk)).device_id
    engine.dispose()
    (line,) = command(data, "devices").stdout.splitlines()
    assert line.split("\t") == [
        device_id, "レジ横", "ginza", "-", "synced -", "unsent -", "battery -", "never seen", "active",
    ]  # fmt: skip
