"""What the tablet's own web server adds around Flet's: compression and caching of static files, health, pictures.

Flet serves its 19 MB of client uncompressed. Each static file is compressed once (brotli, else gzip), kept in memory and
answered with an ETag: program files are asked for again each time (304 while unchanged), fonts and CanvasKit weekly.
"""

import asyncio
import gzip
import hashlib
import json
import mimetypes
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import brotli

from clienteling import company_web
from clienteling.device import Device
from clienteling.seat import SEAT, browser_name, read_cookie, set_cookie
from clienteling.theme import BOLD, RARE, REGULAR
from sync.client.browsers import COOKIE, new_cookie
from sync.errors import ClientelingError
from sync.policy.assets import assets_folder

if TYPE_CHECKING:
    from clienteling.company import Company

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_WEEK: Final = b"public, max-age=604800"
_LONG: Final = ("/fonts/", "/canvaskit/", "/icons/", "/assets/fonts/", "/assets/packages/", "/assets/shaders/")
_FONT_MANIFEST: Final = "/assets/FontManifest.json"
_FONTS: Final = [
    {"family": REGULAR, "fonts": [{"asset": "fonts/BIZUDPGothic-Regular.ttf"}]},
    {"family": BOLD, "fonts": [{"asset": "fonts/BIZUDPGothic-Bold.ttf"}]},
    {"family": RARE, "fonts": [{"asset": "fonts/NotoSansJP-RareNames.otf"}]},
]
"""Loaded before the first paint, so that Flutter never looks for fallback fonts in the meantime."""
_FALLBACK: Final = {
    "notosansjp": "NotoSansJP-RareNames.otf",
    "notosanskr": "NotoSansKR-Names.woff2",
    "notosanssc": "NotoSansSC-Names.woff2",
    "notosanstc": "NotoSansSC-Names.woff2",
    "notosanshk": "NotoSansSC-Names.woff2",
    "notocoloremoji": "NotoColorEmoji-Names.woff2",
}
"""What Flutter looks for, in slices, when a name has a character that no loaded font has, and the one file of ours that
answers: fetched only then, and never from a public server."""
_FIRST: Final = (
    "/canvaskit/skwasm.wasm",
    "/main.dart.wasm",
    "/fonts/BIZUDPGothic-Regular.ttf",
    "/fonts/BIZUDPGothic-Bold.ttf",
    "/fonts/NotoSansJP-RareNames.otf",
    "/assets/fonts/MaterialIcons-Regular.otf",
)
"""The largest of what a first load waits for, compressed as soon as the tablet serves and not when somebody waits."""
_PLAIN: Final = (".png", ".webp", ".jpg", ".woff2", ".ico")
_HIDDEN: Final = (
    "/locale/",
    "/playbook/",
    "/templates/",
    "/demo/",
    "/customer/",
    "/consent/",
    "/export/",
    "/retention/",
    "/page/",
)
"""Folders of the assets that are the app's own and not the browser's."""
_POLICY: Final = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    b"connect-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'"
)
"""The page speaks to this tablet only: what Flet's stock client would fetch from public servers is not even asked for."""
_ADDED: Final = {b"cross-origin-embedder-policy", b"access-control-allow-origin"}
"""Headers that Flet adds to all it serves and that go no further. With the first the browser would draw in two threads, which
spoil each other's glyphs (docs/decisions/0008); the second lets any page read this one."""


@dataclass(frozen=True)
class _File:
    headers: tuple[tuple[bytes, bytes], ...]
    etag: bytes
    plain: bytes
    brotli: bytes | None
    gzip: bytes | None


