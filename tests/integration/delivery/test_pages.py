"""The pages customers see: stopping messages, taking that back, joining a call."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.model.customer import (
    Appointment,
    AppointmentKind,
    AppointmentState,
    Call,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
)
from sync.model.outreach import MessageState
from sync.policy.consent import standing
from sync.server.repository.delivery import Delivery
from sync.server.web.pages import router
from sync.server.web.words import LANGUAGES, words_for
from tests.integration.delivery.house import CUSTOMER, NOON, SHOP, STAFF, MovableClock, all_of, get, message, put


@pytest.fixture
def browser(engine: Engine, clock: MovableClock) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router(engine, clock, "s" * 32))
    with TestClient(app) as client:
        yield client


@pytest.fixture
def link(store: Delivery, engine: Engine, clock: MovableClock) -> str:
    """The path of the link in a mail to the customer."""
    mail = message(Channel.EMAIL)
    put(engine, clock, mail)
    claimed = store.claim(mail.id)
    assert claimed is not None
    return f"/c/{claimed.opt_out_token}"


def standings(engine: Engine) -> dict[tuple[Channel, ConsentPurpose], ConsentState | None]:
    ledger = [c for c in all_of(engine, Consent) if isinstance(c, Consent)]
    purposes = (ConsentPurpose.ALL, ConsentPurpose.RELATIONSHIP, ConsentPurpose.CAMPAIGN)
    return {(channel, purpose): standing(ledger, channel, purpose) for channel in Channel for purpose in purposes}


def test_the_page_says_who_writes_and_changes_nothing(browser: TestClient, link: str, engine: Engine) -> None:
    """Opening the link shows the sender's legal name and the buttons; it stops nothing by itself."""
    before = standings(engine)
    answer = browser.get(link)
    assert answer.status_code == 200
    assert '<html lang="ja">' in answer.text
    for words in ("エルム", "株式会社エルム", "03-0000-0000", "メールでのご連絡を停止する", "すべてのご連絡を停止する"):
        assert words in answer.text
    assert standings(engine) == before


def test_nothing_is_loaded_from_anywhere(browser: TestClient, link: str) -> None:
    """The page carries a strict policy, names no other address and is neither cached nor told to others."""
    answer = browser.get(link)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.findall(r"""(?:src|href)\s*=|https?://|<script""", answer.text)


