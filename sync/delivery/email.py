"""Mail: one SMTP exchange per message, and replies read from their raw form.

Sources: RFC 5321 (the exchange), RFC 5322 and 2047 (the message), RFC 8058 (one-click unsubscribe), RFC 3834
(automatic replies), RFC 6376 (DKIM). Sent by `smtplib`, step by step, because only the step tells whether the relay may have accepted.
"""

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, ClassVar

from sync.clock import Clock
from sync.delivery import base
from sync.delivery.attached import USUAL, Limits
from sync.delivery.mail_reply import read_reply
from sync.delivery.mail_report import bounce_address, is_for_reports, read_report
from sync.delivery.mail_sender import sender_header
from sync.delivery.mail_signing import Sign
from sync.errors import BadInput
from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.policy.naming import mail_sender
from sync.ports import Acknowledgement, ChannelEvent, Outgoing, Receipt

WORDS_BYTES = 1024 * 1024
"""Bytes of a reply beside its attachments."""


def size_limit(limits: Limits) -> int:
    """Return the bytes of a reply that are taken; a larger one is refused at the door. In base64, three bytes are four, and
    of 78 letters of a line two end it."""
    return limits.together * 4 // 3 * 78 // 76 + WORDS_BYTES


_UNFOLDED = {"list-unsubscribe", "list-unsubscribe-post", "message-id"}