class TabletWeb:
    """ASGI: `/healthz`, `/media/...`, `/company/...`, static files from memory; everything else goes to Flet."""

    def __init__(self, screens: Any, device: Device, company: "Company | None" = None) -> None:
        self._screens, self._device, self._company = screens, device, company
        self._files: dict[str, _File] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._preparing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if self._company is not None:
                company_web.note_binding(scope)
            await self._session(scope, receive, send)
            return
        if scope["type"] == "lifespan":
            self._preparing = asyncio.create_task(self._prepare_first())
        if scope["type"] != "http":
            await self._screens(scope, receive, send)
            return
        path: str = scope["path"]
        if path == "/healthz":
            await self._health(send)
        elif path in {"/company/login", "/company/back"} and self._company is not None:
            await company_web.answer(self._company, scope, partial(_answer, send))
        elif path.startswith("/media/"):
            await self._picture(path.removeprefix("/media/"), send)
        elif path.startswith(_HIDDEN):
            await _answer(send, 404, b"", [])
        elif path.startswith("/assets/fonts/noto"):
            await _fallback_font(path, send)
        elif scope["method"] in {"GET", "HEAD"}:
            await self._static(scope, receive, _seated(scope, send))
        else:
            await self._screens(scope, receive, send)

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a browser's connection through with its seat; one that has no cookie of this page's is none of ours."""
        headers = dict(scope["headers"])
        cookie = read_cookie(headers.get(b"cookie", b"").decode("latin-1"), tls=_tls(scope))
        name = browser_name(headers.get(b"user-agent", b"").decode("latin-1"))
        known = cookie and _from_our_page(headers)
        browser = await asyncio.to_thread(self._device.browsers.seat, cookie, name) if known else None
        if browser is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "reload the page"})
            return
        SEAT.set(browser.id)
        await self._screens(scope, receive, send)

    async def _health(self, send: Send) -> None:
        """Say whether this tablet can be worked with: enrolled, and its first sync done."""
        ready = await asyncio.to_thread(self._ready)
        body = json.dumps({"ready": ready}).encode()
        await _answer(send, 200, body, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")])

    def _ready(self) -> bool:
        return self._device.enrolled and self._device.status().last_synced_at is not None

    async def _picture(self, path: str, send: Send) -> None:
        """Serve a product's picture from this device's store, fetched from the server when first asked for."""
        picture = await asyncio.to_thread(self._read_picture, path)
        if picture is None:
            await _answer(send, 404, b"", [(b"cache-control", b"no-store")])
            return
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        await _answer(send, 200, picture, [(b"content-type", kind.encode()), (b"cache-control", _WEEK)])

    def _read_picture(self, path: str) -> bytes | None:
        try:
            found = self._device.fetch_picture(path)
            return found.read_bytes() if found is not None else None
        except (ClientelingError, OSError):
            return None  # not here and not to be had now; the screen shows a plain tile

    async def _static(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith(("/assets/fonts/BIZUDPGothic", "/assets/fonts/NotoSansJP")):
            scope = {**scope, "path": path.removeprefix("/assets")}
        file = await self._kept(scope, receive)
        if not isinstance(file, _File):
            # The page itself stands behind every route; it is small and must not be kept per address.
            status, headers, body = file
            if b"text/html" in dict(headers).get(b"content-type", b""):
                body = body.replace(b"<script", b"<script>%s</script><script" % by_keys(), 1)  # before Flutter's own
            extra = [(b"cache-control", b"no-cache"), (b"content-security-policy", _POLICY)]
            await _answer(send, status, body, [*headers, *extra])
            return
        request = dict(scope["headers"])
        if request.get(b"if-none-match") == file.etag:
            await _answer(send, 304, b"", list(file.headers))
            return
        accepted = request.get(b"accept-encoding", b"")
        if file.brotli is not None and b"br" in accepted:
            await _answer(send, 200, file.brotli, [*file.headers, (b"content-encoding", b"br")])
        elif file.gzip is not None and b"gzip" in accepted:
            await _answer(send, 200, file.gzip, [*file.headers, (b"content-encoding", b"gzip")])
        else:
            await _answer(send, 200, file.plain, list(file.headers))

    async def _kept(self, scope: Scope, receive: Receive) -> "_File | tuple[int, Headers, bytes]":
        """Return a file as it is kept, read and compressed at its first use; an answer that is none as it came."""
        path: str = scope["path"]
        file = self._files.get(path)
        if file is not None:
            return file
        async with self._locks.setdefault(path, asyncio.Lock()):
            file = self._files.get(path)
            if file is not None:
                return file
            status, headers, body = await _collect(self._screens, scope, receive)
            if status != 200 or b"text/html" in dict(headers).get(b"content-type", b""):
                return status, headers, body
            file = self._files[path] = await asyncio.to_thread(_prepare, path, headers, body)
            return file

    async def _prepare_first(self) -> None:
        async def nothing() -> MutableMapping[str, Any]:
            await asyncio.Event().wait()  # there is no more to say
            return {"type": "http.disconnect"}

        for path in _FIRST:
            scope: Scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
            await self._kept(scope, nothing)


async def _fallback_font(path: str, send: Send) -> None:
    """Lead every slice of a family to the one file of ours, so that it is fetched once; a family we lack is not there."""
    file = _FALLBACK.get(path.split("/")[3])
    if file is None:
        await _answer(send, 404, b"", [(b"cache-control", _WEEK)])
    else:
        await _answer(send, 302, b"", [(b"location", f"/fonts/{file}".encode()), (b"cache-control", _WEEK)])


@cache
def by_keys() -> bytes:
    """The page's own script: in which order Tab goes."""
    return (assets_folder() / "page" / "by_keys.js").read_bytes()


