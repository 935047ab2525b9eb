"""A message in one's own name, from the tablet to the customer's phone, and her answer back."""

import base64
import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from typing import Any

import httpx
import pytest

from tests.journeys.demo import Demo
from tests.journeys.speech import Speech
from tests.journeys.tablet import Tablet

LANGUAGE = "en"
MISAKI = "髙橋(美)"
POSTSCRIPT = "追伸　雨の予報でございます。お足元にお気をつけください。"


@pytest.fixture
def signed_in(tablet: Tablet) -> Tablet:
    tablet.sign_in(MISAKI)
    return tablet


def compose(tablet: Tablet, person: dict[str, Any], channel: str, *, why: str | None = None) -> None:
    """Open the message to her and choose the way, and the reason where it is not the strongest one."""
    _ = tablet.words
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_("Write a message"))
    tablet.sees(_("As the customer will see it"))
    if why:
        tablet.press(_.code("cause", why))
    tablet.press(_.code("channel", channel))


def sent(tablet: Tablet) -> None:
    """Send, and be back at her profile with ten seconds to take it back."""
    _ = tablet.words
    tablet.confirm_whom()
    tablet.press(_("Send"))
    tablet.sees(_("On its way. You can take it back for 10 seconds."), _("Undo"))


def title(_: Speech, channel: str, what: str = "sent") -> str:
    """What her history says above a message."""
    return _("{channel:channel}: {what}", channel=channel, what=_.code("timeline", what))


def became(_: Speech, channel: str, state: str) -> re.Pattern[str]:
    """A message in her history and what became of it."""
    return re.compile(rf"{re.escape(title(_, channel))}\s+{re.escape(_.code('message_state', state))}")


def test_a_welcome_back_by_mail_arrives_byte_for_byte(signed_in: Tablet, demo: Demo) -> None:
    """The template is filled, edited and previewed. Taken back within ten seconds, nothing arrives; sent again and let
    go, exactly one mail does: From, Reply-To and Subject as RFC 2047 writes Japanese, the words as they were previewed,
    and the lines that the law asks for with a link that stops it all."""
    _, person = signed_in.words, demo.person("video_returning")
    member = person["member_number"]
    before = len(demo.inbox(member))
    compose(signed_in, person, "email")
    signed_in.sees("髙橋(美) / 株式会社カザミ 銀座本店")
    sent(signed_in)
    signed_in.press(_("Undo"))
    signed_in.sees(_("Taken back"))
    signed_in.sees_no(title(_, "email"))

    compose(signed_in, person, "email")
    signed_in.write(_("Subject"), "お目にかかれますことを")
    signed_in.write(_("Text of the message"), f"\n\n{POSTSCRIPT}", at_end=True)
    body = signed_in.value(_("Text of the message"))
    signed_in.sees(re.compile(rf"{POSTSCRIPT}$"))  # the preview, to its end
    signed_in.sees(re.compile(r"^-- \s*KAZAMI 銀座本店.*配信停止", re.DOTALL))
    assert body.startswith("𠮷野様\n\nKAZAMI 銀座本店の髙橋美咲でございます。")
    assert body.endswith(POSTSCRIPT)
    sent(signed_in)
    signed_in.at_profile(person["name"])
    signed_in.sees(re.compile(rf"{re.escape(title(_, 'email'))}\s+{re.escape(_('Saved here, being sent'))}"))

    inbox = demo.awaits(member, lambda found: len(found) > before)
    signed_in.sees(became(_, "email", "sent"))
    assert len(inbox) == before + 1, "what was taken back has not arrived"
    number = sum(1 for one in inbox if one["channel"] == "email")
    check_mail(demo.raw_mail(member, number), inbox[-1], person, body)


def check_mail(raw: bytes, letter: dict[str, Any], person: dict[str, Any], body: str) -> None:
    head, _, content = raw.partition(b"\r\n\r\n")
    lines = head.replace(b"\r\n ", b" ").split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    assert b"\n" not in head.replace(b"\r\n", b""), "every line ends as SMTP wants it"
    assert max(map(len, raw.split(b"\r\n"))) <= 998

    person_, house = encoded("髙橋(美)"), encoded("株式会社カザミ 銀座本店")
    assert headers[b"From"] == person_ + b" / " + house + b" <shop@kazami.example.jp>"
    assert headers[b"Subject"] == encoded("お目にかかれますことを")
    assert headers[b"To"] == person["email"].encode()
    assert re.fullmatch(rb"reply\+[A-Za-z0-9_-]{16,}@reply\.kazami\.example\.jp", headers[b"Reply-To"])
    assert headers[b"MIME-Version"] == b"1.0"
    assert headers[b"Content-Type"] == b'text/plain; charset="utf-8"'
    assert headers[b"Content-Transfer-Encoding"] == b"base64"
    stop = re.fullmatch(rb"<(http://127\.0\.0\.1:\d+/c/[A-Za-z0-9_-]{16,})>", headers[b"List-Unsubscribe"])
    assert stop is not None
    assert headers[b"List-Unsubscribe-Post"] == b"List-Unsubscribe=One-Click"
    link = stop.group(1).decode()

    footer = (
        "-- \nKAZAMI 銀座本店  03-0000-0101\n株式会社カザミ\n〒104-0061 東京都中央区銀座0-12-7 カザミビル5階\n"
        "お問い合わせ：お客様窓口 okyakusama@kazami.example.jp 0120-000-000（平日10:00〜18:00）\n"
        f"配信停止・ご連絡方法の変更：{link}\n"
    )
    assert base64.b64decode(content).decode() == f"{body}\n\n{footer}".replace("\n", "\r\n")

    # what a mail program, and the phone page, make of it
    read = message_from_bytes(raw, policy=default)
    assert str(read["From"]) == '"髙橋(美) / 株式会社カザミ 銀座本店" <shop@kazami.example.jp>'
    assert letter["subject"] == "お目にかかれますことを"
    assert letter["text"] == f"{body}\n\n{footer}".rstrip("\n")
    assert letter["reply_to"] == headers[b"Reply-To"].decode()
    assert link in letter["links"]
    page = httpx.get(link, headers={"Accept-Language": "ja"})
    assert page.status_code == 200
    assert "メール" in page.text


