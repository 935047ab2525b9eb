"""Account link as LINE does it: a token for one user, the dialog that uses it up, and the event with what came of it.

Source: LINE's OpenAPI documents (`issueLinkToken`, `AccountLinkEvent`) and the reference's page on linking accounts: a token is
good once and for ten minutes; a nonce has 10 to 255 characters; whoever follows with somebody else's token gets `failed`,
and such an event has no reply token.
"""

from typing import Any, Literal

from sync.ids import NewId
from sync.sandbox.answers import Answer
from sync.sandbox.post import Ticks
from sync.sandbox.store import Store

TOKEN_SECONDS = 10 * 60
NONCE_SHORTEST, NONCE_LONGEST = 10, 255
Came = Literal["ok", "failed", "invalid"]


class LineLinking:
    """The tokens that were issued, one for each request."""

    def __init__(self, store: Store, ticks: Ticks, new_id: NewId) -> None:
        self._store, self._ticks, self._new_id = store, ticks, new_id

    def issue(self, user_id: str) -> Answer:
        """Answer `POST /v2/bot/user/{userId}/linkToken`."""
        token = self._new_id().replace("-", "")
        with self._store.transaction() as db:
            db.execute("INSERT INTO line_link_token VALUES (?, ?, ?)", (token, user_id, self._ticks()))
        return Answer(200, {"linkToken": token})

    def owner(self, token: str) -> str:
        """Return for whom a token is good; empty for one that is unknown, used or too old."""
        rows = self._store.rows(
            "SELECT user_id FROM line_link_token WHERE token = ? AND ticks > ?", (token, self._ticks() - TOKEN_SECONDS)
        )
        return str(rows[0]["user_id"]) if rows else ""

    def follow(self, user_id: str, token: str, nonce: str) -> Came:
        """Use a token up, as this user; `invalid` where LINE's dialog itself says that it cannot go on."""
        owner = self.owner(token)
        if not owner or not NONCE_SHORTEST <= len(nonce) <= NONCE_LONGEST:
            return "invalid"
        with self._store.transaction() as db:
            db.execute("DELETE FROM line_link_token WHERE token = ?", (token,))
        return "ok" if owner == user_id else "failed"


def event_of(result: Literal["ok", "failed"], nonce: str, reply_token: str) -> dict[str, Any]:
    """Return what is told of it."""
    event: dict[str, Any] = {"type": "accountLink", "link": {"result": result, "nonce": nonce}}
    return event if result == "failed" else {**event, "replyToken": reply_token}
