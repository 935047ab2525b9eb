"""What a customer sent, decided by its bytes alone: what is kept of it, or why it is not.

Neither the name nor the type that a sender gives is believed. A picture is decoded and written anew as a JPEG: with that go
where and by what it was taken, and whatever else was hidden in the file. A PDF is kept as it is, and never opened here.
"""

from dataclasses import dataclass
from io import BytesIO

import structlog
from PIL import Image, ImageOps

from sync.model.outreach import Reason
from sync.ports import Examined

MEGABYTE = 1_000_000
MOST_ATTACHMENTS = 20
"""Of one reply."""
MOST_PIXELS = 50_000_000
"""A telephone's largest usual picture. Decoded, it takes 150 MB."""
LONGEST_EDGE = 2048
"""Pixels of a kept picture: sharp on a tablet, and a tenth of what a camera makes."""
HEAD_BYTES = 16
"""As many of its first bytes tell what a thing is."""
JPEG_QUALITY = 88
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes that are kept of one attachment, and of all of one reply together."""

    each: int = 10 * MEGABYTE
    together: int = 20 * MEGABYTE


USUAL = Limits()


def media_type_of(head: bytes) -> str:
    """Return the type of what begins with these bytes; empty for all that is not kept."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if head.startswith(b"%PDF-") else ""


def refusal(head: bytes, size: int, limits: Limits) -> Reason | None:
    """Say why something of this size, which begins with these bytes, is not kept; None where it may be."""
    if size == 0:
        return Reason(code="attachment_empty")
    if size > limits.each:
        return too_large(limits.each)
    return None if media_type_of(head) else Reason(code="attachment_type")


def too_large(most: int) -> Reason:
    """Return the reason for what is larger than `most` bytes."""
    return Reason(code="attachment_too_large", params={"mb": most // MEGABYTE})


def examine(raw: bytes, limits: Limits) -> Examined:
    """Return what is kept of these bytes. Never raises for what is in them."""
    refused = refusal(raw[:HEAD_BYTES], len(raw), limits)
    if refused is not None:
        return Examined(reason=refused)
    media_type = media_type_of(raw[:HEAD_BYTES])
    return (
        _picture(raw, _FORMATS[media_type]) if media_type in _FORMATS else Examined(media_type=media_type, content=raw)
    )


def _picture(raw: bytes, form: str) -> Examined:
    try:
        with Image.open(BytesIO(raw), formats=[form]) as image:
            if image.width * image.height > MOST_PIXELS:
                return _too_many_pixels()
            image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded no larger than it is needed
            image.load()
            return Examined(media_type="image/jpeg", content=_anew(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _too_many_pixels()
    except Exception as error:  # decoders give up on damaged files with whatever error their insides happened to meet
        log.info("attachment_damaged", error=type(error).__name__)
        return Examined(reason=Reason(code="attachment_damaged"))


def _anew(image: Image.Image) -> bytes:
    """Return the (first) picture as it is to be seen, upright and on white, with nothing beside its pixels."""
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    seen = image if image.mode == wanted else image.convert(wanted)  # a copy of the largest takes 150 MB
    seen.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    seen = ImageOps.exif_transpose(seen)
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    out = BytesIO()
    plain.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _too_many_pixels() -> Examined:
    return Examined(reason=Reason(code="attachment_pixels", params={"megapixels": MOST_PIXELS // 1_000_000}))
