"""What customers send in LINE beside text: read from the webhook, and its content fetched from LINE.

Source: `messaging-api.yml` (GET /v2/bot/message/{messageId}/content on api-data.line.me), `webhook.yml` (contentProvider), and
LINE's reference page of the content: 202 while a video is being prepared, 404 or 410 once it is there no more.
"""

import re
from typing import Literal
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from sync.delivery.attached import HEAD_BYTES, media_type_of, too_large
from sync.model.outreach import Reason
from sync.ports import Fetched, Incoming

Sent = Literal["image", "video", "audio", "file"]
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_LATER = frozenset({202, 401, 403, 408, 429})
"""Being prepared; our token is wrong, which somebody may yet mend; too much at once."""


class ContentProvider(BaseModel):
    """Who holds the content: `line`, or `external`, which would have us fetch any address that the sender names."""

    type: str = ""


def incoming(what: Sent, message_id: str, provider: ContentProvider | None) -> Incoming:
    """Return what came; nothing is ever fetched from anywhere but LINE."""
    if (provider is not None and provider.type != "line") or not _ID.fullmatch(message_id):
        return Incoming(what=what, reason=Reason(code="attachment_elsewhere"))
    return Incoming(what=what, remote_id=message_id)


def fetch(http: httpx.Client, message_id: str, most: int) -> Fetched:
    """Ask LINE for the content once. What is not kept is not taken in either: reading ends where that shows."""
    try:
        path = f"/v2/bot/message/{quote(message_id, safe='')}/content"
        # unsqueezed: of squeezed bytes nobody knows how many they will be
        with http.stream("GET", path, headers={"Accept-Encoding": "identity"}) as answer:
            if answer.status_code == 200:
                return _read(answer, most)
            if answer.status_code in _LATER or answer.status_code >= 500:
                return Fetched()
            gone = answer.status_code in (404, 410)
            return Fetched(reason=Reason(code="attachment_gone" if gone else "attachment_not_fetched"))
    except httpx.HTTPError:
        return Fetched()


def _read(answer: httpx.Response, most: int) -> Fetched:
    told = answer.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:18]) > most:
        return Fetched(reason=too_large(most))
    content = bytearray()
    for chunk in answer.iter_raw():
        content += chunk
        if len(content) > most:
            return Fetched(reason=too_large(most))
        if len(content) >= HEAD_BYTES and not media_type_of(bytes(content[:HEAD_BYTES])):
            return Fetched(reason=Reason(code="attachment_type"))
    return Fetched(content=bytes(content))
