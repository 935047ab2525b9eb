"""What came attached to a mail."""

from base64 import b64encode
from email.message import EmailMessage

import pytest

from sync.delivery.attached import MEGABYTE, MOST_ATTACHMENTS, Limits
from sync.delivery.mail_reply import read_reply
from sync.errors import BadInput
from sync.ports import Incoming

JPEG = b"\xff\xd8\xff" + b"x" * 50
LIMITS = Limits(each=1000, together=2000)


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "hana@example.jp", "Re: 丈", "<1@example.jp>"
    made.set_content("このような感じです。")
    return made


def came(raw: bytes) -> tuple[Incoming, ...]:
    event = read_reply(raw, recipient="reply+x@elm.example", limits=LIMITS)
    assert event is not None
    return event.attachments


def codes(parts: tuple[Incoming, ...]) -> list[str]:
    return [part.reason.code if part.reason else "" for part in parts]


def test_each_attachment_with_its_bytes_or_why_not() -> None:
    """Names and types that the sender gives decide nothing; what is refused brings no bytes."""
    made = letter()
    made.add_attachment(JPEG, maintype="application", subtype="x-msdownload", filename="../../etc/passwd")
    made.add_attachment(b"<html>", maintype="image", subtype="jpeg", filename="a.jpg")
    made.add_attachment(b"", maintype="image", subtype="png", filename="b.png")
    made.add_attachment(b"%PDF-" + b"x" * 1000, maintype="application", subtype="pdf", filename="c.pdf")
    made.add_attachment(letter())
    parts = came(made.as_bytes())
    assert codes(parts) == [
        "",
        "attachment_type",
        "attachment_empty",
        "attachment_too_large",
        "attachment_type",
    ]
    assert [part.content for part in parts] == [JPEG, None, None, None, None]
    assert [part.what for part in parts] == ["file", "image", "image", "file", "file"]


def test_together_they_are_limited_too() -> None:
    """Those that would be too many bytes together are left out; a smaller one after them is kept."""
    made = letter()
    for size in (900, 900, 900, 50):
        made.add_attachment(b"%PDF-" + b"x" * size, maintype="application", subtype="pdf", filename="c.pdf")
    assert codes(came(made.as_bytes())) == ["", "", "attachment_too_large_together", ""]


def test_a_thousand_parts() -> None:
    """The first are told one by one, the rest as a number."""
    head = b"From: hana@example.jp\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
    part = b"--a\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64encode(JPEG) + b"\r\n"
    parts = came(head + part * 1000 + b"--a--\r\n")
    assert len(parts) == MOST_ATTACHMENTS + 1
    last = parts[-1].reason
    assert last is not None
    assert (last.code, last.params) == ("attachment_too_many", {"n": 980, "most": MOST_ATTACHMENTS})


def test_pictures_between_her_words() -> None:
    """Pictures set into the text count, wherever they stand; the text's other form and further words do not."""
    made = letter()
    made.add_alternative("<p>このような<img src='cid:1'></p>", subtype="html")
    html = made.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(JPEG, maintype="image", subtype="jpeg", cid="<1>")
    assert codes(came(made.as_bytes())) == [""]
    turns = letter()
    turns.make_mixed()
    more = EmailMessage()
    more.set_content("もう一枚")
    turns.attach(more)
    assert codes(came(turns.as_bytes())) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"From: hana@example.jp\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: image/jpeg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%not base64%%%\r\n--a--\r\n",
        b"From: hana@example.jp\r\nContent-Type: multipart/mixed\r\n\r\n--a\r\nContent-Type: image/jpeg\r\n\r\nx\r\n",
        b"From: hana@example.jp\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: image/jpeg;"
        b" name*=utf-9''%ff\r\nContent-Disposition: attachment; filename*0*=x\r\n\r\nx\r\n--a--\r\n",
        b"From: hana@example.jp\r\nContent-Type: image/jpeg\r\n\r\nnot one",
    ],
    ids=["no base64", "no boundary", "bad names", "nothing else"],
)
def test_malformed_mails_are_read_as_far_as_they_go(raw: bytes) -> None:
    """Nothing of them is kept, and nothing fails."""
    assert set(codes(came(raw))) <= {"attachment_type"}


@pytest.mark.parametrize(
    "parts",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1000)),
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n" * 100_000,
        b"\r\n" * 1_000_000,
    ],
    ids=["within each other", "beside each other", "of nothing but lines"],
)
def test_parts_without_end(parts: bytes) -> None:
    """A mail that would keep the parser busy for minutes is refused before it is parsed."""
    with pytest.raises(BadInput, match="too many"):
        came(b"From: hana@example.jp\r\n" + parts + b"\r\nx")


def test_limits_are_what_the_house_says() -> None:
    """By default ten megabytes each, twenty together."""
    assert (Limits().each, Limits().together) == (10 * MEGABYTE, 20 * MEGABYTE)