def _from_our_page(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the page that opens a connection is this host's: browsers say where it is from, and cannot be made to lie."""
    origin = headers.get(b"origin")
    return origin is None or origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower()


def _tls(scope: Scope) -> bool:
    return scope.get("scheme") in {"https", "wss"}


def _seated(scope: Scope, send: Send) -> Send:
    """Give a browser that opens the page and has no cookie yet one of its own."""
    headers, tls = dict(scope["headers"]), _tls(scope)
    is_page = b"text/html" in headers.get(b"accept", b"")
    if not is_page or COOKIE.fullmatch(read_cookie(headers.get(b"cookie", b"").decode("latin-1"), tls=tls)):
        return send

    async def giving(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            cookie = set_cookie(new_cookie(), tls=tls).encode()
            message = {**message, "headers": [*message["headers"], (b"set-cookie", cookie)]}
        await send(message)

    return giving


def _prepare(path: str, headers: Headers, body: bytes) -> _File:
    if path == _FONT_MANIFEST:
        body = _with_fonts(body)
    kept = [
        (name, value)
        for name, value in headers
        if name not in {b"content-length", b"etag", b"last-modified", b"accept-ranges", b"cache-control"}
    ]
    etag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
    cache = _WEEK if path.startswith(_LONG) else b"no-cache"
    kept += [(b"etag", etag), (b"cache-control", cache), (b"vary", b"accept-encoding")]
    small = path.endswith(_PLAIN) or len(body) < 512
    packed = None if small else brotli.compress(body, quality=5)  # type: ignore[no-untyped-call]
    zipped = None if small else gzip.compress(body, 5)
    return _File(tuple(kept), etag, body, packed, zipped)


def _with_fonts(manifest: bytes) -> bytes:
    """Add the house's fonts to Flutter's manifest, and take out those of formulas, which no screen shows."""
    listed = [entry for entry in json.loads(manifest) if "KaTeX" not in entry["family"]]
    return json.dumps([*listed, *_FONTS]).encode()


async def _collect(app: Any, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
    """Run the inner app for a plain GET of the whole file and return its answer."""
    status, headers, chunks = 500, [], []

    async def take(message: MutableMapping[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], [(n, v) for n, v in message["headers"] if n.lower() not in _ADDED]
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    kept = [(n, v) for n, v in scope["headers"] if n not in {b"if-none-match", b"if-modified-since", b"range"}]
    await app({**scope, "method": "GET", "headers": kept}, receive, take)
    return status, headers, b"".join(chunks)


async def _answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
    kept = [(name, value) for name, value in headers if name != b"content-length"]
    await send({"type": "http.response.start", "status": status, "headers": [*kept, *length]})
    await send({"type": "http.response.body", "body": body})
