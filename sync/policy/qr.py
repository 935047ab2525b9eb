"""QR codes of short texts: as a picture, as a drawing for a page, and for a terminal."""

import io
from typing import Any

from qrcode import main
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

_QRCode: Any = main.QRCode
"""The library has no types."""


def png(text: str, *, module_pixels: int = 10) -> bytes:
    """Return the code as a PNG, with its quiet zone of 4 modules."""
    out = io.BytesIO()
    _made(text, module_pixels).make_image().save(out, "PNG")
    return out.getvalue()


def svg(text: str) -> str:
    """Return the code as an `<svg>` element, for a page that is printed."""
    drawn: str = _made(text, 10).make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
    return drawn


def terminal(text: str) -> str:
    """Return the code in half blocks, dark on light whatever the terminal's colours are."""
    matrix = _made(text, 1).get_matrix()
    if len(matrix) % 2:
        matrix = [*matrix, [False] * len(matrix)]
    lines = (
        "".join(" ▄▀█"[(not above) * 2 + (not below)] for above, below in zip(*pair, strict=True))
        for pair in zip(matrix[::2], matrix[1::2], strict=True)
    )
    return "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in lines)


def _made(text: str, module_pixels: int) -> Any:
    code = _QRCode(error_correction=ERROR_CORRECT_M, box_size=module_pixels, border=4)
    code.add_data(text)
    code.make(fit=True)
    return code
