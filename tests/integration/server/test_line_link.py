"""Linking a LINE account: the tablet's code, her message, our page, LINE's answer, and what each of them may not do."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from sync.delivery.line import LineChannel
from sync.model.customer import Consent, Customer
from sync.model.outreach import Message
from sync.model.own_phone import OwnPhoneLink
from sync.model.shop import RetailerSettings
from sync.policy.playbook import load_playbook
from sync.protocol import STAFF_HEADER
from sync.sandbox.line import signature
from sync.server.database import reading, transaction
from sync.server.enrolment import cut_off
from sync.server.repository import identity
from sync.server.repository.delivery import Delivery
from sync.server.repository.records import Records
from sync.server.routes.own_phone import router as own_phone
from sync.server.tables_edges import customer_links, identity_conflicts
from sync.server.web.pages import router as pages
from sync.server.webhooks import router as webhooks
from tests.integration.server.devices import HttpDevice
from tests.integration.server.people import GINZA, MISAKI, MovableClock

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
HER_LINE, OTHER_LINE = "U" + "1" * 32, "U" + "2" * 32
HANA = Customer(id="hana", member_number="7001", family_name="花", home_shop_id=GINZA.id)
TWIN = HANA.model_copy(update={"id": "twin", "member_number": "7002", "line_user_id": HER_LINE})
JA = {"Accept-Language": "ja"}


class Line:
    """LINE as this server meets it: what was said by reply, and webhooks to post."""

    def __init__(self, http: TestClient) -> None:
        self.http, self.said, self.answers, self.count = http, list[str](), True, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/linkToken"):
            return httpx.Response(200 if self.answers else 500, json={"linkToken": "lt"})
        self.said.append(json.loads(request.content)["messages"][0]["text"])
        return httpx.Response(200, json={"sentMessages": [{"id": "1"}]})

    def tell(self, event: dict[str, Any], user_id: str = HER_LINE) -> str:
        """Post an event; return what she was told."""
        self.count += 1
        common = {"webhookEventId": f"e{self.count}", "timestamp": 1, "source": {"type": "user", "userId": user_id}}
        body = json.dumps({"destination": "U", "events": [{"replyToken": "rt", **common, **event}]}).encode()
        headers = {"x-line-signature": signature("s", body)}
        assert self.http.post("/webhooks/line", content=body, headers=headers).status_code == 200
        return self.said.pop() if self.said else ""

    def write(self, text: str, user_id: str = HER_LINE) -> str:
        return self.tell({"type": "message", "message": {"id": "1", "type": "text", "text": text}}, user_id)

    def answer(self, nonce: str, result: str = "ok", user_id: str = HER_LINE) -> str:
        return self.tell({"type": "accountLink", "link": {"result": result, "nonce": nonce}}, user_id)


@pytest.fixture
def line(app: FastAPI, http: TestClient, retailer: Engine, clock: MovableClock) -> Line:
    """The server with LINE's webhook, our pages and the tablet's route; Hana is a customer of Ginza."""
    made = Line(http)
    channel = LineChannel(api="https://api.line.me", token="t", secret="s", transport=httpx.MockTransport(made))
    app.include_router(webhooks([channel], Delivery(retailer, clock, secret="secret", playbook=load_playbook(None))))
    app.include_router(own_phone("secret", "http://server.test", "@elm"))
    app.include_router(pages(retailer, clock, "secret"))
    with transaction(retailer) as conn:
        records = Records(conn, clock)
        house = records.get(RetailerSettings, "retailer")
        records.put(HANA)
        if house is not None:
            records.put(house.model_copy(update={"public_url": "http://server.test"}))
    return made


@pytest.fixture
def code(line: Line, tablet: HttpDevice) -> str:
    """What her LINE has in its field after she read the tablet's code."""
    return text_of(tablet)


def text_of(tablet: HttpDevice) -> str:
    answer = tablet.call("POST", f"/v1/customers/{HANA.id}/line", headers={STAFF_HEADER: MISAKI.id})
    url = OwnPhoneLink.model_validate_json(answer.content).url
    assert url.startswith("https://line.me/R/oaMessage/%40elm/?")
    return unquote(url.partition("?")[2])


def nonce_in(said: str) -> str:
    return urlsplit(said.partition("\n")[2]).path.removeprefix("/line/")


def hana(engine: Engine, clock: MovableClock) -> Customer:
    with reading(engine) as conn:
        found = Records(conn, clock).get(Customer, HANA.id)
        assert found is not None
        assert Records(conn, clock).find(Consent, customer_id=HANA.id) == [], "linking is no consent"
        assert Records(conn, clock).find(Message, customer_id=HANA.id) == [], "a code is no word to staff"
        return found


def test_from_the_code_to_the_link(
    line: Line, code: str, http: TestClient, retailer: Engine, clock: MovableClock, tablet: HttpDevice
) -> None:
    """Code, address, LINE's dialog with LINE's token and our nonce, LINE's word: her account is linked, which is no consent."""
    said = line.write(code)
    nonce = nonce_in(said)
    page = http.get(f"/line/{nonce}?linkToken=lt", follow_redirects=False)
    assert (page.status_code, page.headers["cache-control"]) == (302, "no-store")
    to = urlsplit(page.headers["location"])
    assert (to.netloc, to.path) == ("access.line.me", "/dialog/bot/accountLink")
    assert parse_qs(to.query) == {"linkToken": ["lt"], "nonce": [nonce]}
    assert hana(retailer, clock).line_user_id == "", "nothing before LINE's word"
    assert "つながりました" in line.answer(nonce)
    assert hana(retailer, clock).line_user_id == HER_LINE
    with reading(retailer) as conn:
        assert identity.customer_of(conn, "line_user_id", HER_LINE) == HANA.id
        kept = [str(value) for row in conn.execute(select(customer_links)) for value in row]
    assert nonce not in kept, "only its digest is kept"
    assert "使用済み" in http.get(f"/line/{nonce}?linkToken=lt", headers=JA).text
    again = tablet.call("POST", f"/v1/customers/{HANA.id}/line", headers={STAFF_HEADER: MISAKI.id})
    assert (again.status_code, again.json()["params"]["reason"]) == (409, "linked")