def test_one_press_stops_the_channel_and_can_be_undone(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """Stop, see it confirmed, take it back: everything stands as before, for every purpose."""
    before = standings(engine)
    waiting = message(Channel.EMAIL)
    put(engine, clock, waiting)
    stopped = browser.post(link, data={"action": "stop_channel"})
    assert "メールでのご連絡を停止いたしました。" in stopped.text
    assert standings(engine)[Channel.EMAIL, ConsentPurpose.ALL] is ConsentState.REFUSED
    assert standings(engine)[Channel.LINE, ConsentPurpose.ALL] is ConsentState.GRANTED
    assert get(engine, waiting.id).state is MessageState.CANCELLED
    undone = browser.post(link, data={"action": "undo_channel"})
    assert "停止を取り消しました。" in undone.text
    assert standings(engine) == before


def test_undo_grants_nothing_she_never_gave(browser: TestClient, link: str, engine: Engine) -> None:
    """Taking back a stop must not become consent for campaigns, which she never agreed to."""
    ledger = [c for c in all_of(engine, Consent) if isinstance(c, Consent)]
    assert not [c for c in ledger if c.purpose is ConsentPurpose.CAMPAIGN]
    clock = MovableClock()
    narrow = [
        c.model_copy(update={"id": f"x{c.id[:20]}", "state": ConsentState.REFUSED, "at": NOON - timedelta(days=1)})
        for c in ledger
        if c.purpose is ConsentPurpose.RELATIONSHIP
    ]
    put(engine, clock, *narrow)
    browser.post(link, data={"action": "stop_all"})
    browser.post(link, data={"action": "undo_all"})
    after = standings(engine)
    for channel in Channel:
        assert after[channel, ConsentPurpose.ALL] is ConsentState.GRANTED
        assert after[channel, ConsentPurpose.RELATIONSHIP] is ConsentState.REFUSED


def test_one_click_of_a_mail_program(browser: TestClient, link: str, engine: Engine) -> None:
    """RFC 8058: a POST with List-Unsubscribe=One-Click stops the channel, as a form of either kind, without a page."""
    for sent in ({"data": {"List-Unsubscribe": "One-Click"}}, {"files": {"List-Unsubscribe": (None, "One-Click")}}):
        answer = browser.post(link, follow_redirects=False, **sent)
        assert answer.status_code == 200
        assert answer.text == "OK"
    assert standings(engine)[Channel.EMAIL, ConsentPurpose.ALL] is ConsentState.REFUSED
    refusals = [c for c in all_of(engine, Consent) if isinstance(c, Consent) and c.source == "opt_out_link"]
    assert len(refusals) == 1


def test_stopping_everything(browser: TestClient, link: str, engine: Engine) -> None:
    """One press stops every channel; the channel's own undo does not lift it, that of everything does."""
    assert "すべてのご連絡を停止いたしました。" in browser.post(link, data={"action": "stop_all"}).text
    assert {standings(engine)[c, ConsentPurpose.ALL] for c in Channel} == {ConsentState.REFUSED}
    browser.post(link, data={"action": "undo_channel"})
    assert standings(engine)[Channel.EMAIL, ConsentPurpose.ALL] is ConsentState.REFUSED
    browser.post(link, data={"action": "undo_all"})
    assert {standings(engine)[c, ConsentPurpose.ALL] for c in Channel} == {ConsentState.GRANTED}


def test_what_she_said_to_staff_is_not_undone_by_a_link(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """A link takes back only what was done by link."""
    refusal = Consent(
        id="said",
        customer_id=CUSTOMER.id,
        channel=Channel.EMAIL,
        purpose=ConsentPurpose.ALL,
        state=ConsentState.REFUSED,
        at=NOON,
        source="staff",
    )
    put(engine, clock, refusal)
    assert "停止しております" in browser.get(link).text
    browser.post(link, data={"action": "undo_channel"})
    assert standings(engine)[Channel.EMAIL, ConsentPurpose.ALL] is ConsentState.REFUSED


@pytest.mark.parametrize("path", ["/c/" + "a" * 26, "/c/x", "/call/" + "a" * 32, "/c/%00%ff", "/call/あ"])
def test_a_wrong_link_gets_a_friendly_page(browser: TestClient, store: Delivery, path: str) -> None:
    """Unknown tokens are answered 404 with a page in the reader's language."""
    answer = browser.get(path, headers={"Accept-Language": "en-GB,en;q=0.9,ja;q=0.5"})
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    posted = browser.post(path + ("/join" if "call" in path else ""), data={"action": "stop_all"})
    assert posted.status_code == 404


@pytest.mark.parametrize("body", [b"", b"action=delete", b"\xff\xfe", b"--x\r\n\r\n"])
def test_a_wrong_action_changes_nothing(browser: TestClient, link: str, engine: Engine, body: bytes) -> None:
    """What is no known action is answered 400."""
    before = standings(engine)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        assert browser.post(link, content=body, headers={"Content-Type": kind}).status_code == 400
    assert standings(engine) == before


TOKEN = "t" * 32


def appointment(**fields: object) -> Appointment:
    values = {
        "id": "a1",
        "customer_id": CUSTOMER.id,
        "shop_id": SHOP.id,
        "staff_id": STAFF.id,
        "appointment_kind": AppointmentKind.VIDEO,
        "at": NOON + timedelta(hours=1),
        "booked_at": NOON - timedelta(days=1),
        "call": Call(room_id="r1", token=TOKEN),
        **fields,
    }
    return Appointment.model_validate(values)


def call_of(engine: Engine) -> Call:
    [found] = all_of(engine, Appointment)
    assert isinstance(found, Appointment)
    assert found.call is not None
    return found.call


def test_joining_and_leaving_a_call(browser: TestClient, store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """She sees when and with whom, comes in from 15 minutes before, sees that somebody joined, and leaves."""
    put(engine, clock, appointment())
    early = browser.get(f"/call/{TOKEN}").text
    assert "2026年11月22日日曜日 13:00から30分" in early
    assert "担当：髙橋（銀座本店）" in early
    assert "<button" not in early
    browser.post(f"/call/{TOKEN}/join")
    assert call_of(engine).customer_joined_at is None
    clock.pass_by(minutes=45)
    assert "入室する" in browser.get(f"/call/{TOKEN}").text
    assert "このままお待ちください" in browser.post(f"/call/{TOKEN}/join").text
    assert call_of(engine).customer_joined_at == clock.now
    put(engine, clock, appointment(call=call_of(engine).model_copy(update={"staff_joined_at": clock.now})))
    assert "担当者も入室しております" in browser.get(f"/call/{TOKEN}").text
    assert "退室する" not in browser.post(f"/call/{TOKEN}/leave").text
    assert call_of(engine).customer_joined_at is None


def test_a_call_that_is_over(browser: TestClient, store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Ended, cancelled and long past appointments each say so, and cannot be joined."""
    put(engine, clock, appointment(call=Call(room_id="r1", token=TOKEN, ended_at=NOON)))
    assert "終了いたしました" in browser.get(f"/call/{TOKEN}").text
    put(engine, clock, appointment(state=AppointmentState.CANCELLED))
    assert "取り消されております" in browser.post(f"/call/{TOKEN}/join").text
    assert call_of(engine).customer_joined_at is None
    clock.pass_by(days=3)
    assert browser.get(f"/call/{TOKEN}").status_code == 404


def test_every_language_has_the_same_words() -> None:
    """No page meets a key that one language lacks."""
    assert {frozenset(words_for(language).names) for language in LANGUAGES} == {frozenset(words_for("ja").names)}
