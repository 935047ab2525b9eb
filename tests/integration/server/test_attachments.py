"""What customers sent, handed out: to a device that has her, in somebody's name, as what it is and nothing else."""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert

from sync.client.remote import ATTACHED
from sync.model.customer import Channel
from sync.model.outreach import Cause, Direction, Message, MessageState, Purpose
from sync.protocol import PROTOCOL_HEADER, PROTOCOL_VERSION
from sync.server.database import reading, transaction
from sync.server.repository import audit
from sync.server.repository.attachments import vault_of
from sync.server.repository.reach import LOOKED_UP_FOR
from sync.server.routes.attachments import router
from sync.server.tables_edges import attachments as table
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.people import GINZA, NOON, OSAKA, UMEDA, MovableClock, customer, person, write

VAULT = vault_of("s")
PDF = b"%PDF-1.7 <script>alert(1)</script>"
HERS = customer("2001", UMEDA.id)
STAFF = person("t9", GINZA.id)


@pytest.fixture
def app(app: FastAPI, retailer: Engine, clock: MovableClock) -> FastAPI:
    """The server's app with what a customer of Umeda sent: one document that is kept, one that nobody looked at yet."""
    app.include_router(router(VAULT))
    write(
        retailer,
        clock,
        HERS,
        STAFF,
        Message(
            id="m1", customer_id=HERS.id, direction=Direction.IN, channel=Channel.LINE, cause=Cause.REPLY,
            purpose=Purpose.REPLY, shop_id=UMEDA.id, state=MessageState.RECEIVED, body="x", at=NOON, state_at=NOON,
        ),
    )  # fmt: skip
    with transaction(retailer) as conn:
        for one, media_type, due_at in (("kept", "application/pdf", None), ("waiting", "", NOON)):
            sealed = VAULT.seal("attachment", one, PDF)
            values = {"content": sealed, "media_type": media_type, "due_at": due_at, "channel": "line", "remote_id": ""}
            conn.execute(insert(table).values(id=one, message_id="m1", tries=0, at=NOON, **values))
    return app


def look(device: HttpDevice, one: str = "kept", staff_id: str = STAFF.id) -> httpx.Response:
    return device.call("GET", f"/v1/attachments/{one}?staff_id={staff_id}")


def looks(engine: Engine) -> list[tuple[str | None, str | None]]:
    with reading(engine) as conn:
        return [(one.staff_id, one.subject_id) for one in audit.of_customer(conn, HERS.id) if one.what == "attachment"]


def test_her_own_shop(app: FastAPI, http: TestClient, retailer: Engine, clock: MovableClock) -> None:
    """Its bytes as they were kept, as the type that was found in them, never to be guessed at, shown in place or stored; and
    who looked is on record."""
    key = Key(b"\x08" * 32)
    umeda = HttpDevice(http, clock, enrolled(retailer, clock, key, "umeda"), key)
    answer = look(umeda, staff_id=OSAKA.id)
    assert (answer.status_code, answer.content) == (200, PDF)
    headers = {name: answer.headers[name] for name in ("content-type", "x-content-type-options", "cache-control")}
    assert headers == {
        "content-type": "application/pdf",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    assert headers["content-type"] in ATTACHED
    assert answer.headers["content-disposition"] == 'attachment; filename="attachment.pdf"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert looks(retailer) == [(OSAKA.id, "kept")]
    assert [look(umeda, one, OSAKA.id).status_code for one in ("waiting", "nothing")] == [404, 404]
    assert [look(umeda, staff_id=one).status_code for one in ("nobody", STAFF.id)] == [403, 403], "unknown; not of here"
    unsigned = http.get(f"/v1/attachments/kept?staff_id={STAFF.id}", headers={PROTOCOL_HEADER: str(PROTOCOL_VERSION)})
    assert unsigned.status_code == 401
    assert looks(retailer) == [(OSAKA.id, "kept")]


def test_another_shop_that_looked_her_up(
    app: FastAPI, tablet: HttpDevice, clock: MovableClock, retailer: Engine
) -> None:
    """A tablet of Ginza gets it only after it asked for all that is hers, and for as long as it keeps that."""
    assert look(tablet).status_code == 404
    assert tablet.call("GET", f"/v1/customers/{HERS.id}").status_code == 200
    assert look(tablet).status_code == 200
    clock.at += LOOKED_UP_FOR
    assert look(tablet).status_code == 404
    assert looks(retailer) == [(STAFF.id, "kept")]


def test_after_the_secret_was_replaced(app: FastAPI, tablet: HttpDevice, retailer: Engine) -> None:
    """What was sealed under another secret is said not to be there for now; nothing fails."""
    other = vault_of("another").seal("attachment", "kept", PDF)
    with transaction(retailer) as conn:
        conn.execute(table.update().where(table.c.id == "kept").values(content=other))
    tablet.call("GET", f"/v1/customers/{HERS.id}")
    assert look(tablet).status_code == 503
    assert looks(retailer) == []
