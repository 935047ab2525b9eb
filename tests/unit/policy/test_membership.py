"""The membership code: round trip, damage, and the edges of its time."""

import base64
import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import BadField, BadInput
from sync.policy.membership import CodeVerdict, check_code, looks_like_code, make_code, parse_code

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
APP = "0123456789abcdef01"
RETAILER = 7
STEP_START = datetime(2026, 11, 20, 4, 0, 30, tzinfo=UTC)
CODE = make_code(KEY, RETAILER, APP, STEP_START)

retailers = st.integers(0, 65535)
apps = st.binary(min_size=9, max_size=9).map(bytes.hex)
seeds = st.binary(min_size=32, max_size=32)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def verdict(text: str, now: datetime = STEP_START, retailer: int = RETAILER, key: str | None = PUBLIC) -> CodeVerdict:
    return check_code(parse_code(text), retailer=retailer, public_key=key, now=now)


def outcome(text: str) -> str:
    """The verdict on a text, or the reason for which it is not read."""
    try:
        return verdict(text).value
    except BadInput as error:
        return str(error.params["reason"])


@given(retailers, apps, moments, seeds)
def test_round_trip(retailer: int, app: str, at: datetime, seed: bytes) -> None:
    """What an app writes is read back whole, and is good at that moment; it is 128 letters and digits."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    text = make_code(key, retailer, app, at)
    code = parse_code(text)
    assert len(text) == 128
    assert text.isascii()
    assert text.isalnum()
    assert text == text.upper()
    assert (code.version, code.retailer, code.app_id, code.text) == (1, retailer, app, text)
    assert code.step == int(at.timestamp()) // 15
    assert len(code.digest) == 64
    public = key.public_key().public_bytes_raw().hex()
    assert check_code(code, retailer=retailer, public_key=public, now=at) is CodeVerdict.VALID


@pytest.mark.parametrize("place", range(128))
def test_every_single_character_corruption_is_refused(place: int) -> None:
    """Any other character at any place makes a code that is not read, or not valid; nothing but BadInput is raised."""
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567":
        damaged = CODE[:place] + other + CODE[place + 1 :]
        if damaged != CODE:
            assert outcome(damaged) in {"not_a_code", "other_retailer", "forged"}


@given(st.integers(0, 127), st.characters())
def test_corruption_by_any_character_of_unicode_is_refused(place: int, other: str) -> None:
    """Only a character that means the same (full-width, lower case) leaves the code valid: 「ı」 does not pass for I."""
    damaged = CODE[:place] + other + CODE[place + 1 :]
    folded = unicodedata.normalize("NFKC", other)
    same = folded.isascii() and folded.upper() == CODE[place]
    assert outcome(damaged) in ({"valid"} if same else {"not_a_code", "other_retailer", "forged"})


def test_letters_that_only_fold_to_ascii_do_not_pass() -> None:
    """「ı」 becomes I in upper case, and is not I."""
    place = CODE.index("I")
    assert outcome(CODE[:place] + "ı" + CODE[place + 1 :]) == "not_a_code"


@given(st.integers(0, 128), st.integers(1, 3))
def test_lost_and_doubled_characters_are_refused(place: int, count: int) -> None:
    """A scanner that drops or repeats characters gets "not a code"."""
    for damaged in (CODE[: max(place - count, 0)] + CODE[place:], CODE[:place] + "A" * count + CODE[place:]):
        if damaged != CODE:
            with pytest.raises(BadInput):
                parse_code(damaged)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_with_bad_input(text: str) -> None:
    """No text makes the reader raise anything but BadInput, and looking at it never raises."""
    looks_like_code(text)
    assert outcome(text) == "not_a_code"


@pytest.mark.parametrize(
    "written",
    [
        CODE.lower(),
        f"  {CODE}\r\n",
        f"\x07{CODE}\r",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
        "\u3000" + "".join(chr(ord(c) + 0xFEE0) for c in CODE.lower()),
    ],
    ids=["lower", "white space", "prefix and CR", "full width", "full width and lower"],
)
def test_what_scanners_and_input_methods_do_is_undone(written: str) -> None:
    """A code that a keyboard wedge wrote in another width or case, or with white space around it, is the same code."""
    assert looks_like_code(written)
    assert parse_code(written).digest == parse_code(CODE).digest


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5.000001, CodeVerdict.TOO_EARLY),
        (-5, CodeVerdict.VALID),
        (0, CodeVerdict.VALID),
        (14.999999, CodeVerdict.VALID),
        (15, CodeVerdict.VALID),
        (29.999999, CodeVerdict.VALID),
        (30, CodeVerdict.EXPIRED),
        (86400, CodeVerdict.EXPIRED),
        (-86400, CodeVerdict.TOO_EARLY),
    ],
)
def test_clock_edges(seconds: float, expected: CodeVerdict) -> None:
    """A code is good in its own step, the one after, and the five seconds before; to the microsecond."""
    assert verdict(CODE, STEP_START + timedelta(seconds=seconds)) is expected


@given(moments, st.floats(-60, 60))
def test_validity_follows_the_steps_wherever_they_fall(at: datetime, drift: float) -> None:
    """Whatever the moment, exactly the current step, the previous one and, five seconds ahead, the next are good."""
    now = at + timedelta(seconds=drift)
    made, current = int(at.timestamp()) // 15, int(now.timestamp()) // 15
    ahead = int((now + timedelta(seconds=5)).timestamp()) // 15
    good = made in (current - 1, current, ahead)
    text = make_code(KEY, RETAILER, APP, at)
    assert (verdict(text, now) is CodeVerdict.VALID) == good


def test_other_retailer_unknown_app_and_forgery_are_told_apart() -> None:
    """Each gets a verdict of its own, and "expired" is only said of a code that was genuine."""
    other_key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw().hex()
    late = STEP_START + timedelta(hours=1)
    assert verdict(CODE, retailer=8) is CodeVerdict.OTHER_RETAILER
    assert verdict(CODE, key=None) is CodeVerdict.UNKNOWN_APP
    assert verdict(CODE, key=other_key) is CodeVerdict.FORGED
    assert verdict(CODE, late, key=other_key) is CodeVerdict.FORGED
    assert verdict(CODE, late) is CodeVerdict.EXPIRED
    assert verdict(CODE, key="zz") is CodeVerdict.FORGED


def test_signature_is_bound_to_this_use() -> None:
    """A signature over the same bytes without the protocol's prefix does not pass: it was made for something else."""
    head = base64.b32decode(CODE)[:16]
    text = base64.b32encode(head + KEY.sign(head)).decode()
    assert verdict(text) is CodeVerdict.FORGED


def test_digest_is_that_of_the_bytes() -> None:
    """The digest by which used codes are remembered is SHA-256 over the 80 bytes."""
    assert parse_code(CODE).digest == hashlib.sha256(base64.b32decode(CODE)).hexdigest()


@pytest.mark.parametrize("text", ["", "佐々木 由美", "1000001", "090-1234-5678", "yumi@example.jp", "4901234567894"])
def test_searches_do_not_look_like_codes(text: str) -> None:
    """Names, numbers, addresses and JAN codes go to the search."""
    assert not looks_like_code(text)


def test_a_damaged_scan_still_looks_like_a_code() -> None:
    """A code that lost characters is for the reader to refuse, not to search a name by."""
    assert looks_like_code(CODE[:100])
    with pytest.raises(BadInput):
        parse_code(CODE[:100])


def test_what_cannot_stand_in_a_code_is_refused_by_name() -> None:
    """Making a code with a retailer, app id or moment out of range raises BadField."""
    for retailer, app, at in [
        (65536, APP, STEP_START),
        (7, "zz", STEP_START),
        (7, APP, datetime(1969, 1, 1, tzinfo=UTC)),
    ]:
        with pytest.raises(BadField):
            make_code(KEY, retailer, app, at)
