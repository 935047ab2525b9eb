"""What is kept of what a customer sent: decided by its bytes, whatever they are."""

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from sync.delivery.attached import LONGEST_EDGE, MEGABYTE, Limits, examine

LIMITS = Limits(each=1 * MEGABYTE, together=2 * MEGABYTE)
GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **save: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "red" if mode != "RGBA" else (255, 0, 0, 0)).save(out, form, **save)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is of this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


def squeezed_text() -> bytes:
    """A small PNG with 100 MB of squeezed text in it."""
    body = b"x\0\0" + zlib.compress(b"\0" * 100_000_000, 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    whole = picture("PNG")
    return whole[:33] + chunk + whole[33:]


def zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", b"\0" * 5_000_000)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_is_written_anew(form: str) -> None:
    """Whatever it came as, a JPEG of the same look is kept."""
    kept = examine(picture(form), LIMITS)
    with Image.open(BytesIO(kept.content)) as image:
        assert (kept.media_type, image.format, image.size) == ("image/jpeg", "JPEG", (40, 30))
        red, green, blue = image.getpixel((20, 15))  # type: ignore[misc]
    assert red > 200 > 60 > max(green, blue)


def test_where_and_by_what_it_was_taken_is_not_kept() -> None:
    """Position, camera, comment and what hides behind the end are gone; the picture stands upright."""
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Fruit", 6
    exif[GPS] = {1: "N", 2: (35.0, 40.0, 0.0)}
    raw = picture(exif=exif, comment=b"secret") + b"<script>alert(1)</script>"
    assert b"Fruit" in raw
    kept = examine(raw, LIMITS)
    with Image.open(BytesIO(kept.content)) as image:
        assert image.size == (30, 40)
        assert not image.getexif()
    assert not any(word in kept.content for word in (b"Fruit", b"secret", b"script", b"Exif"))


def test_what_shines_through_is_white() -> None:
    """A picture without a ground gets a white one."""
    with Image.open(BytesIO(examine(picture("PNG", mode="RGBA"), LIMITS).content)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_large_picture_is_made_smaller() -> None:
    """No larger than is of use on a tablet, in its own proportions."""
    with Image.open(BytesIO(examine(picture(size=(4200, 2100)), LIMITS).content)) as image:
        assert image.size == (LONGEST_EDGE, LONGEST_EDGE // 2)


def test_a_pdf_is_kept_as_it_is() -> None:
    """Byte for byte; it is never opened here."""
    raw = b"%PDF-1.7\n" + b"x" * 100
    assert (examine(raw, LIMITS).media_type, examine(raw, LIMITS).content) == ("application/pdf", raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "attachment_empty"),
        (b"\xff", "attachment_type"),
        (b"<!doctype html><script>alert(1)</script>", "attachment_type"),
        (b"GIF89<html>", "attachment_type"),
        (b"RIFF\0\0\0\0WAVE", "attachment_type"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "attachment_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "attachment_type"),
        (b"MZ" + b"\0" * 100, "attachment_type"),
        (zipped(), "attachment_type"),
        (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", "attachment_damaged"),
        (b"\x89PNG\r\n\x1a\n", "attachment_damaged"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "attachment_damaged"),
        (b"GIF89a" + b"\xff" * 40, "attachment_damaged"),
        (picture()[:200], "attachment_damaged"),
        (picture("PNG", size=(400, 300))[:-30], "attachment_damaged"),
        (claiming(300, 300), "attachment_damaged"),
        (squeezed_text(), "attachment_damaged"),
        (claiming(8000, 8000), "attachment_pixels"),
        (claiming(60_000, 60_000), "attachment_pixels"),
        (b"%PDF-" + b"x" * MEGABYTE, "attachment_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_not_kept_says_why(raw: bytes, code: str) -> None:
    """Bombs, halves, masks and emptiness: each is refused by its own reason, and nothing of it is kept."""
    refused = examine(raw, LIMITS)
    assert refused.reason is not None
    assert (refused.reason.code, refused.content, refused.media_type) == (code, b"", "")
