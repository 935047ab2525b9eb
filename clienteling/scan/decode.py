"""A still picture to the codes in it: QR, Code 128, EAN-13."""

from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

try:
    import zxingcpp
except ImportError:  # a device of its own: this decoder has no wheel there
    zxingcpp = None  # type: ignore[assignment]

SIDE: Final = 1280
"""Longest side looked at; a membership code (version 6) fills a few modules a pixel well below this."""


def available() -> bool:
    """Say whether pictures can be decoded here."""
    return zxingcpp is not None


def decode(picture: bytes) -> list[str]:
    """Return the texts of the codes in an encoded picture, the largest first; nothing where there is none.

    Blocks for some milliseconds (the first call for about 200): run it in a thread. What is no picture holds no code.
    """
    if zxingcpp is None:
        return []
    try:
        with Image.open(BytesIO(picture)) as opened:
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return []
    grey.thumbnail((SIDE, SIDE))
    formats = zxingcpp.BarcodeFormats(
        (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13)
    )
    found = [
        (barcode.position, barcode.text) for barcode in zxingcpp.read_barcodes(grey, formats=formats) if barcode.text
    ]
    return [text for _, text in sorted(found, key=lambda one: -_area(one[0]))]


def _area(position: "zxingcpp.Position") -> int:
    a, c = position.top_left, position.bottom_right
    return abs((c.x - a.x) * (c.y - a.y))
