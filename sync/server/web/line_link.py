"""`/line/{nonce}`: from our answer in LINE to LINE's own question whether she wants the two linked. GET changes nothing."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from sync.server.core import core_of
from sync.server.database import reading
from sync.server.repository.line_nonces import standing_of
from sync.server.repository.records import Records
from sync.server.web.page import page
from sync.server.web.words import language_of, words_for

Nonce = Annotated[str, Path(min_length=1, max_length=200, description="From our answer to her code.")]
LinkToken = Annotated[str, Query(alias="linkToken", max_length=200, description="From LINE, for this user.")]
_STATUS = {"forged": 404, "expired": 410, "used": 410}
_PAGE: dict[str, Any] = {"content": {"text/html": {}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    302: {"description": "On to LINE."},
    404: {"description": "No address of ours: a page that says so."} | _PAGE,
    410: {"description": "Run out, or used already: a page that says which."} | _PAGE,
}


def router(dialog: str) -> APIRouter:
    """Return the route of `/line/{nonce}`; `dialog` is where LINE's account link is."""
    routes = APIRouter()

    @routes.get("/line/{nonce}", status_code=302, response_class=HTMLResponse, responses=_ANSWERS)
    def on_to_line(request: Request, nonce: Nonce, link_token: LinkToken = "") -> Response:  # nosec B107 - none came
        """Send her to LINE's dialog."""
        core = core_of(request)
        with reading(core.engine) as conn:
            standing = standing_of(Records(conn, core.clock), nonce, core.clock())
        if standing == "good" and link_token:
            query = urlencode({"linkToken": link_token, "nonce": nonce})
            headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
            return RedirectResponse(f"{dialog}/dialog/bot/accountLink?{query}", status_code=302, headers=headers)
        why = "forged" if standing == "good" else standing
        words = words_for(language_of(request.headers.get("accept-language", "")))
        return page("plain", words, status=_STATUS[why], name=f"line_{why}", hint=False, house="", retailer=None)

    return routes
