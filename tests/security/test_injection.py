"""Text that would be code elsewhere: SQL, templates, script. It is found, stored and shown as the text that it is."""

import base64
import json
from datetime import timedelta
from functools import partial

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, inspect, select

from sync.ids import new_id
from sync.model.catalogue import Product
from sync.model.commands import LogInteraction, RegisterCustomer
from sync.model.customer import Appointment, AppointmentKind, Call, Channel, Customer, Interaction
from sync.server.database import reading, transaction
from sync.server.repository import customer_links
from sync.server.repository.records import Records
from sync.server.tables import customers, metadata
from tests.integration.server.devices import HttpDevice
from tests.integration.server.people import GINZA, MISAKI, RETAILER, YUMI, MovableClock, write
from tests.security.conftest import WRITE_KEY

SQL = (
    "' OR '1'='1", "' OR 1=1 --", "\" OR \"\"=\"", "'; DROP TABLE customers; --", "1; DELETE FROM customers",
    "%", "_", "%' ESCAPE '", "') UNION SELECT key_hex FROM scope_keys --", "\\", "佐'藤", "$1", ":hers", "{0}", "%(id)s",
)  # fmt: skip
TEMPLATES = (
    "{{ 7*191 }}",
    "{% for x in [] %}",
    "${7*191}",
    "#{7*191}",
    "{{ ''.__class__.__mro__ }}",
    "{0.__class__}",
    "%x%n",
)
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def whole(engine: Engine) -> bool:
    """Say whether every table and the one customer are still there."""
    with engine.connect() as conn:
        tables = set(inspect(conn).get_table_names()) >= {table.name for table in metadata.sorted_tables}
        return tables and bool(conn.scalar(select(func.count()).select_from(customers)))


@pytest.mark.parametrize("text", SQL)
def test_a_search_is_only_a_search(tablet: HttpDevice, database: Engine, text: str) -> None:
    """Quotes, comments and wildcards find nobody, and nothing is gone after them."""
    answer = tablet.call("GET", "/v1/customers", params={"q": text})
    assert answer.status_code == 200
    assert answer.json()["hits"] == []
    assert whole(database)


@pytest.mark.parametrize("text", SQL)
def test_an_id_is_only_an_id(tablet: HttpDevice, database: Engine, text: str) -> None:
    """In the place of a customer's id it means nobody."""
    quoted = "".join(f"%{byte:02X}" for byte in text.encode())
    assert tablet.call("GET", f"/v1/customers/{quoted}").status_code in (401, 404)
    assert whole(database)


@pytest.mark.parametrize("text", [*SQL, *TEMPLATES, SCRIPT])
def test_what_a_tablet_writes_is_kept_as_it_was_written(tablet: HttpDevice, database: Engine, text: str) -> None:
    """A name and a note made of code are stored letter for letter, and found again by their beginning."""
    hers = new_id()
    commands = [
        RegisterCustomer(customer_id=hers, shop_id=GINZA.id, family_name=text),
        LogInteraction(interaction_id=new_id(), customer_id=hers, shop_id=GINZA.id, text=text),
    ]
    body = {
        "commands": [
            {"id": new_id(), "seq": number, "staff_id": MISAKI.id, "device_time": tablet.clock().isoformat(),
             "command": command.model_dump(mode="json")}
            for number, command in enumerate(commands, 1)
        ]
    }  # fmt: skip
    answer = tablet.call("POST", "/v1/sync/push", json=body)
    assert answer.status_code == 200, answer.text
    assert [one["accepted"] for one in answer.json()["outcomes"]] == [True, True]
    with reading(database) as conn:
        records = Records(conn)
        kept = records.get(Customer, hers)
        notes = [one.text for one in records.of_kind(Interaction)]
    assert kept is not None
    assert kept.family_name == text.strip()
    assert notes == [text]
    assert whole(database)


@pytest.mark.parametrize("text", SQL)
def test_what_the_web_shop_posts_is_only_facts(http: TestClient, database: Engine, text: str) -> None:
    """In every field of an event: taken as text or named as wrong, never run."""
    event = {
        "type": "track", "event": "Products Searched", "messageId": text, "userId": text, "anonymousId": text,
        "timestamp": "2026-11-18T02:00:00Z", "properties": {"query": text, "product_id": text, "sku": text},
    }  # fmt: skip
    basic = base64.b64encode(f"{WRITE_KEY}:".encode()).decode()
    answer = http.post("/v1/batch", content=json.dumps({"batch": [event]}), headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200
    assert whole(database)


def pages(engine: Engine, clock: MovableClock) -> list[str]:
    """Return the paths of a page of each sort that customers see, with hostile names of house, shop, staff and goods."""
    evil = SCRIPT + "".join(TEMPLATES)
    write(
        engine,
        clock,
        RETAILER.model_copy(update={"brand": evil, "legal_name": evil, "postal_address": evil, "home_page": "javascript:alert(1)"}),
        GINZA.model_copy(update={"name": evil, "brand": evil}),
        MISAKI.model_copy(update={"family_name": evil, "given_name": evil}),
        YUMI.model_copy(update={"family_name": evil}),
        Product(id="p1", code="P1", name=evil, category="dress", image="javascript:alert(1)"),
        Appointment(
            id="a1", customer_id=YUMI.id, shop_id=GINZA.id, staff_id=MISAKI.id, appointment_kind=AppointmentKind.VIDEO,
            at=clock() + timedelta(minutes=5), booked_at=clock(), call=Call(room_id="r", token="call-token-of-yumi"),
        ),
    )  # fmt: skip
    from tests.security.letters import letter

    write(engine, clock, letter(clock(), product_ids=("p1",)))
    opt_out, shown = (customer_links.token_for("s", purpose, "m1") for purpose in ("opt_out", "products"))
    with transaction(engine) as conn:
        keep = partial(customer_links.keep, customer_id=YUMI.id, channel=Channel.EMAIL, at=clock())
        keep(conn, opt_out, "opt_out")
        keep(conn, shown, "products", message_id="m1")
    return [f"/c/{opt_out}", f"/p/{shown}", "/call/call-token-of-yumi"]


def test_names_on_pages_are_text(http: TestClient, database: Engine, clock: MovableClock) -> None:
    """Script and templates in the names of the house, a shop, staff, goods and herself show as they are written and do nothing;
    an address that is none of the web is no link."""
    for path in pages(database, clock):
        answer = http.get(path)
        assert answer.status_code == 200, path
        assert "<script" not in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert "1337" not in answer.text, path  # what 7*191 comes to
        assert "__mro__" not in answer.text or "{{ &#39;&#39;.__class__" in answer.text, path
        assert "javascript:alert" not in answer.text.replace("/media/javascript:alert", ""), path
        assert "script-src" not in answer.headers["content-security-policy"], path
        assert answer.headers["content-security-policy"].startswith("default-src 'none'"), path
