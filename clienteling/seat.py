"""Which browser of a shop host a connection comes from, from its cookie to its session."""

from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie

SEAT: ContextVar[str | None] = ContextVar("seat", default=None)
"""The id of the browser whose connection this task serves; None on a device that shows its screens itself."""

_SYSTEMS = (("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
_KINDS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("CriOS", "Chrome"), ("FxiOS", "Firefox"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def cookie_name(*, tls: bool) -> str:
    """Return the cookie's name: with TLS one that browsers bind to this very host."""
    return "__Host-clienteling-browser" if tls else "clienteling-browser"


def read_cookie(header: str, *, tls: bool) -> str:
    """Return the cookie's value from a request's header; empty where it has none."""
    try:
        found = SimpleCookie(header).get(cookie_name(tls=tls))
    except CookieError:
        return ""
    return found.value if found else ""


def set_cookie(value: str, *, tls: bool) -> str:
    """Return the header that gives a browser its cookie: for this host only, out of reach of scripts and of other sites."""
    days = 400 * 24 * 3600  # the longest that browsers keep one
    secure = "; Secure" if tls else ""
    return f"{cookie_name(tls=tls)}={value}; Path=/; Max-Age={days}; HttpOnly; SameSite=Lax{secure}"


def browser_name(user_agent: str) -> str:
    """Return what managers see a browser called, e.g. "Chrome, Android"."""
    kind = next((name for mark, name in _KINDS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (kind, system) if part) or "?"
