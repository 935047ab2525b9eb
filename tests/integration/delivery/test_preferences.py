"""The customer's own page: what she chooses, what she sees of what we hold, what she corrects, and who may not."""

import html
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine

from sync.identity.merge import merge
from sync.ids import new_id
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer, Pace, Topic
from sync.model.outreach import Cause, FollowUp, FollowUpState, MessageState
from sync.policy.choices import Level, level
from sync.policy.consent import standing
from sync.server.database import reading, transaction
from sync.server.merging import merge_customers
from sync.server.repository import audit, customer_links
from sync.server.repository.delivery import Delivery
from sync.server.repository.opt_out import reopen_changed
from sync.server.repository.records import Records
from sync.server.web.pages import router
from tests.integration.delivery.house import CUSTOMER, NOON, MovableClock, all_of, get, message, put

NASTY = "<script>alert(1)</script>\"'{{7*7}}{0}"


@pytest.fixture
def browser(engine: Engine, clock: MovableClock) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router(engine, clock, "s" * 32))
    with TestClient(app) as client:
        yield client


def link_in(store: Delivery, engine: Engine, clock: MovableClock, channel: Channel = Channel.EMAIL) -> str:
    """The path of the link in a message that goes out now."""
    sent = message(channel, at=clock.now)
    put(engine, clock, sent)
    claimed = store.claim(sent.id)
    assert claimed is not None
    return f"/c/{claimed.opt_out_token}"


@pytest.fixture
def link(store: Delivery, engine: Engine, clock: MovableClock) -> str:
    return link_in(store, engine, clock)


def ledger(engine: Engine) -> list[Consent]:
    return [each for each in all_of(engine, Consent) if isinstance(each, Consent)]


def her(engine: Engine) -> Customer:
    with reading(engine) as conn:
        found = Records(conn).get(Customer, CUSTOMER.id)
    assert found is not None
    return found


def corrections(engine: Engine) -> list[FollowUp]:
    return [one for one in all_of(engine, FollowUp) if isinstance(one, FollowUp) and one.cause is Cause.CORRECTION]


def choices(page: Response) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    found = {
        name: match.group(1)
        for name, block in re.findall(r'<select id="\w+" name="(channel_\w+)">(.*?)</select>', page.text, re.DOTALL)
        if (match := re.search(r'value="(\w+)" selected', block))
    }
    pace = re.search(r'name="pace" value="(\w+)" checked', page.text)
    assert pace is not None
    online = {"online_history": "yes"} if re.search(r'name="online_history" value="yes" checked', page.text) else {}
    topics = dict.fromkeys(re.findall(r'name="(topic_\w+)" value="yes" checked', page.text), "yes")
    asked = {"online_history_asked": "yes", "topics_asked": "yes"}
    return {"action": "save", **asked, "pace": pace.group(1), **found, **online, **topics}


def test_saving_what_stands_changes_nothing(browser: TestClient, link: str, engine: Engine) -> None:
    """The form shows exactly what stands: sent as it is, it enters nothing."""
    before = ledger(engine)
    form = choices(browser.get(link))
    assert {name for name in form if name.startswith("channel_")} == {f"channel_{each.value}" for each in Channel}
    assert "設定を保存いたしました。" in browser.post(link, data=form).text
    assert ledger(engine) == before
    assert her(engine) == CUSTOMER