def forged(code: str, clock: MovableClock) -> str:
    at = code.index("LINK-") + 20
    return code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]


def late(code: str, clock: MovableClock) -> str:
    clock.at += timedelta(minutes=10)
    return code


@SQLITE
@pytest.mark.parametrize(("change", "why"), [(forged, "当店のコードではない"), (late, "有効期限")])
def test_a_code_that_is_not_good(
    line: Line, code: str, change: Callable[[str, MovableClock], str], why: str, retailer: Engine, clock: MovableClock
) -> None:
    """Made up or run out: she is told which, and nothing is written."""
    assert why in line.write(change(code, clock))
    with reading(retailer) as conn:
        assert conn.execute(select(customer_links)).all() == []


@SQLITE
def test_a_code_of_a_tablet_that_was_taken_out(
    line: Line, code: str, retailer: Engine, clock: MovableClock, tablet: HttpDevice
) -> None:
    """It links nobody any more."""
    with transaction(retailer) as conn:
        assert cut_off(conn, clock, tablet.enrolment.device_id)
    assert "お使いになれなくなりました" in line.write(code)


@SQLITE
def test_a_code_of_the_registration_links_nothing(
    line: Line, http: TestClient, tablet: HttpDevice, retailer: Engine, clock: MovableClock
) -> None:
    """A code of one use is none of the other."""
    answer = tablet.call("POST", "/v1/invitations", headers={STAFF_HEADER: MISAKI.id})
    token = OwnPhoneLink.model_validate_json(answer.content).url.rpartition("/")[2]
    assert "当店のコードではない" in line.write(f"LINK-{token}")


@SQLITE
@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("made up", "当店のコードではない"),
        ("of another user", "当店のコードではない"),
        ("late", "有効期限"),
        ("failed", "確認できなかった"),
        ("replaced", "当店のコードではない"),
        ("failed, then ok", "有効期限"),
    ],
)
def test_an_answer_that_links_nothing(
    line: Line, code: str, case: str, why: str, retailer: Engine, clock: MovableClock
) -> None:
    """A nonce that is not ours, another user's, too old, replaced or used up, and LINE's own no: each is said, nothing is linked."""
    nonce = nonce_in(line.write(code))
    if case == "late":
        clock.at += timedelta(minutes=10)
    if case == "replaced":
        line.write(code)
    if case == "failed, then ok":
        line.answer(nonce, "failed")
    said = line.answer(
        "n" * 56 if case == "made up" else nonce,
        "failed" if case == "failed" else "ok",
        OTHER_LINE if case == "of another user" else HER_LINE,
    )
    assert why in said
    assert hana(retailer, clock).line_user_id == ""


@SQLITE
def test_a_nonce_is_good_once(line: Line, code: str, retailer: Engine, clock: MovableClock) -> None:
    """After the link neither the nonce nor the code does anything, for whoever sends it; a redelivered event neither."""
    nonce = nonce_in(line.write(code))
    line.answer(nonce)
    line.count -= 1
    assert line.answer(nonce) == "", "the same event again"
    assert "すでにLINEとつながっています" in line.answer(nonce)
    assert "すでにLINEとつながっています" in line.write(code, OTHER_LINE)
    assert hana(retailer, clock).line_user_id == HER_LINE


@SQLITE
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_an_account_of_somebody_else(line: Line, code: str, when: str, retailer: Engine, clock: MovableClock) -> None:
    """It stays that customer's, nobody is merged, and a person is asked whether the two are the same."""
    nonce = nonce_in(line.write(code)) if when == "meanwhile" else ""
    with transaction(retailer) as conn:
        Records(conn, clock).put(TWIN)
        identity.link(conn, "line_user_id", HER_LINE, TWIN.id)
    said = line.answer(nonce) if nonce else line.write(code)
    assert "別の会員情報とつながっている" in said
    assert hana(retailer, clock).line_user_id == ""
    with reading(retailer) as conn:
        rows = conn.execute(select(identity_conflicts)).all()
    assert [(row.customer_id, row.other_id, row.kind) for row in rows] == [(TWIN.id, HANA.id, "line_user_id")]


@SQLITE
def test_line_gives_no_token(line: Line, code: str) -> None:
    """She is asked to send the same code again, and then it works."""
    line.answers = False
    assert "もう一度" in line.write(code)
    line.answers = True
    assert nonce_in(line.write(code))


@SQLITE
def test_an_address_of_ours_that_is_none(http: TestClient, line: Line, code: str, clock: MovableClock) -> None:
    """The page says whether the address is not ours or has run out; without LINE's token it leads nowhere."""
    nonce = nonce_in(line.write(code))
    for bad in ("/line/x?linkToken=lt", f"/line/{nonce}", "/line/%E3%81%82?linkToken=lt"):
        assert http.get(bad, headers=JA).status_code == 404, bad
    clock.at += timedelta(minutes=10)
    late = http.get(f"/line/{nonce}?linkToken=lt", headers=JA)
    assert (late.status_code, "有効期限" in late.text) == (410, True)
