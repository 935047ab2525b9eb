"""Mail that programs write about our mail: it could not be delivered (RFC 3464), or she called it spam (RFC 5965).

A report of non-delivery comes to the envelope's sender, which is an address of its own for each mail and so proves what
it is about (`bounce+TOKEN@`). A complaint comes to the one address that a mailbox provider was told (`complaints@`); which
mail it means stands in the part of it that the provider sends back: its Reply-To holds the same token.
"""

from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesParser, HeaderParser
from email.policy import default
from email.utils import parseaddr
from hashlib import sha256

from sync.errors import BadInput
from sync.model.customer import Channel
from sync.model.outreach import MessageState, Reason
from sync.ports import ChannelEvent

BOUNCES, COMPLAINTS = "bounce", "complaints"
"""Beginnings of the addresses that reports come to."""
_UNUSABLE = ("5.1.", "5.2.1")
"""RFC 3463: the address is wrong or moved, or the mailbox is disabled. Other failures (full, too large, refused for its
content or by a policy) say nothing against the address."""


def bounce_address(reply_to: str) -> str:
    """Return the envelope's sender for a mail that is answered to `reply+TOKEN@domain`; empty for any other address."""
    local, at, domain = reply_to.rpartition("@")
    name, plus, token = local.partition("+")
    return f"{BOUNCES}+{token}@{domain}" if at and plus and name == "reply" else ""


def takes_reports(address: str) -> bool:
    """Say whether complaints come to this address."""
    return address.rpartition("@")[0].casefold() == COMPLAINTS


def is_for_reports(address: str) -> bool:
    """Say whether only programs write to this address."""
    return takes_reports(address) or address.casefold().startswith(f"{BOUNCES}+")


def read_report(raw: bytes, *, recipient: str) -> ChannelEvent | None:
    """Return what the report in `raw` says, or None where it says nothing that counts (delayed, delivered, no report).

    Raises BadInput where it cannot be read.
    """
    try:
        mail = BytesParser(policy=default).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        kind = str(mail.get_param("report-type") or "").casefold()
        if mail.get_content_type() != "multipart/report":
            return None
        event_id = sha256(str(mail.get("message-id") or "").encode("utf-8", "replace") or raw).hexdigest()
        if kind == "delivery-status":
            return _bounce(mail, event_id, recipient)
        return _complaint(mail, event_id) if kind == "feedback-report" else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("This report cannot be read.") from error


def _bounce(mail: EmailMessage, event_id: str, recipient: str) -> ChannelEvent | None:
    for fields in _blocks(mail, "message/delivery-status"):
        if _field(fields, "action").casefold() != "failed":
            continue
        status = _field(fields, "status").split(" ")[0][:12]
        whose = _field(fields, "original-recipient") or _field(fields, "final-recipient")
        return ChannelEvent(
            type="unusable" if status.startswith(_UNUSABLE) else "state",
            channel=Channel.EMAIL,
            event_id=event_id,
            recipient=recipient,
            sender=whose.partition(";")[2].strip()[:254],
            state=MessageState.FAILED,
            reason=Reason(code="not_delivered", params={"status": status}),
        )
    return None


def _complaint(mail: EmailMessage, event_id: str) -> ChannelEvent | None:
    kinds = {_field(fields, "feedback-type").casefold() for fields in _blocks(mail, "message/feedback-report")}
    if not kinds & {"abuse", "fraud", "opt-out"}:
        return None
    for original in _originals(mail):
        address = parseaddr(_field(original, "reply-to"))[1]
        if bounce_address(address):
            return ChannelEvent(type="complaint", channel=Channel.EMAIL, event_id=event_id, recipient=address)
    return None


def _blocks(mail: EmailMessage, kind: str) -> Iterator[Message]:
    """Yield the groups of fields of a report's part: whichever way the parser took it apart."""
    for part in mail.walk():
        if part.get_content_type() == kind:
            payload = part.get_payload()
            for each in payload if isinstance(payload, list) else ():
                if isinstance(each, Message):
                    yield each
                    yield HeaderParser().parsestr(str(each.get_payload() or "")) if not each.is_multipart() else each


def _originals(mail: EmailMessage) -> Iterator[Message]:
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            yield from (each for each in payload if isinstance(each, Message)) if isinstance(payload, list) else ()
        elif part.get_content_type() == "text/rfc822-headers":
            words = part.get_payload(decode=True)
            yield HeaderParser().parsestr(words.decode("utf-8", "replace") if isinstance(words, bytes) else "")


def _field(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name) or "").split())