def test_each_channel_and_the_frequency_are_hers_to_choose(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """Every level can be chosen from every other, and is what the page shows afterwards; her words are kept with their version."""
    for chosen in (Level.SERVICE, Level.NOTHING, Level.NEWS, Level.EVERYTHING, Level.NOTHING, Level.PERSONAL):
        clock.pass_by(minutes=1)
        form = choices(browser.get(link)) | {"channel_sms": chosen.value, "pace": "quiet", "online_history": "yes"}
        page = browser.post(link, data=form)
        assert level(ledger(engine), Channel.SMS) is chosen
        assert level(ledger(engine), Channel.LINE) is Level.EVERYTHING
        assert choices(page)["channel_sms"] == chosen.value
    assert her(engine).pace is Pace.QUIET
    assert standing(ledger(engine), None, ConsentPurpose.ONLINE_HISTORY) is ConsentState.GRANTED
    hers = [each for each in ledger(engine) if each.source == "preferences" and each.wording]
    assert {each.wording_version for each in hers} == {"preferences/2026-11/ja"}
    assert "SMSでは、新作や催しのお知らせを受け取りません。" in {each.wording for each in hers}


def test_a_choice_reaches_what_waits(browser: TestClient, link: str, engine: Engine, clock: MovableClock) -> None:
    """News and suggestions that wait there are cancelled with the reason; what she asked for herself still comes."""
    thanks, ready = message(Channel.LINE, Cause.AFTER_VISIT), message(Channel.LINE, Cause.HOLD_READY)
    put(engine, clock, thanks, ready)
    browser.post(link, data=choices(browser.get(link)) | {"channel_line": "service"})
    cancelled = get(engine, thanks.id)
    assert cancelled.reason is not None
    assert (cancelled.state, cancelled.reason.code) == (MessageState.CANCELLED, "refused")
    assert get(engine, ready.id).state is MessageState.QUEUED


def test_topics_are_hers_to_choose(browser: TestClient, link: str, engine: Engine, clock: MovableClock) -> None:
    """What she unticks is not proposed or sent any more, and is cancelled where it waits; ticking it again opens it."""
    thanks, greeting = message(Channel.LINE, Cause.AFTER_VISIT), message(Channel.LINE, Cause.BIRTHDAY)
    put(engine, clock, thanks, greeting)
    form = choices(browser.get(link))
    assert {name for name in form if name.startswith("topic_")} == {f"topic_{each.value}" for each in Topic}
    del form["topic_care"]
    page = browser.post(link, data=form)
    assert her(engine).declined_topics == (Topic.CARE,)
    assert "topic_care" not in choices(page)
    cancelled = get(engine, thanks.id)
    assert cancelled.reason is not None
    assert (cancelled.state, cancelled.reason.code) == (MessageState.CANCELLED, "topic_declined")
    assert get(engine, greeting.id).state is MessageState.QUEUED
    browser.post(link, data=choices(page) | {"topic_care": "yes"})
    assert her(engine).declined_topics == ()


@pytest.mark.parametrize(("source", "said"), [("staff", "店舗にて停止"), ("line_unfollow", "ブロックを解除"), ("hard_bounce", "お届けできません")])  # fmt: skip
def test_what_was_closed_otherwise_is_not_opened_by_a_link(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock, source: str, said: str
) -> None:
    """What staff stopped, a blocked account and an address that does not work say why, and stay closed whatever is sent."""
    refusal = Consent(
        id="r", customer_id=CUSTOMER.id, channel=Channel.LINE, purpose=ConsentPurpose.ALL, state=ConsentState.REFUSED,
        at=NOON, source=source,
    )  # fmt: skip
    put(engine, clock, refusal)
    page = browser.get(link)
    assert said in page.text
    form = choices(page)
    assert "channel_line" not in form
    browser.post(link, data=form | {"channel_line": "everything"})
    assert level(ledger(engine), Channel.LINE) is Level.NOTHING


def test_no_opening_of_the_page_changes_anything(browser: TestClient, link: str, engine: Engine) -> None:
    """Mail scanners open links, with whatever they add: neither GET nor HEAD writes, not even into the audit."""
    with reading(engine) as conn:
        before = Records(conn).range_of(CUSTOMER.id), audit.of_customer(conn, CUSTOMER.id)
    for query in (
        "",
        "?done=saved",
        "?action=stop_all",
        "?action=save&channel_line=nothing",
        "?List-Unsubscribe=One-Click",
    ):
        assert browser.get(link + query).status_code == 200
        assert browser.head(link + query).status_code in (200, 405)
    with reading(engine) as conn:
        assert (Records(conn).range_of(CUSTOMER.id), audit.of_customer(conn, CUSTOMER.id)) == before


def test_she_sees_what_we_hold_and_no_address_in_full(browser: TestClient, link: str) -> None:
    """Her profile and how much is kept of each kind, in her language, addresses masked; nothing sets a cookie."""
    page = browser.get(link)
    for words in ("佐々木 花", "090-****-5678", "h***@example.jp", "M1", "銀座本店", "ご連絡のやり取り"):
        assert words in page.text
    assert CUSTOMER.email not in page.text
    assert "9012345678" not in page.text
    assert "set-cookie" not in page.headers


def test_names_cannot_become_part_of_the_page(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """Markup, template syntax and quotes in a name, a like or a typed correction are shown as text."""
    changed = CUSTOMER.model_copy(update={"family_name": NASTY, "likes": (NASTY,), "sizes": {NASTY: NASTY}})
    put(engine, clock, changed)
    typed = {"action": "correct", "family_name": NASTY * 2, "given_name": NASTY, "email": NASTY}
    for page in (browser.get(link), browser.post(link, data=typed)):
        assert "<script" not in page.text
        assert html.escape(NASTY).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page.text
        assert "49{0}" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "form-action 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "query", ["?next=https://evil.example", "?done=//evil.example", "?done=https%3A%2F%2Fevil.example"]
)
def test_nothing_leads_elsewhere(browser: TestClient, link: str, query: str) -> None:
    """Whatever the address or the form adds, the answer leads back to the link itself and repeats none of it."""
    assert "evil" not in browser.get(link + query).text
    form = {"action": "save", "next": "https://evil.example", "redirect": "//evil.example"}
    answer = browser.post(link + query, data=form, headers={"Host": "evil.example"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{link}?done=saved")


def test_a_correction_is_made_or_asked_for(browser: TestClient, link: str, engine: Engine) -> None:
    """The reading and the birthday change at once; name, mail and telephone wait for staff, who have a task for each."""
    typed = {
        "action": "correct", "family_name": "髙橋", "given_name": "花", "family_kana": "たかはし", "given_kana": "ﾊﾅ",
        "month": "4", "day": "9", "email": "hana@new.example.jp", "phone": "080-1111-2222",
    }  # fmt: skip
    page = browser.post(link, data=typed)
    assert "ご依頼を承りました" in page.text
    now = her(engine)
    assert (now.kana, now.birthday) == ("タカハシ ハナ", "04-09")
    assert (now.name, now.email, now.phone) == (CUSTOMER.name, CUSTOMER.email, CUSTOMER.phone)
    tasks = {one.evidence.params["field"]: one for one in corrections(engine)}
    assert {field: (one.evidence.code, one.evidence.params["value"]) for field, one in tasks.items()} == {
        "name": ("correction_asked", "髙橋 花"),
        "kana": ("correction_made", "タカハシ ハナ"),
        "birthday": ("correction_made", "04-09"),
        "email": ("correction_asked", "hana@new.example.jp"),
        "phone": ("correction_asked", "08011112222"),
    }
    assert {one.shop_id for one in tasks.values()} == {CUSTOMER.home_shop_id}


def test_she_sees_what_became_of_it(browser: TestClient, link: str, engine: Engine, clock: MovableClock) -> None:
    """Waiting, then done or declined; asked again while it waits, it is one task with the newer wish."""
    for address in ("a@example.jp", "b@example.jp"):
        browser.post(link, data={"action": "correct", "family_name": "佐々木", "given_name": "花", "email": address})
    (task,) = corrections(engine)
    assert task.evidence.params["value"] == "b@example.jp"
    assert "店舗で確認しております" in browser.get(link).text
    put(engine, clock, task.model_copy(update={"state": FollowUpState.DISMISSED}))
    assert "見送りとなりました" in browser.get(link).text
    put(engine, clock, task, her(engine).model_copy(update={"email": "b@example.jp"}))
    assert "反映いたしました" in browser.get(link).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("姓をご記入", {"family_name": " "}),
        ("かな、または", {"family_kana": "Takahashi"}),
        ("月と日の", {"month": "2", "day": "30"}),
        ("月と日の", {"month": "13", "day": "1"}),
        ("メールアドレスの形", {"email": "not an address"}),
        ("10桁または", {"phone": "12"}),
    ],
)
def test_a_correction_that_cannot_be_right_is_said_at_its_field(
    browser: TestClient, link: str, engine: Engine, field: str, typed: dict[str, str]
) -> None:
    """Nothing is changed, what she typed stays in the form, and the field is marked for those who do not see it too."""
    answer = browser.post(link, data={"action": "correct", "family_name": "佐々木", "given_name": "華", **typed})
    assert answer.status_code == 422
    assert field in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="華"' in answer.text
    assert (her(engine), corrections(engine)) == (CUSTOMER, [])


def test_an_old_link_stops_and_shows_nothing(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """Ninety days after it was sent last, a link neither shows nor changes what is hers, and still stops messages."""
    clock.pass_by(days=89)
    assert link_in_is_open(browser, link)
    clock.pass_by(days=1, seconds=1)
    old = browser.get(link)
    assert "佐々木" not in old.text
    assert "最新のメッセージ" in old.text
    for form in ({"action": "save", "pace": "quiet"}, {"action": "correct", "family_name": "X"}):
        assert "このリンクは古いため" in browser.post(link, data=form).text
    assert her(engine) == CUSTOMER
    assert "停止いたしました" in browser.post(link, data={"action": "stop_all"}).text


def link_in_is_open(browser: TestClient, link: str) -> bool:
    return "佐々木" in browser.get(link).text


def test_a_link_that_is_sent_again_is_fresh_again(
    browser: TestClient, store: Delivery, link: str, engine: Engine, clock: MovableClock
) -> None:
    """The newest message's link always opens the page."""
    clock.pass_by(days=100)
    assert not link_in_is_open(browser, link)
    assert link_in(store, engine, clock) == link
    assert link_in_is_open(browser, link)


def test_revoked_links_show_nothing_and_the_next_message_carries_another(
    browser: TestClient, store: Delivery, link: str, engine: Engine, clock: MovableClock
) -> None:
    """All links sent so far only stop; the one in the next message is new."""
    clock.pass_by(hours=1)
    with transaction(engine) as conn:
        customer_links.revoke(conn, CUSTOMER.id, clock())
    assert not link_in_is_open(browser, link)
    clock.pass_by(hours=1)
    newer = link_in(store, engine, clock)
    assert newer != link
    assert link_in_is_open(browser, newer)
    assert not link_in_is_open(browser, link)
    assert browser.post(link, data={"List-Unsubscribe": "One-Click"}).text == "OK"
    assert level(ledger(engine), Channel.EMAIL) is Level.NOTHING


@pytest.mark.parametrize("changed", [{"email": "other@example.jp"}, {"phone": "+819000000000"}, {"points": 5}])
def test_a_new_address_closes_what_went_to_the_old_one(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock, changed: dict[str, object]
) -> None:
    """A number may be somebody else's tomorrow: once an import brings another, links sent so far show nothing of hers."""
    clock.pass_by(hours=1)
    with transaction(engine) as conn:
        reopen_changed(Records(conn, clock), [CUSTOMER.model_copy(update=changed)], clock())
    assert link_in_is_open(browser, link) is ("points" in changed)


def test_a_merged_customers_old_link_is_the_others_now(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """Whose records went into another's still stops messages, and sees the page, by the link she has."""
    kept = CUSTOMER.model_copy(update={"id": new_id(), "member_number": "M9", "family_name": "田中"})
    with transaction(engine) as conn:
        Records(conn, clock).put(kept)
        merge_customers(conn, clock, kept.id, CUSTOMER.id, merge)
    assert "田中" in browser.get(link).text
    browser.post(link, data={"action": "stop_all"})
    assert {each.customer_id for each in ledger(engine) if each.source == "opt_out_link"} == {kept.id}


def test_a_forgotten_customers_link_says_so_kindly(
    browser: TestClient, store: Delivery, link: str, engine: Engine, clock: MovableClock
) -> None:
    """Where her record is gone the link says that we hold nothing; a mail program's click is still answered."""
    with transaction(engine) as conn:
        records = Records(conn, clock)
        for each in reversed(records.range_of(CUSTOMER.id)):
            records.delete(each.kind, each.id)
    page = browser.get(link)
    assert (page.status_code, "情報は残っておりません" in page.text) == (410, True)
    assert browser.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert browser.post(link, data={"action": "save"}).status_code == 410


def test_every_press_is_in_the_audit(browser: TestClient, link: str, engine: Engine) -> None:
    """What she changes by her own hand is noted as hers: no staff, no device."""
    browser.post(link, data=choices(browser.get(link)))
    browser.post(link, data={"action": "stop_channel"})
    with reading(engine) as conn:
        hers = audit.of_customer(conn, CUSTOMER.id)
        noted = [(one.what, one.staff_id) for one in hers if one.what.startswith("own_")]
    assert noted[-2:] == [("own_save", None), ("own_stop_channel", None)]


def test_her_language_is_hers_and_not_the_browsers(
    browser: TestClient, link: str, engine: Engine, clock: MovableClock
) -> None:
    """The page is in the customer's language, whatever the browser says."""
    put(engine, clock, CUSTOMER.model_copy(update={"language": "en", "given_name": "Emma"}))
    page = browser.get(link, headers={"Accept-Language": "ja"})
    assert '<html lang="en">' in page.text
    assert not re.search(r"[ぁ-ん]", page.text.replace(CUSTOMER.family_name, ""))
