"""The membership code on the phone: its picture and its text."""

import io
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from sync.policy.membership import CodeVerdict, check_code, parse_code
from sync.sandbox.codes import current_code, qr_png
from sync.sandbox.keys import customer_key, public_key_hex
from tests.unit.sandbox.outside import NOON, Outside


def _public(outside: Outside) -> str:
    return public_key_hex(customer_key(outside.config.seed, "100001")[1])


def test_picture_shows_the_text_and_policy_verifies_it(outside: Outside) -> None:
    """zxing-cpp reads the PNG to exactly code.txt, and the tablet's policy calls it valid for this retailer now."""
    png = outside.request("GET", "/phone/100001/code.png")
    text = outside.request("GET", "/phone/100001/code.txt").text
    assert png.headers["content-type"] == "image/png"
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)).convert("L"))
    assert found.text == text
    code = parse_code(found.text)
    assert check_code(code, retailer=4711, public_key=_public(outside), now=NOON) is CodeVerdict.VALID
    assert code.app_id == customer_key(7, "100001")[0]


def test_picture_is_version_6_with_a_quiet_zone() -> None:
    """49 modules with the quiet zone of 4 on each side: version 6 has 41."""
    text = current_code(7, 1, "100001", NOON).text
    assert Image.open(io.BytesIO(qr_png(text, module_pixels=3))).size == (49 * 3, 49 * 3)


@pytest.mark.parametrize(("seconds", "left"), [(0, 15.0), (1, 14.0), (14.5, 0.5), (15, 15.0)])
def test_code_changes_with_each_step(seconds: float, left: float) -> None:
    """The phone knows how long the code still stands, and shows another one from the next step on."""
    at = NOON + timedelta(seconds=seconds)
    shown = current_code(7, 1, "100001", at)
    assert shown.seconds_left == left
    assert (shown.text == current_code(7, 1, "100001", NOON).text) == (seconds < 15)


def test_code_is_never_cached(outside: Outside) -> None:
    """A stored picture would be an old code."""
    for name in ("code.png", "code.txt", "inbox.json", "state.json"):
        assert outside.request("GET", f"/phone/100001/{name}").headers["cache-control"] == "no-store"
