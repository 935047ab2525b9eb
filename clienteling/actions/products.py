"""Opening a product by the code on its label."""

from clienteling.context import Tablet, off_loop
from clienteling.device import Device
from clienteling.routes import stock_route
from clienteling.scan.wedge import plain
from sync.model.catalogue import Variant

_LENGTHS = (8, 12, 13)
"""Digits of EAN-8, UPC-A (an EAN-13 without its leading zero) and EAN-13."""


def jan_of(text: str) -> str:
    """Return a text as the EAN that it is, or "": digits of one of its lengths whose check digit holds."""
    digits = plain(text)
    if not digits.isdigit() or len(digits) not in _LENGTHS:
        return ""
    code = digits.zfill(13)
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(code))
    return (digits if len(digits) == 8 else code) if total % 10 == 0 else ""


def variant_by(device: Device, text: str) -> Variant | None:
    """Return the variant whose label was read, or None. Blocks for milliseconds."""
    jan = jan_of(text)
    return device.cache.variant_of_jan(jan) if jan else None


async def open_product(tablet: Tablet, text: str) -> bool:
    """Open the stock of what bears this code; False where it is no product's of ours."""
    found = await off_loop(variant_by, tablet.device, text)
    if found is None:
        return False
    tablet.session.scan = None
    tablet.go(stock_route(found.product_id, variant=found.id))
    return True


async def entered_product(tablet: Tablet, text: str) -> None:
    """Enter was pressed in the search of products: a JAN opens it, so does what only one product has."""
    if not text.strip() or await open_product(tablet, text):
        return
    found = await off_loop(tablet.device.cache.find_products, text, 2)
    if len(found) == 1:
        product, meant = found[0]
        tablet.go(stock_route(product.id, variant=meant[0] if meant else ""))
