"""The two addresses of signing in with the company's account, and the cookie that holds a login to its browser.

    GET /company/login    to the provider, or back to the app where it cannot be reached
    GET /company/back     from the provider, and on to the app

The app's connection carries the cookie too; `binding()` gives it to the session that is being opened.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from clienteling.company import Company

Scope = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
Answer = Callable[[int, bytes, Headers], Awaitable[None]]

COOKIE = "clienteling_company"
_SECONDS = 660
_binding: ContextVar[str] = ContextVar("binding", default="")


def binding() -> str:
    """Return the cookie of the browser whose session is being opened; empty where it has none."""
    return _binding.get()


def note_binding(scope: Scope) -> None:
    """Keep the cookie of a connection for the session that it opens."""
    _binding.set(_cookie(scope))


async def answer(company: "Company", scope: Scope, send: Answer) -> None:
    """Answer one of the two addresses."""
    if scope["method"] != "GET":
        await send(405, b"", [(b"allow", b"GET")])
        return
    if scope["path"] == "/company/login":
        url, fresh = await asyncio.to_thread(company.begin)
        await _on(send, url or "/", _set_cookie(company, fresh))
    else:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        await asyncio.to_thread(company.finish, _cookie(scope), query)
        await _on(send, "/")


async def _on(send: Answer, url: str, *headers: tuple[bytes, bytes]) -> None:
    kept = [
        (b"location", url.encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        *headers,
    ]
    await send(303, b"", kept)


def _cookie(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return ""
            return found.value if found is not None else ""
    return ""


def _set_cookie(company: "Company", value: str) -> tuple[bytes, bytes]:
    # Lax: the provider's redirect is a navigation from another site and has to carry it
    secure = "; Secure" if company.redirect_url.startswith("https:") else ""
    said = f"{COOKIE}={value}; Path=/; Max-Age={_SECONDS}; HttpOnly; SameSite=Lax{secure}"
    return b"set-cookie", said.encode()
