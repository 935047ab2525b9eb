"""The customers' mail: a real SMTP server that keeps every byte, and real SMTP for what they answer."""

import asyncio
import re
import smtplib
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import default as default_policy
from email.utils import format_datetime, formataddr, getaddresses, make_msgid
from html.parser import HTMLParser
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sync.clock import Clock
from sync.errors import BadInput, Conflict
from sync.ids import NewId
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.links import links_in
from sync.sandbox.people import People, Person
from sync.sandbox.post import Outcome, Post
from sync.sandbox.store import Letter, Store

MAX_BYTES = 10 * 1024 * 1024
Pause = Callable[[float], Awaitable[None]]


class MailSink:
    """What aiosmtpd asks while mail comes in, and the post that takes the customers' answers out."""

    def __init__(
        self,
        store: Store,
        people: People,
        post: Post,
        faults: Faults,
        *,
        clock: Clock,
        new_id: NewId,
        inbound: tuple[str, int],
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._store, self._people, self._post, self._faults = store, people, post, faults
        self._clock, self._new_id, self._inbound, self._pause = clock, new_id, inbound, pause
        self._server: asyncio.Server | None = None
        post.carry("email", self._carry)

    async def open(self, host: str, port: int) -> int:
        """Listen for mail and return the port taken (a free one for 0)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, ident="phones", loop=loop), host, port
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    # -- mail that comes in; the names are aiosmtpd's

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not self._people.by_email(address):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        ordered = self._faults.take("smtp")
        fault = ordered.fault if ordered else None
        if fault is Fault.THROTTLED:
            return "451 4.7.1 Too many messages, try again later"
        if fault is Fault.BROKEN:
            return "554 5.0.0 Transaction failed"
        if fault is not Fault.TIMEOUT_BEFORE:
            self._arrive(envelope)
        if ordered is not None:
            await self._pause(ordered.seconds)
            if server.transport is not None:
                server.transport.close()
        return "250 2.0.0 Kept"

    def _arrive(self, envelope: Envelope) -> None:
        raw = envelope.content
        assert isinstance(raw, bytes)
        mail = message_from_bytes(raw, policy=default_policy)
        text, links = readable(mail)
        sender, reply_to = _sender(raw), str(mail.get("Reply-To", ""))
        extra = {"message_id": str(mail.get("Message-ID", "")), "to": str(mail.get("To", ""))}
        members = {person.member_number for address in envelope.rcpt_tos for person in self._people.by_email(address)}
        with self._store.transaction():
            for member in sorted(members):
                self._store.keep(
                    Letter(
                        member=member,
                        channel="email",
                        sender=sender,
                        text=text,
                        at=self._clock(),
                        reply_to=reply_to,
                        subject=str(mail.get("Subject", "")),
                        links=links,
                        raw=raw,
                        extra=extra,
                    )
                )

    # -- mail that goes out

    def reply(
        self,
        person: Person,
        text: str,
        *,
        to: int | None = None,
        quote: bool = False,
        picture: tuple[bytes, str] | None = None,
    ) -> None:
        """Let the customer answer a mail (the newest, or number `to`), with a picture (its bytes and its type) if she likes.

        Raise BadInput where there is no such mail or she has no mail address, Conflict where it takes no answer.
        """
        original = self._store.last_mail(person.member_number) if to is None else self._mail(person, to)
        if original is None or not person.email:
            raise BadInput("There is no mail to answer yet.", reason="no_mail")
        addresses = [address for _, address in getaddresses([original.reply_to or original.sender]) if address]
        if not addresses:
            raise Conflict("That mail names no address for an answer.", reason="no_reply_to")
        subject = original.subject if original.subject.lower().startswith("re:") else f"Re: {original.subject}"
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["From"] = formataddr((person.name, person.email))
        mail["To"] = addresses[0]
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self._clock().replace(microsecond=0))
        mail["Message-ID"] = make_msgid(self._new_id(), "phone.example")
        if original.extra.get("message_id"):
            mail["In-Reply-To"] = original.extra["message_id"]
            mail["References"] = original.extra["message_id"]
        mail.set_content(text + (_quoted(original) if quote else ""), charset="utf-8", cte="base64")
        if picture is not None:
            content, media_type = picture
            maintype, _, subtype = media_type.partition("/")
            mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=f"IMG_0001.{subtype}")
        payload = {"from": person.email, "to": addresses[0], "mail": mail.as_bytes().decode("ascii")}
        with self._store.transaction():
            raw, extra = None, {"to": addresses[0]}
            if picture is not None:
                raw, extra["media_type"] = picture
            self._store.keep(
                Letter(
                    person.member_number,
                    "email",
                    mail["From"],
                    text,
                    self._clock(),
                    True,
                    "",
                    subject,
                    raw=raw,
                    extra=extra,
                )
            )
            self._post.enqueue("email", f"email:{person.member_number}", payload)

    def _mail(self, person: Person, n: int) -> Letter | None:
        letter = self._store.letter(person.member_number, n)
        return letter if letter and letter.channel == "email" and not letter.outgoing else None

    async def _carry(self, payload: dict[str, Any], _attempts: int) -> Outcome:
        return await asyncio.to_thread(_hand_over, self._inbound, payload)


def _hand_over(inbound: tuple[str, int], payload: dict[str, Any]) -> Outcome:
    """Hand one mail to the retailer's mail server, as any mail server would."""
    try:
        with smtplib.SMTP(*inbound, local_hostname="phone.example", timeout=10) as smtp:
            smtp.sendmail(payload["from"], [payload["to"]], payload["mail"].encode("ascii"))
    except smtplib.SMTPResponseException as error:
        return Outcome.REFUSED if error.smtp_code >= 500 else Outcome.NO_ANSWER
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _ in error.recipients.values())
        return Outcome.REFUSED if code >= 500 else Outcome.NO_ANSWER
    except (OSError, smtplib.SMTPException):
        return Outcome.NO_ANSWER
    return Outcome.DONE


def _sender(raw: bytes) -> str:
    """Return a mail's From as mail programs show it. `email`'s newer parser sets a blank between two encoded words of a
    name, which RFC 2047 (6.2) forbids; its older one does not."""
    try:
        return str(make_header(decode_header(message_from_bytes(raw).get("From", ""))))
    except (LookupError, ValueError):  # a charset nobody knows, or bytes that are none of it
        return str(message_from_bytes(raw, policy=default_policy).get("From", ""))


def readable(mail: Any) -> tuple[str, tuple[str, ...]]:
    """Return a mail's text as a phone shows it, and the links in it. HTML is used where there is no plain text."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    page = _Page(_content(html)) if html is not None else _Page("")
    text = _content(plain) if plain is not None else page.text
    return text, tuple(dict.fromkeys((*links_in(text), *page.links)))


def _content(part: Any) -> str:
    try:
        return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")
    except (LookupError, UnicodeError):  # a charset nobody knows: shown as well as it can be
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def _quoted(original: Letter) -> str:
    lines = "\n".join(f"> {line}" for line in original.text.splitlines())
    return f"\n\n{original.at:%Y-%m-%d %H:%M} {original.sender}:\n{lines}\n"


class _Page(HTMLParser):
    """The words and links of an HTML mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self._words: list[str] = []
        self._hidden = 0
        self.feed(html)

    @property
    def text(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self._words))).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "title"):
            self._hidden += 1
        elif tag in ("p", "br", "div", "tr", "h1", "h2", "h3", "li"):
            self._words.append("\n")
        link = dict(attrs).get("href") or ""
        if tag == "a" and link.startswith(("http://", "https://")):
            self.links.append(link)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "title"):
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)
