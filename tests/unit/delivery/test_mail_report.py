"""Reports about our mail, in the forms in which mail systems write them."""

from email.message import EmailMessage

import pytest

from sync.delivery.mail_report import bounce_address, is_for_reports, read_report
from sync.errors import BadInput
from sync.model.outreach import MessageState
from sync.ports import ChannelEvent

TOKEN = "a" * 26
BOUNCE = f"bounce+{TOKEN}@reply.elm.example"


def dsn(status: str = "5.1.1", action: str = "failed", whose: str = "hana@example.jp", final: str = "") -> bytes:
    """A report as RFC 3464 shapes it: words for people, fields for programs, the headers of what came back."""
    fields = [f"Original-Recipient: rfc822;{whose}"] if whose else []
    fields += [f"Final-Recipient: rfc822; {final or whose}", f"Action: {action}", f"Status: {status}"]
    return "\r\n".join(
        [
            "From: MAILER-DAEMON@mx.example.jp",
            f"To: {BOUNCE}",
            "Subject: Undelivered Mail Returned to Sender",
            "Message-ID: <dsn-1@mx.example.jp>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "I'm sorry to have to inform you that your message could not be delivered.",
            "",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.jp",
            "Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0900",
            "",
            *fields,
            "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            "Subject: private",
            "",
            "--b--",
            "",
        ]
    ).encode()


def arf(kind: str = "abuse", *, whole: bool = True, reply_to: str = f"reply+{TOKEN}@reply.elm.example") -> bytes:
    """A complaint as RFC 5965 shapes it; some providers send the whole mail back, some only its headers."""
    original = ["From: shop@elm.example", f"Reply-To: {reply_to}", "Subject: private", "", "words" if whole else ""]
    return "\r\n".join(
        [
            "From: <fbl@provider.example>",
            "Message-ID: <arf-1@provider.example>",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "This is an email abuse report.",
            "--b",
            "Content-Type: message/feedback-report",
            "",
            f"Feedback-Type: {kind}",
            "User-Agent: SomeGenerator/1.0",
            "Version: 1",
            "",
            "--b",
            f"Content-Type: {'message/rfc822' if whole else 'text/rfc822-headers'}",
            "",
            *original,
            "--b--",
            "",
        ]
    ).encode()


def read(raw: bytes, recipient: str = BOUNCE) -> ChannelEvent | None:
    return read_report(raw, recipient=recipient)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", "unusable"),
        ("5.1.10", "unusable"),
        ("5.2.1", "unusable"),
        ("5.2.2", "state"),
        ("5.7.1", "state"),
        ("4.4.7", "state"),
    ],
)
def test_a_mail_that_came_back_failed(status: str, kind: str) -> None:
    """The message failed whatever the cause; only a wrong, moved or disabled address is not to be used again."""
    event = read(dsn(status))
    assert event is not None
    assert (event.type, event.state, event.recipient) == (kind, MessageState.FAILED, BOUNCE)
    assert event.sender == "hana@example.jp"
    assert event.reason is not None
    assert event.reason.params == {"status": status}


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_reports_of_anything_else_say_nothing(action: str) -> None:
    """A delay is not a failure."""
    assert read(dsn("4.4.1", action)) is None


def test_a_forwarded_mail_is_known_by_the_address_we_wrote_to() -> None:
    """The original recipient counts before the final one."""
    event = read(dsn(final="elsewhere@other.example"))
    assert event is not None
    assert event.sender == "hana@example.jp"


@pytest.mark.parametrize("whole", [True, False])
def test_a_complaint_names_the_mail_by_its_reply_to(whole: bool) -> None:
    """The token of our own Reply-To leads to her; the provider hides her address."""
    event = read(arf(whole=whole), "complaints@reply.elm.example")
    assert event is not None
    assert (event.type, event.recipient) == ("complaint", f"reply+{TOKEN}@reply.elm.example")


def test_a_report_that_it_is_no_spam_changes_nothing() -> None:
    """`not-spam` is no complaint, and a complaint about a mail that is none of ours is nobody's."""
    assert read(arf("not-spam")) is None
    assert read(arf(reply_to="someone@elm.example")) is None


def test_a_mail_by_a_person_is_no_report() -> None:
    """Whatever else comes to these addresses is left out."""
    mail = EmailMessage()
    mail["From"] = "hana@example.jp"
    mail.set_content("Action: failed\nStatus: 5.1.1")
    assert read(mail.as_bytes()) is None


@pytest.mark.parametrize("cut", range(0, 900, 37))
def test_a_report_that_breaks_off_never_raises_anything_else(cut: int) -> None:
    """It is read, left out, or refused as unreadable."""
    for raw in (dsn(), arf()):
        try:
            read(raw[:cut])
        except BadInput:
            continue


def test_addresses_of_reports() -> None:
    """The envelope's sender is made of the Reply-To; without one there is none."""
    assert bounce_address(f"reply+{TOKEN}@reply.elm.example") == BOUNCE
    assert [bounce_address(each) for each in ("", "shop@elm.example", "x+y@z")] == ["", "", ""]
    assert is_for_reports(BOUNCE)
    assert is_for_reports("Complaints@reply.elm.example")
    assert not is_for_reports(f"reply+{TOKEN}@reply.elm.example")
