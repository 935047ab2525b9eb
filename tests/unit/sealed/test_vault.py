"""Sealing: what opens, and what does not."""

import json
import stat
import zlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from sync.client.keys import key_file, load_keys
from sync.errors import BadSetting
from sync.sealed.vault import Unsealable, Vault, derive, unwrap, wrap
from sync.settings import TabletSettings

KEY = bytes(range(32))
VAULT = Vault("shop:a", {1: KEY})


@given(st.binary(max_size=3000), st.text(max_size=20), st.text(st.characters(codec="utf-8"), max_size=40))
def test_round_trip(plain: bytes, kind: str, record_id: str) -> None:
    """What was sealed opens to the same bytes, however long or short."""
    kind = kind.encode("utf-8", "ignore").decode()
    assert VAULT.open(kind, record_id, VAULT.seal(kind, record_id, plain)) == plain


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place: int, flip: int) -> None:
    """A blob with one byte changed does not open, wherever that byte is."""
    blob = bytearray(VAULT.seal("customer", "1", b"x" * 300))
    blob[place % len(blob)] ^= flip
    with pytest.raises(Unsealable):
        VAULT.open("customer", "1", bytes(blob))


@pytest.mark.parametrize(
    ("vault", "kind", "record_id"),
    [
        (VAULT, "customer", "2"),
        (VAULT, "visit", "1"),
        (Vault("shop:b", {1: KEY}), "customer", "1"),
        (Vault("shop:a", {1: bytes(32)}), "customer", "1"),
        (Vault("shop:a", {2: KEY}), "customer", "1"),
    ],
)
def test_a_blob_opens_only_where_it_belongs(vault: Vault, kind: str, record_id: str) -> None:
    """Another row, kind, scope, key or key version: it stays shut."""
    with pytest.raises(Unsealable):
        vault.open(kind, record_id, VAULT.seal("customer", "1", b"secret"))


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    """After the server has given a new key, what the old one sealed can be read."""
    both = Vault("shop:a", {1: KEY, 2: bytes(32)})
    assert both.open("customer", "1", VAULT.seal("customer", "1", b"old")) == b"old"
    blob = both.seal("customer", "1", b"new")
    assert blob[:2] == b"\x00\x02"
    with pytest.raises(Unsealable):
        VAULT.open("customer", "1", blob)


def test_two_seals_of_one_thing_differ() -> None:
    """A nonce is never used twice, and equal records cannot be told to be equal."""
    assert len({VAULT.seal("customer", "1", b"same")[2:14] for _ in range(1000)}) == 1000


def test_what_an_older_version_deflated_still_opens() -> None:
    """An outbox may be older than the program: its commands were deflated."""
    squeezer = zlib.compressobj(level=1, wbits=-13)
    packed = b"\x01" + squeezer.compress(b"note" * 100) + squeezer.flush()
    blob = b"\x00\x01" + bytes(12) + AESGCM(KEY).encrypt(bytes(12), packed, b"shop:a|outbox|1")
    assert VAULT.open("outbox", "1", blob) == b"note" * 100


def test_long_records_are_squeezed_before_sealing() -> None:
    """Sealing adds 31 bytes to a short record; a long one becomes smaller."""
    assert len(VAULT.seal("note", "1", b"short")) == 5 + 2 + 12 + 1 + 16
    assert len(VAULT.seal("note", "1", json.dumps([{"staff_id": "staff", "at": 1}] * 50).encode())) < 200


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=4))
def test_bytes_are_vouched_for_however_they_come(content: bytes, cuts: list[int]) -> None:
    """In one piece or in several the tag is the same; a changed byte, another name, nonce or scope has another."""

    def tag(pieces: Iterable[bytes], vault: Vault = VAULT, name: str = "one", nonce: bytes = b"n" * 12) -> str:
        mac = vault.mac("snapshot", name, version=1, nonce=nonce)
        for piece in pieces:
            mac.update(piece)
        return mac.hexdigest()

    ends = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    whole = tag([content])
    assert tag(content[start:end] for start, end in pairwise(ends)) == whole
    others = {
        tag([content + b"x"]),
        tag([content], name="other"),
        tag([content], nonce=b"m" * 12),
        tag([content], vault=Vault("other", {1: KEY})),
        *([tag([bytes([content[0] ^ 1]) + content[1:]])] if content else []),
    }
    assert whole not in others


def test_vouching_takes_a_new_nonce_and_a_key_that_is_here() -> None:
    """Twice the same bytes have two nonces; a version of the key that is not here vouches for nothing."""
    assert VAULT.mac("snapshot", "one").nonce != VAULT.mac("snapshot", "one").nonce
    with pytest.raises(Unsealable):
        VAULT.mac("snapshot", "one", version=9)


def test_wrapped_keys_open_on_their_own_device_only() -> None:
    """A key wrapped for one device is nothing to another."""
    wrapped = wrap(derive(b"a" * 32, "wrap"), KEY)
    assert unwrap(derive(b"a" * 32, "wrap"), wrapped) == KEY
    with pytest.raises(Unsealable):
        unwrap(derive(b"b" * 32, "wrap"), wrapped)


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    """The first start makes the device's key, readable by nobody else; later ones find the same."""
    path = tmp_path / "keys" / "device.json"
    first, second = load_keys(path), load_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.secret == second.secret
    assert first.public_jwk() == second.public_jwk()
    assert set(first.public_jwk()) == {"kty", "crv", "x"}


def test_a_damaged_key_file_says_so(tmp_path: Path) -> None:
    """A key file that is not one is never overwritten: it may be all that opens what is unsent."""
    path = tmp_path / "device.json"
    path.write_text('{"v": 1}')
    with pytest.raises(BadSetting, match="CLIENTELING_KEY_FILE"):
        load_keys(path)
    assert path.read_text() == '{"v": 1}'


def test_by_default_the_key_lies_outside_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who copies the data folder has no key; two data folders of one user have two keys."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    one = key_file(TabletSettings(data=tmp_path / "a"))
    two = key_file(TabletSettings(data=tmp_path / "b"))
    assert one != two
    assert tmp_path / "a" not in one.parents
