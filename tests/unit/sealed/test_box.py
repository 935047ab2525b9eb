"""Boxes: sealed for one holder of a key, for one use, for one place."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sealed.box import agreement_key, agreement_public, open_box, seal_for
from sync.sealed.vault import Unsealable

KEY = X25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()


def test_only_the_holder_opens_it() -> None:
    """What is sealed for a key comes out with it, and with no other."""
    box = seal_for(PUBLIC, "use", "here", b"secret")
    assert b"secret" not in box
    assert open_box(KEY, "use", "here", box) == b"secret"
    with pytest.raises(Unsealable):
        open_box(X25519PrivateKey.generate(), "use", "here", box)


@pytest.mark.parametrize(("use", "bound"), [("other", "here"), ("use", "there")])
def test_it_opens_for_its_use_and_place_only(use: str, bound: str) -> None:
    """A box that was moved to another place, or is taken for another thing, stays shut."""
    with pytest.raises(Unsealable):
        open_box(KEY, use, bound, seal_for(PUBLIC, "use", "here", b"secret"))


def test_an_altered_box_stays_shut() -> None:
    """Every single byte counts, and so does each that is missing."""
    box = seal_for(PUBLIC, "use", "here", b"secret")
    altered = [box[:at] + bytes((box[at] ^ 1,)) + box[at + 1 :] for at in range(len(box))]
    for each in (*altered, *(box[:size] for size in range(len(box)))):
        with pytest.raises(Unsealable):
            open_box(KEY, "use", "here", each)


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_both_sides_find_the_same_agreement_key(seed: bytes) -> None:
    """The public half that the server works out of a device's Ed25519 key is that of the device's private half."""
    signing = Ed25519PrivateKey.from_private_bytes(seed)
    ours = agreement_key(signing).public_key().public_bytes_raw()
    assert agreement_public(signing.public_key().public_bytes_raw()) == ours


def test_the_agreement_key_is_the_one_others_compute() -> None:
    """Against libsodium's own pair (`test/default/ed25519_convert.c` and its `.exp`)."""
    seed = bytes.fromhex("421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee")
    signing = Ed25519PrivateKey.from_private_bytes(seed)
    assert agreement_public(signing.public_key().public_bytes_raw()).hex() == (
        "f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50"
    )


def test_a_key_of_small_order_is_refused() -> None:
    """Nobody can make us seal for everybody."""
    with pytest.raises(ValueError, match="shared key"):
        seal_for(bytes(32), "use", "here", b"secret")
    identity = (1).to_bytes(32, "little")
    with pytest.raises(ValueError, match="not invertible"):
        agreement_public(identity)