def encoded(words: str) -> bytes:
    """RFC 2047, UTF-8 and base64, in one encoded word: what the header must say, byte for byte."""
    made = b"=?utf-8?b?" + base64.b64encode(words.encode()) + b"?="
    assert str(make_header(decode_header(made.decode()))) == words
    return made


def test_line_and_text_messages_arrive_in_her_name_and_say_what_became_of_them(signed_in: Tablet, demo: Demo) -> None:
    """A welcome-back by LINE, a follow-up by text message, and one to a number that takes nothing: the first two arrive
    with the member of staff's name, the tablet says sent, delivered and failed as it happens, and why."""
    _ = signed_in.words
    returning, reached, unreached = demo.person("returning"), demo.people_of("homonym")[1], demo.person("sms_fails")

    compose(signed_in, returning, "line")
    signed_in.sees("髙橋(美)（銀座本店） from KAZAMI 公式")
    line_words = signed_in.value(_("Text of the message"))
    sent(signed_in)
    compose(signed_in, reached, "sms")
    signed_in.sees(re.compile("銀座本店の髙橋美咲です"))  # the words for this channel are there before they are read
    sms_words = signed_in.value(_("Text of the message"))
    sent(signed_in)
    compose(signed_in, unreached, "sms")
    sent(signed_in)
    signed_in.sees(title(_, "sms"))

    received = demo.awaits(returning["member_number"], lambda found: any(one["text"] == line_words for one in found))
    assert [one["from"] for one in received if one["text"] == line_words] == ["髙橋(美)（銀座本店） from KAZAMI 公式"]
    assert line_words.startswith("佐々木様\n\nKAZAMI 銀座本店の髙橋美咲でございます。")

    texts = demo.awaits(reached["member_number"], lambda found: any(one["channel"] == "sms" for one in found))
    last = [one for one in texts if one["channel"] == "sms"][-1]
    first, _newline, footer = last["text"].rpartition("\n")
    assert last["from"] == "KAZAMI"
    assert first == sms_words
    assert first.startswith("佐藤様\n銀座本店の髙橋美咲です。")
    assert re.fullmatch(r"株式会社カザミ 配信停止・お問い合わせ http://127\.0\.0\.1:\d+/c/[A-Za-z0-9_-]{16,}", footer)
    assert last["links"] == [footer.split()[-1]]

    signed_in.sees(became(_, "sms", "failed"), _.code("reason", "not_delivered"))
    assert not any(one["channel"] == "sms" for one in demo.inbox(unreached["member_number"]))
    signed_in.open_member(reached["member_number"], reached["name"])
    signed_in.sees(became(_, "sms", "delivered"))
    signed_in.open_member(returning["member_number"], returning["name"])
    signed_in.sees(became(_, "line", "sent"), _("{what}: {text}", what=_.who(MISAKI), text=line_words))


def test_what_may_not_be_sent_says_why(signed_in: Tablet, demo: Demo) -> None:
    """She stopped everything: her profile says so and offers no message. She refused mail: only that way is closed, the reason
    is said, and the button is out of reach."""
    _, stopped = signed_in.words, demo.person("opted_out")
    signed_in.open_member(stopped["member_number"], stopped["name"])
    signed_in.sees(_("No messages to this customer"))
    signed_in.sees_no(_("Write a message"))
    compose(signed_in, demo.person("returning"), "email", why="after_visit")
    refused = {"channel": _.code("channel", "email"), "purpose": _.code("purpose", "relationship")}
    signed_in.sees(_("It may not be sent"), _.like_code("reason", "refused", **refused))
    assert signed_in.button(_("Send")).is_disabled()


def test_her_reply_comes_into_her_history(signed_in: Tablet, demo: Demo) -> None:
    """What she answers on her phone by LINE and by mail stands in her history a moment later, and is to be answered."""
    _ = signed_in.words
    by_line, by_mail = demo.person("returning"), demo.person("video_returning")
    demo.reply(by_line["member_number"], "line", "ありがとうございます。3時に伺います。")
    demo.reply(by_mail["member_number"], "email", "楽しみにしております。資料も拝見しました。")
    signed_in.open_member(by_line["member_number"], by_line["name"])
    signed_in.sees(title(_, "line", "reply"), "ありがとうございます。3時に伺います。", _.code("cause_now", "reply"))
    signed_in.open_member(by_mail["member_number"], by_mail["name"])
    signed_in.sees(title(_, "email", "reply"), "楽しみにしております。資料も拝見しました。")
    signed_in.press(_("Write a message"))
    signed_in.sees(_("Their last message"), "楽しみにしております。資料も拝見しました。")
