"""The pages of the outside world, as a browser gets them."""

import re

import pytest

from tests.unit.sandbox.outside import Outside


def page(outside: Outside, path: str, **options: object) -> str:
    answer = outside.request("GET", path, **options)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def test_list_shows_who_is_worth_trying_and_why(outside: Outside) -> None:
    """The list names the special customers with what is special about them, and how many there are in all."""
    shown = page(outside, "/phone")
    assert "佐々木 みどり" in shown
    assert "7か月ぶりのご来店" in shown
    assert "田中 一郎" not in shown
    assert "3 人のお客様" in shown
    assert "Back after seven months" in page(outside, "/phone?lang=en")


@pytest.mark.parametrize(
    ("asked", "found"), [("田中", True), ("タナカイチロウ", True), ("100002", True), ("山田", False)]
)
def test_list_finds_everybody_else(outside: Outside, asked: str, found: bool) -> None:
    """Any customer is found by name, kana or member number."""
    assert ('href="/phone/100002"' in page(outside, f"/phone?q={asked}")) == found


def test_phone_has_code_inboxes_and_ways_to_answer(outside: Outside) -> None:
    """One page: the code's picture, three inboxes, reply boxes for LINE and mail, and why SMS has none."""
    shown = page(outside, "/phone/100001")
    assert 'src="/phone/100001/code.png"' in shown
    assert 'data-channel="line"' in shown
    assert 'data-channel="email"' in shown
    assert 'data-channel="sms"' not in shown
    assert "日本のSMSは一方通行" in shown
    assert "12:00" in shown


def test_phone_of_someone_without_line_or_mail(outside: Outside) -> None:
    """Who has no LINE and no mail gets no boxes for them, and is told so."""
    shown = page(outside, "/phone/100002")
    assert "<form" not in shown
    assert "LINEで友だちになっていません" in shown


@pytest.mark.parametrize("path", ["/phone/999", "/phone/%3Cscript%3E", "/phone/100001x"])
def test_unknown_customer_is_a_page_that_says_so(outside: Outside, path: str) -> None:
    """Nobody's number gives 404 and a way back; what was asked for is shown as text only."""
    answer = outside.request("GET", path)
    assert answer.status_code == 404
    assert "このお客様は見つかりません" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("name", ["code.png", "code.txt", "inbox.json", "state.json", "mail/1.eml"])
def test_unknown_customer_is_json_for_programs(outside: Outside, name: str) -> None:
    """Below an unknown customer everything is 404 in the form all our errors have."""
    answer = outside.request("GET", f"/phone/999/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_language_is_kept(outside: Outside) -> None:
    """The chosen language is remembered in a cookie; an unknown one falls back to Japanese."""
    answer = outside.request("GET", "/phone/100001?lang=en")
    assert "lang=en" in answer.headers["set-cookie"]
    assert "Copy the code" in page(outside, "/phone/100001", headers={"Cookie": "lang=en"})
    assert "コードをコピー" in page(outside, "/phone/100001?lang=xx")


def test_control_page_names_every_address(outside: Outside) -> None:
    """The control page has the addresses and the switches; its files are served, others are not."""
    shown = page(outside, "/")
    for part in ("http://127.0.0.1:1", "http://127.0.0.1:2/phone", "http://127.0.0.1:3", "ネットワークを切る"):
        assert part in shown
    assert outside.request("GET", "/assets/phone.js").headers["content-type"].startswith("text/javascript")
    assert outside.request("GET", "/assets/BIZUDPGothic-Bold.ttf").content[:4] == bytes([0, 1, 0, 0]), "a TrueType font"
    assert outside.request("GET", "/assets/words.py").status_code == 404


def test_the_phone_brings_every_font_that_its_style_names(outside: Outside) -> None:
    """Japanese, rare characters of names, Hangul and simplified Chinese: a machine without such fonts would show boxes."""
    style = outside.request("GET", "/assets/style.css").text
    files = re.findall(r'url\("(/assets/[^"]+)"\)', style)
    assert {"/assets/NotoSansJP-RareNames.otf", "/assets/NotoSansKR-Names.woff2"} < set(files)
    for file in files:
        answer = outside.request("GET", file)
        assert answer.status_code == 200, file
        assert answer.headers["content-type"].startswith("font/")
    families = re.findall(r'@font-face \{ font-family: ("[^"]+")', style)
    stack = style.partition("  font-family: ")[2].partition(";")[0]
    assert [one for one in families if one not in stack] == []
