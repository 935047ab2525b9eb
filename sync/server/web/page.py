"""How a page for customers is answered: templates that escape, and headers that let nothing else in.

The pages load nothing from anywhere (but pictures of products, where they show some), run no script, and may not be framed; their address is a secret (the token), so no
page tells it to others and no cache keeps it.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from sync.server.web.words import Words

_FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def _headers(pictures: bool) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        + ("; img-src 'self' https:" if pictures else "")
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


def page(template: str, words: Words, *, status: int = 200, pictures: bool = False, **values: Any) -> HTMLResponse:
    """Return a page of a template (a file of `templates` without `.html`). `pictures` lets it show those of products."""
    html = _environment().get_template(f"{template}.html").render(t=words, style=_style(), **values)
    return HTMLResponse(html, status_code=status, headers=_headers(pictures))
