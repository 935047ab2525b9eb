"""The membership code on a customer's phone: the text of this moment and its QR picture."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qrcode import main, util
from qrcode.constants import ERROR_CORRECT_M

from sync.policy.membership import STEP_SECONDS, make_code
from sync.sandbox.keys import customer_key

_QRCode: Any = main.QRCode
_QRData: Any = util.QRData
"""The library has no types."""

QR_VERSION = 6
"""Version 6 with correction M holds 154 letters and digits: the code's 128 fit, with version 5 (122) they do not."""


@dataclass(frozen=True)
class ShownCode:
    text: str
    seconds_left: float
    """Until the phone shows the next one."""
    moment: int
    """The start of its time step, in seconds since 1970: asked for again with it, text and picture are of one code."""


def current_code(seed: int, retailer: int, member_number: str, now: datetime) -> ShownCode:
    """Return the code that this customer's app shows now."""
    app_id, key = customer_key(seed, member_number)
    passed = now.timestamp() % STEP_SECONDS
    return ShownCode(
        make_code(key, retailer, app_id, now), round(STEP_SECONDS - passed, 2), round(now.timestamp() - passed)
    )


def qr_png(text: str, *, module_pixels: int = 10) -> bytes:
    """Return the code as a PNG: letters-and-digits mode, version 6, correction M, quiet zone of 4 modules."""
    code = _QRCode(version=QR_VERSION, error_correction=ERROR_CORRECT_M, box_size=module_pixels, border=4)
    code.add_data(_QRData(text, mode=util.MODE_ALPHA_NUM), optimize=0)
    code.make(fit=False)
    out = io.BytesIO()
    code.make_image().save(out, "PNG")
    return out.getvalue()