class _Policy(EmailPolicy):
    """SMTP's policy, except that the sender's name is written for every reader (`mail_sender`), and machine-read headers
    are never folded or encoded: a long link must stay a link."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() == "from":
            [sender] = value.addresses
            return sender_header(sender.display_name, sender.addr_spec)
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _Policy(linesep=SMTP.linesep)


class EmailChannel:
    """Sends over one mail relay.

    `mail_from` is the header's sender; the envelope's is an address that tells which mail came back, where replies are
    taken in. `sign` puts the DKIM signature in front. `timeout`: seconds for each step of the exchange.
    """

    channel = Channel.EMAIL
    webhook_paths: tuple[str, ...] = ()
    repeatable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        mail_from: str,
        clock: Clock,
        user: str = "",
        password: str = "",
        starttls: bool = True,
        sign: Sign | None = None,
        timeout: float = 20.0,
        limits: Limits = USUAL,
    ) -> None:
        self._limits = limits
        self._sign = sign
        self._mail_from = mail_from
        self._clock = clock
        self._user, self._password, self._starttls = user, password, starttls
        self._relay, self._timeout = (host, port), timeout

    @property
    def size_limit(self) -> int:
        """Bytes of a mail that are taken."""
        return size_limit(self._limits)

    def close(self) -> None:
        """Nothing to close: each message has its own connection."""

    def send(self, message: Outgoing) -> Receipt:
        """Send the message in one SMTP exchange.

        Before the last byte of the text has left, nothing can have been accepted, so a broken connection means another
        attempt. After it, silence means UNKNOWN. Without a sender's address nobody is asked.
        """
        if not self._mail_from:
            return base.failed(base.NOT_SET_UP, channel=self.channel.value)
        if message.images:
            return base.failed(base.NOT_SUPPORTED, what="images")
        try:
            raw = self.compose(message).as_bytes(policy=POLICY)
        except (ValueError, UnicodeError, IndexError):  # an address or a name that no header can carry
            return base.failed("bad_address")
        return self._deliver(message.to, raw, bounce_address(message.reply_to) or self._mail_from)

    def acknowledge(self, said: Acknowledgement) -> bool:
        """Mail it to her own address, marked as written by a program, so that no program answers (RFC 3834)."""
        if not (self._mail_from and said.to):
            return False
        mail = EmailMessage(policy=POLICY)
        mail["From"] = Address(addr_spec=self._mail_from)
        mail["To"] = said.to
        mail["Subject"] = " ".join(said.subject.split())
        mail["Date"] = format_datetime(self._clock())
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(said.text, charset="utf-8", cte="base64")
        return self._deliver(said.to, mail.as_bytes(policy=POLICY), "").state is MessageState.SENT

    def _deliver(self, to: str, raw: bytes, envelope_from: str) -> Receipt:
        raw = self._sign(raw) if self._sign is not None else raw
        smtp: smtplib.SMTP | None = None
        try:
            smtp = smtplib.SMTP(*self._relay, timeout=self._timeout)
            return self._exchange(smtp, to, raw, envelope_from)
        except smtplib.SMTPResponseException as error:  # raised while greeting, encrypting or signing in
            return base.again("relay_refused", status=error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return base.again("relay_refused")
        except UnicodeError:  # an address outside ASCII, which this relay does not take
            return base.failed("bad_address")
        except (smtplib.SMTPException, OSError):
            return base.again(base.NOT_REACHED)
        finally:
            if smtp is not None:
                smtp.close()

    def compose(self, message: Outgoing) -> EmailMessage:
        """Return the whole mail: headers and the plain text, whose footer the caller has already added."""
        name, _, domain = self._mail_from.rpartition("@")
        mail = EmailMessage(policy=POLICY)
        shown = mail_sender(message.sender_name, message.account)
        mail["From"] = Address(display_name=shown, username=name, domain=domain)
        mail["To"] = message.to
        if message.reply_to:
            mail["Reply-To"] = message.reply_to
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = f"<{message.idempotency_key}@{domain}>"
        if message.opt_out_url:
            mail["List-Unsubscribe"] = f"<{message.opt_out_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(message.body, charset="utf-8", cte=None if message.body.isascii() else "base64")
        return mail

    def _exchange(self, smtp: smtplib.SMTP, to: str, raw: bytes, envelope_from: str) -> Receipt:
        smtp.ehlo_or_helo_if_needed()
        if self._starttls:
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if self._user:
            smtp.login(self._user, self._password)
        for code, text in (smtp.mail(envelope_from), smtp.rcpt(to)):
            if code >= 400:
                return _refused(code, text)
        code, text = smtp.docmd("DATA")
        if code != 354:
            return _refused(code, text)
        # If this raises, the line with the single dot has not left whole, so the relay cannot have taken the mail.
        smtp.send(_stuffed(raw))
        try:
            code, text = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return base.unknown(error=type(error).__name__)
        if code >= 400:
            return _refused(code, text)
        _quit(smtp)
        return Receipt(state=MessageState.SENT)

    def parse_webhook(self, url: str, headers: Mapping[str, str], body: bytes) -> Sequence[ChannelEvent]:  # noqa: ARG002
        """Read a mail that came in: `url` is `mailto:` and the address it was delivered to, `body` the raw message.

        Nothing signs a mail: what proves it is the token in the address, which only the receiver of our mail has seen.
        Reports of programs come to addresses of their own (`mail_report`); other automatic mail is left out. Raises
        BadInput.
        """
        if not url.startswith("mailto:") or "@" not in url:
            raise BadInput("A mail needs the address that it came to.")
        if len(body) > self.size_limit:
            raise BadInput("This mail is larger than is taken.", limit=self.size_limit)
        recipient = url.removeprefix("mailto:")
        if is_for_reports(recipient):
            event = read_report(body, recipient=recipient)
        else:
            event = read_reply(body, recipient=recipient, limits=self._limits)
        return [] if event is None else [event]


def _stuffed(raw: bytes) -> bytes:
    """Return the text as DATA wants it: lines that begin with a dot get a second, and a single dot ends it."""
    text = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    text = text.replace(b"\r\n.", b"\r\n..")
    return (b"." + text if text.startswith(b".") else text) + b".\r\n"


def _refused(code: int, text: bytes) -> Receipt:
    """4xx is "not now"; 5xx is final. The words of the relay may hold the address, so only the codes are kept."""
    if code >= 500:
        status = text.decode("ascii", "replace").split(" ", 1)[0]
        enhanced = status if status.count(".") == 2 and status.replace(".", "").isdigit() else ""
        return base.failed(base.REFUSED, status=code, enhanced=enhanced)
    return base.again(base.THROTTLED if code in (421, 450, 451, 452) else base.PROVIDER_DOWN, status=code)


def _quit(smtp: smtplib.SMTP) -> None:
    """Say goodbye. The mail is accepted, whatever happens to the goodbye."""
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()
