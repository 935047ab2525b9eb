"""The text of an enrolment's QR code: the server's address and a one-time code, so that a new device needs nothing typed.

    clienteling://enrol?server=https%3A%2F%2Fapi.example.jp&code=ABCD2345...

    link(server, code) -> str
    read(text) -> Invitation        of a link, or of a code that somebody typed

A code is 32 letters and digits of base32 (160 bits), shown in groups of four.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from sync.errors import BadField
from sync.model.base import Frozen

SCHEME: Final = "clienteling"
CODE_LENGTH: Final = 32
_GROUP: Final = 4
_BASE32: Final = re.compile(r"[A-Z2-7]*")
_MISREAD: Final = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""Digits that base32 does not have, for the letters that they are taken for."""


class Invitation(Frozen):
    """What a device joins with. `server` is empty where only the code is known: the device's own setting counts."""

    code: str
    server: str = ""


def grouped(code: str) -> str:
    """Return a code, or what is typed of it so far, in groups that a person can compare."""
    plain = _plain(code)
    return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def link(server: str, code: str) -> str:
    """Return what the QR code says."""
    return f"{SCHEME}://enrol?server={quote(server.rstrip('/'), safe='')}&code={_plain(code)}"


def read(text: str) -> Invitation:
    """Read what was scanned or typed; raise BadField whose `reason` is `not_a_code`, `length` or `server`.

    Forgiven are spaces, hyphens, full-width letters, small letters, and 0, 1 and 8 for O, I and B.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    server = ""
    if "://" in text:
        parts = urlsplit(text)
        query = parse_qs(parts.query)
        if parts.scheme.lower() != SCHEME or (parts.netloc or parts.path.strip("/")).lower() != "enrol":
            raise BadField("This is no enrolment code.", field="code", reason="not_a_code")
        server = "".join(query.get("server", ())).rstrip("/")
        if server and not trustworthy(server):
            raise BadField("The code names a server that cannot be trusted.", field="server", reason="server")
        text = "".join(query.get("code", ()))
    code = _plain(text)
    if not _BASE32.fullmatch(code):
        raise BadField("This is no enrolment code.", field="code", reason="not_a_code")
    if len(code) != CODE_LENGTH:
        raise BadField("An enrolment code has 32 letters and digits.", field="code", reason="length", n=len(code))
    return Invitation(code=code, server=server)


def trustworthy(server: str) -> bool:
    """Whether a device may take this address from a picture: HTTPS, or a server on the same machine."""
    try:
        parts = urlsplit(server)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in {"127.0.0.1", "localhost", "::1"})


def same_server(one: str, other: str) -> bool:
    """Whether two addresses are of one server."""
    return one.rstrip("/").casefold() == other.rstrip("/").casefold()


def _plain(text: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if not (c.isspace() or c in "-‐‑–—−ー_."))
    return kept.translate(_MISREAD)
