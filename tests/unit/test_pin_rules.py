"""What a PIN and its hash must be."""

import pytest
from argon2 import PasswordHasher, Type

from sync.model.pin_rules import hash_problem, pin_problem


@pytest.mark.parametrize(("pin", "said"), [
    ("12345", "6 to 12 digits"), ("1" * 13, "6 to 12 digits"), ("12a456", "6 to 12 digits"), ("２４６８１０", "6 to 12 digits"),
    ("000000", "guessed"), ("123456", "guessed"), ("890123", "guessed"), ("654321", "guessed"),
])  # fmt: skip
def test_a_weak_pin_is_named(pin: str, said: str) -> None:
    """Too short, no digits, or one that is tried first."""
    assert said in pin_problem(pin)


@pytest.mark.parametrize("pin", ["246810", "260117", "112233", "246810246810"])
def test_a_good_pin(pin: str) -> None:
    """Six digits to twelve."""
    assert pin_problem(pin) == ""


def made(m: int = 19456, t: int = 2, p: int = 1, *, kind: Type = Type.ID, salt: int = 16, length: int = 32) -> str:
    return PasswordHasher(t, m, p, hash_len=length, salt_len=salt, type=kind).hash("246810")


@pytest.mark.parametrize(("pin_hash", "said"), [
    (made(m=19455), "has m=19455, but at least m=19456"),
    (made(t=1), "has t=1, but at least t=2"),
    (made(m=131_073), "m=131073, but a tablet takes at most m=131072"),
    (made(t=11), "t=11, but a tablet takes at most t=10"),
    (made(p=9), "p=9, but a tablet takes at most p=8"),
    (made(kind=Type.I), "is not argon2id"),
    (made(kind=Type.D), "is not argon2id"),
    (made(length=8), "a hash of 8 bytes"),
    ("$2b$12$abcdefghijklmnopqrstuv", "no argon2 hash"),
    ("5e884898da28047151d0e56f8dc62927", "no argon2 hash"),
    ("$argon2id$v=19$m=x,t=2,p=1$c2FsdA$aGFzaA", "no argon2 hash"),
], ids=["m", "t", "too_much_m", "too_much_t", "too_much_p", "argon2i", "argon2d", "short", "bcrypt", "md5", "broken"])  # fmt: skip
def test_a_weak_hash_is_refused_precisely(pin_hash: str, said: str) -> None:
    """Which parameter it is, what it is and what it must be; also one that no tablet could check."""
    assert said in hash_problem(pin_hash)


def test_the_floor_is_good_enough() -> None:
    """OWASP's floor, and more."""
    assert hash_problem(made()) == ""
    assert hash_problem(made(m=47104, t=3, p=2)) == ""
