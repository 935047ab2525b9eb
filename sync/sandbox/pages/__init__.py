"""The pages of the outside world: templates, their words in Japanese and English, a style sheet and two scripts."""

import json
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sync.errors import NotFound
from sync.policy.assets import assets_folder
from sync.sandbox.config import DemoConfig
from sync.sandbox.pages.words import WORDS

_HERE = Path(__file__).parent
_FONTS = assets_folder() / "fonts"
_ASSETS = {
    "style.css": ("text/css", _HERE),
    "phone.js": ("text/javascript", _HERE),
    "control.js": ("text/javascript", _HERE),
    "BIZUDPGothic-Regular.ttf": ("font/ttf", _FONTS),
    "BIZUDPGothic-Bold.ttf": ("font/ttf", _FONTS),
    "NotoSansJP-RareNames.otf": ("font/otf", _FONTS),
    "NotoSansKR-Names.woff2": ("font/woff2", _FONTS),
    "NotoSansSC-Names.woff2": ("font/woff2", _FONTS),
}
"""Files that pages ask for, with their types and where they lie. The fonts are the tablet's own: a machine without Japanese ones
would show boxes, and many show them for the rare characters of names."""
_templates = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)


def language_of(request: Request, default: str) -> str:
    """Return ja or en: what the address asks for, else what was chosen before, else the demo's own."""
    asked = request.query_params.get("lang") or request.cookies.get("lang") or default
    return asked if asked in WORDS else "ja"


def render(request: Request, config: DemoConfig, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a template with words of the reader's language and the given values."""
    language = language_of(request, config.language)
    words = WORDS[language]
    page = _templates.get_template(f"{name}.html").render(
        t=words,
        lang=language,
        other="en" if language == "ja" else "ja",
        config=config,
        # Inside <script>: nothing in it may end the script early.
        words_json=json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"),
        **values,
    )
    response = HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
    if "lang" in request.query_params:
        response.set_cookie("lang", language, samesite="lax")
    return response


def asset(name: str) -> Response:
    """Return a style sheet, a script or a font; raise NotFound for any other name."""
    if name not in _ASSETS:
        raise NotFound(f"There is no file {name[:40]!r}.", kind="asset")
    kind, folder = _ASSETS[name]
    kept = "max-age=86400" if folder == _FONTS else "no-cache"
    return Response((folder / name).read_bytes(), media_type=kind, headers={"Cache-Control": kept})
