"""What a PIN must be, and how well its hash must guard it, wherever either of them comes in."""

from itertools import pairwise

from argon2 import Type, extract_parameters
from argon2.exceptions import InvalidHashError

SHORTEST_PIN, LONGEST_PIN = 6, 12
"""Digits. NIST SP 800-63B-4 asks for 6 of a PIN; the sign-in screen takes no more than 12."""
LEAST_MEMORY, LEAST_TIME = 19 * 1024, 2
"""KiB and passes of argon2id: OWASP's floor (Password Storage Cheat Sheet), with a parallelism of 1."""
MOST_MEMORY, MOST_TIME, MOST_LANES = 128 * 1024, 10, 8
"""A tablet checks it: more than this takes seconds, or does not fit, and nobody could sign in."""
_LEAST_SALT, _LEAST_HASH = 8, 16
"""Bytes (RFC 9106)."""


def pin_problem(pin: str) -> str:
    """Return what is wrong with a PIN, or an empty text."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        return f"is not {SHORTEST_PIN} to {LONGEST_PIN} digits"
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        return "is one digit over and over, or digits in a row: it is the first that is guessed"
    return ""


def hash_problem(pin_hash: str) -> str:
    """Return what is wrong with an encoded hash of a PIN, or an empty text. It says which parameter, and what it must be."""
    try:
        given = extract_parameters(pin_hash)
    except (InvalidHashError, ValueError):
        return "is no argon2 hash in its encoded form ($argon2id$v=19$m=...,t=...,p=...$salt$hash)"
    if given.type is not Type.ID or given.version != 19:
        return "is not argon2id of version 19 (0x13)"
    for name, value, least, most in (
        ("m", given.memory_cost, LEAST_MEMORY, MOST_MEMORY),
        ("t", given.time_cost, LEAST_TIME, MOST_TIME),
        ("p", given.parallelism, 1, MOST_LANES),
    ):
        if value < least:
            return f"has {name}={value}, but at least {name}={least} is needed (OWASP's floor: m=19456, t=2, p=1)"
        if value > most:
            return f"has {name}={value}, but a tablet takes at most {name}={most}"
    if given.salt_len < _LEAST_SALT or given.hash_len < _LEAST_HASH:
        return f"has a salt of {given.salt_len} and a hash of {given.hash_len} bytes, but at least {_LEAST_SALT} and {_LEAST_HASH} are needed"
    return ""
