"""Membership codes as they should not be, made by the rules of the real ones; and pictures of other codes."""

import base64
import io
import secrets

import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from sync.policy.membership import make_code
from sync.sandbox.codes import qr_png
from sync.sandbox.keys import customer_key
from tests.journeys.demo import Demo


def forged(code: str) -> str:
    """Return a genuine code with one bit of its signature turned."""
    raw = bytearray(base64.b32decode(code))
    raw[-1] ^= 1
    return base64.b32encode(bytes(raw)).decode()


def of_other_retailer(demo: Demo, member: str) -> str:
    """Return what the customer's app would show if another house had given it to her."""
    app_id, key = customer_key(demo.config.seed, member)
    return make_code(key, 4711, app_id, demo.now())


def of_nobody(demo: Demo, retailer: int) -> str:
    """Return a well-made code of an app that nobody has registered."""
    return make_code(Ed25519PrivateKey.generate(), retailer, secrets.token_hex(9), demo.now())


def barcode(digits: str) -> bytes:
    """Return the picture of a JAN code, as on a price tag."""
    return _printed(digits, zxingcpp.BarcodeFormat.EAN13)


def bars(number: str) -> bytes:
    """Return the picture of a Code 128, as on a receipt."""
    return _printed(number, zxingcpp.BarcodeFormat.Code128)


def _printed(text: str, form: zxingcpp.BarcodeFormat) -> bytes:
    made = zxingcpp.create_barcode(text, form)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=4)).convert("L")
    side = max(drawn.size) + 80
    tag = Image.new("L", (side, side), 255)
    tag.paste(drawn, ((side - drawn.width) // 2, (side - drawn.height) // 2))
    out = io.BytesIO()
    tag.save(out, "PNG")
    return out.getvalue()


__all__ = ["barcode", "bars", "forged", "of_nobody", "of_other_retailer", "qr_png"]
