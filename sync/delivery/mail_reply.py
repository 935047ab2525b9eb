"""A customer's reply by mail: who wrote, to which of our addresses, and what she said without the quoted part."""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr
from hashlib import sha256
from html.parser import HTMLParser
from unicodedata import category

from sync.delivery.attached import USUAL, Limits
from sync.delivery.mail_parts import attachments_of
from sync.errors import BadInput
from sync.model.customer import Channel
from sync.ports import ChannelEvent

TEXT_LIMIT = 4000
"""Characters of a reply that the timeline keeps."""

_MOST_PARTS = 2000
_MOST_NESTED = 30
"""The parser takes half a millisecond for each part, and looks at each line once for each part that it lies within: a mail of
many megabytes that is made for it would keep it busy for an hour."""
_SHORT_LINES, _SHORT_LINE = 10_000, 20
"""As many short lines are somebody's words; beyond, lines of so few bytes are made for the parser as well (base64 has 78)."""

_QUOTE_STARTS = re.compile(
    r"""^(?:
        On\ .{5,200}\ wrote: |                                  # Apple Mail, Gmail
        \d{4}[年/.-]\s*\d{1,2}[月/.-]\s*\d{1,2}日?.{0,200}(?:[:：]|のメール[:：]?|wrote:) |   # Gmail, iPhone in Japanese
        -{2,}\s*(?:Original\ Message|Forwarded\ message|元のメッセージ|転送メッセージ)\s*-{2,} |
        _{20,} |                                                # Outlook
        (?:From|差出人|送信元)\s*[:：].*@.*
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)


def read_reply(raw: bytes, *, recipient: str, limits: Limits = USUAL) -> ChannelEvent | None:
    """Return the reply in `raw` (RFC 5322), or None for what no person wrote: automatic answers and bounces.

    Raises BadInput where there is no sender, or the parts cannot be read, or there are more than any mail program makes.
    """
    if raw.count(b"\n--") > _MOST_PARTS or raw.lower().count(b"multipart") > _MOST_NESTED:
        raise BadInput("This mail has too many parts.")
    if raw.count(b"\n") > _SHORT_LINES + len(raw) // _SHORT_LINE:
        raise BadInput("This mail has too many lines.")
    try:
        mail = BytesParser(policy=default).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        automatic = _header(mail, "auto-submitted").lower() not in ("", "no") or mail.get_content_type() in (
            "multipart/report",
            "message/delivery-status",
        )
        sender = parseaddr(_header(mail, "from"))[1]
        attached = attachments_of(mail, limits)
        text, subject, name = _text(mail), _header(mail, "subject"), _header(mail, "message-id")
    except (HeaderParseError, ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # the standard parser gives up on some malformed headers with whatever error its insides happened to meet
        raise BadInput("This mail cannot be read.") from error
    if automatic:
        return None
    if "@" not in sender or len(sender) > 254:
        raise BadInput("This mail has no sender.")
    return ChannelEvent(
        type="reply",
        channel=Channel.EMAIL,
        event_id=sha256(name.encode("utf-8", "replace") or raw).hexdigest(),
        at=_date(mail),
        sender=_clean(sender),
        recipient=recipient,
        subject=_clean(subject)[:200],
        text=_with_attachments(_clean(without_quote(text))[:TEXT_LIMIT], len(attached)),
        attachments=attached,
    )


def _with_attachments(text: str, count: int) -> str:
    """Say that something was attached, as it is said of a picture in LINE, to whoever sees no more than the words."""
    return f"{text}\n［添付ファイル {count}件］".strip() if count else text


def without_quote(text: str) -> str:
    """Return what was newly written: everything above the quoted mail, without lines that begin with `>`.

    Where nothing would be left (an answer written inside the quote), the whole text is kept: too much is better than
    her words lost.
    """
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        # a long attribution is wrapped by the writer's program, so two lines together are looked at as well
        pair = f"{line.strip()} {lines[number + 1].strip()}" if number + 1 < len(lines) else ""
        if _QUOTE_STARTS.match(line.strip()) or (line.startswith(("On ", "20")) and _QUOTE_STARTS.match(pair)):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip() or text.strip()


def _header(mail: EmailMessage, name: str) -> str:
    value = mail.get(name)
    return "" if value is None else str(value)


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        text = payload.decode(charset, "replace")
    except LookupError:  # a charset that Python does not know
        text = payload.decode("utf-8", "replace")
    return _visible(text) if part.get_content_subtype() == "html" else text


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in ("style", "script", "head", "blockquote"):
            self._hidden.append(tag)
        elif tag in ("br", "p", "div", "li", "tr"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _visible(html: str) -> str:
    """Return the words of an HTML mail; quoted blocks are left out."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


def _date(mail: EmailMessage) -> datetime | None:
    """Return the mail's own date in UTC, or None where it has none that can be read."""
    at = getattr(mail.get("date"), "datetime", None)
    return at.astimezone(UTC) if isinstance(at, datetime) and at.tzinfo is not None else None


def _clean(text: str) -> str:
    """Drop control characters and halves of surrogate pairs, which no database takes."""
    return "".join(c for c in text if c in "\n\t" or category(c) not in ("Cc", "Cs")).strip()
