"""What came attached to a mail: every part that is not the words themselves."""

from collections.abc import Iterator
from email.message import EmailMessage, Message
from typing import Literal

from sync.delivery.attached import HEAD_BYTES, MOST_ATTACHMENTS, Limits, refusal
from sync.model.outreach import Reason
from sync.ports import Incoming


def attachments_of(mail: EmailMessage, limits: Limits) -> tuple[Incoming, ...]:
    """Return what came with the mail, in its order: with its bytes where they may be kept, else with why not.

    Past the most that is kept of one reply, one entry stands for all the rest and says how many they are.
    """
    found: list[Incoming] = []
    taken, more = 0, 0
    for part in _attached(mail):
        if len(found) == MOST_ATTACHMENTS:
            more += 1
            continue
        payload = part.get_payload(decode=True)  # None for a mail inside the mail, which is not opened
        content = payload if isinstance(payload, bytes) else None
        reason = Reason(code="attachment_type") if content is None else _refusal(content, taken, limits)
        if reason is None and content is not None:
            taken += len(content)
        found.append(Incoming(what=_what(part), content=None if reason else content, reason=reason))
    if more:
        too_many = Reason(code="attachment_too_many", params={"n": more, "most": MOST_ATTACHMENTS})
        found.append(Incoming(what="file", reason=too_many))
    return tuple(found)


def _refusal(content: bytes, taken: int, limits: Limits) -> Reason | None:
    alone = refusal(content[:HEAD_BYTES], len(content), limits)
    if alone is None and taken + len(content) > limits.together:
        return Reason(code="attachment_too_large_together", params={"mb": limits.together // 1_000_000})
    return alone


def _attached(mail: EmailMessage) -> Iterator[Message]:
    body = {id(part) for part in (mail.get_body(("plain",)), mail.get_body(("html",))) if part is not None}
    waiting: list[Message] = [mail]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            inside = part.get_payload()
            waiting += (
                [each for each in reversed(inside) if isinstance(each, Message)] if isinstance(inside, list) else []
            )
        elif id(part) not in body and not _words(part):
            yield part


def _words(part: Message) -> bool:
    """Say whether it is more of what she wrote: Apple's mail program sets her words and pictures in turns."""
    named = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    return part.get_content_type() in ("text/plain", "text/html") and not named


def _what(part: Message) -> Literal["image", "video", "audio", "file"]:
    kind = part.get_content_maintype()
    return kind if kind in ("image", "video", "audio") else "file"  # type: ignore[return-value]
