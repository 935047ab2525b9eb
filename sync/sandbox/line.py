"""Stand-in of the LINE Messaging API: push, reply, quota, consumption, profile, the content of what customers send, and
signed webhooks of what they do.

Held to LINE's published contract. A retry key is accepted once within 24 hours, a repeat answers 409 with the id of the
accepted request; a customer who blocked the account is accepted with 200 and gets nothing, and does not count.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from sync.clock import Clock
from sync.errors import BadInput, Conflict
from sync.ids import NewId
from sync.sandbox.answers import Answer
from sync.sandbox.line_friends import LineFriends
from sync.sandbox.line_linking import Came, LineLinking, event_of
from sync.sandbox.line_rules import faults_of_push, faults_of_reply
from sync.sandbox.links import links_in
from sync.sandbox.people import People, Person
from sync.sandbox.post import Outcome, Post, Ticks
from sync.sandbox.store import Letter, Store

RETRY_KEY_SECONDS = 24 * 3600
REPLY_SECONDS = 60
"""How long a reply token is good; LINE promises about a minute."""
MONTHLY_LIMIT = 30_000
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_JAPAN = ZoneInfo("Asia/Tokyo")


def signature(secret: str, body: bytes) -> str:
    """Return the `x-line-signature` of a webhook body: base64 of HMAC-SHA256 under the channel secret."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


class LineStandIn:
    """LINE as the server sees it (`push`, `quota`, ...) and as the customer does (`say`, `block`)."""

    def __init__(
        self,
        store: Store,
        people: People,
        post: Post,
        *,
        clock: Clock,
        ticks: Ticks,
        new_id: NewId,
        token: str,
        secret: str,
        webhook_url: str,
        http: httpx.AsyncClient,
    ) -> None:
        self._store, self._people, self._post = store, people, post
        self._clock, self._ticks, self._new_id = clock, ticks, new_id
        self._token, self._secret, self._webhook_url, self._http = token, secret, webhook_url, http
        self.linking = LineLinking(store, ticks, new_id)
        self.friends = LineFriends(store, people, new_id)
        post.carry("line", self._carry)

    # -- what the server asks

    def push(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Take `POST /v2/bot/message/push`. `headers` have lower-case names."""
        request_id = self._new_id()
        answer = self._refusal(headers) or self._push(request_id, headers.get("x-line-retry-key", ""), body)
        return Answer(answer.status, answer.body, {"x-line-request-id": request_id, **answer.headers})

    def reply(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Take `POST /v2/bot/message/reply`: an answer to an event, once and soon; it counts into no quota."""
        request_id = self._new_id()
        answer = self._refusal(headers) or self._reply(body)
        return Answer(answer.status, answer.body, {"x-line-request-id": request_id, **answer.headers})

    def quota(self, headers: Mapping[str, str]) -> Answer:
        return self._refusal(headers) or Answer(200, {"type": "limited", "value": MONTHLY_LIMIT})

    def consumption(self, headers: Mapping[str, str]) -> Answer:
        return self._refusal(headers) or Answer(200, {"totalUsage": self._used()})

    def profile(self, headers: Mapping[str, str], user_id: str) -> Answer:
        """Answer a profile; 404 for somebody unknown or who blocked the account."""
        if refusal := self._refusal(headers):
            return refusal
        owners = self.friends.owners(user_id)
        if not owners or self.blocked(user_id):
            return Answer(404, {"message": "Not found"})
        return Answer(200, {"userId": user_id, "displayName": owners[0].name, "language": owners[0].language})

    def content(self, headers: Mapping[str, str], message_id: str) -> Answer:
        """Answer what a customer sent beside text, as the bytes that it is."""
        if refusal := self._refusal(headers):
            return refusal
        rows = self._store.rows("SELECT type, content FROM line_content WHERE message_id = ?", (message_id,))
        if not rows:
            return Answer(404, {"message": "Not found"})
        return Answer(200, {}, {"content-type": rows[0]["type"]}, bytes(rows[0]["content"]))

    def link_token(self, headers: Mapping[str, str], user_id: str) -> Answer:
        """Issue a token for account link; 404 for somebody unknown or who blocked the account."""
        if refusal := self._refusal(headers):
            return refusal
        if not self.friends.owners(user_id) or self.blocked(user_id):
            return Answer(404, {"message": "Not found"})
        return self.linking.issue(user_id)

    def _refusal(self, headers: Mapping[str, str]) -> Answer | None:
        given = headers.get("authorization", "")
        if hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return None
        reason = "Confirm that the access token in the authorization header is valid."
        return Answer(401, {"message": f"Authentication failed. {reason}"})

    def _push(self, request_id: str, retry_key: str, body: bytes) -> Answer:
        if retry_key and not _is_uuid(retry_key):
            return Answer(400, {"message": "The value for the 'X-Line-Retry-Key' header is invalid"})
        try:
            push = json.loads(body)
        except ValueError:
            return Answer(400, {"message": "The request body could not be parsed as JSON (line: 1, column: 1)"})
        if details := faults_of_push(push):
            return Answer(400, {"message": f"The request body has {len(details)} error(s)", "details": details})
        if retry_key and (before := self._accepted(retry_key)):
            return before
        owners = self.friends.owners(push["to"])
        if not owners:
            return Answer(400, {"message": "Failed to send messages"})
        if self._used() >= MONTHLY_LIMIT:
            return Answer(429, {"message": "You have reached your monthly limit."})
        return Answer(200, {"sentMessages": self._accept(request_id, retry_key, push, owners)})

    def _reply(self, body: bytes) -> Answer:
        try:
            reply = json.loads(body)
        except ValueError:
            return Answer(400, {"message": "The request body could not be parsed as JSON (line: 1, column: 1)"})
        if details := faults_of_reply(reply):
            return Answer(400, {"message": f"The request body has {len(details)} error(s)", "details": details})
        with self._store.transaction() as db:
            rows = self._store.rows(
                "SELECT user_id FROM line_reply WHERE token = ? AND ticks > ?",
                (reply["replyToken"], self._ticks() - REPLY_SECONDS),
            )
            if not rows:
                return Answer(400, {"message": "Invalid reply token"})
            db.execute("DELETE FROM line_reply WHERE token = ?", (reply["replyToken"],))
            sent = [{"id": self._number(), "quoteToken": self._new_id()} for _ in reply["messages"]]
            for person in self.friends.owners(rows[0]["user_id"]):
                for message, mark in zip(reply["messages"], sent, strict=True):
                    self._store.keep(self._letter(person, message, mark["id"]))
        return Answer(200, {"sentMessages": sent})

    def _accepted(self, retry_key: str) -> Answer | None:
        rows = self._store.rows(
            "SELECT request_id, sent FROM line_accepted WHERE retry_key = ? AND ticks > ?",
            (retry_key.lower(), self._ticks() - RETRY_KEY_SECONDS),
        )
        if not rows:
            return None
        body = {"message": "The retry key is already accepted", "sentMessages": json.loads(rows[0]["sent"])}
        return Answer(409, body, {"x-line-accepted-request-id": rows[0]["request_id"]})

    def _accept(
        self, request_id: str, retry_key: str, push: dict[str, Any], owners: list[Person]
    ) -> list[dict[str, str]]:
        sent = [{"id": self._number(), "quoteToken": self._new_id()} for _ in push["messages"]]
        blocked = self.blocked(push["to"])
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO line_accepted VALUES (?, ?, ?, ?, ?, ?)",
                (request_id, retry_key.lower() or None, json.dumps(sent), self._ticks(), self._month(), not blocked),
            )
            for person in owners if not blocked else ():
                for message, mark in zip(push["messages"], sent, strict=True):
                    self._store.keep(self._letter(person, message, mark["id"]))
        return sent

    def _letter(self, person: Person, message: dict[str, Any], message_id: str) -> Letter:
        account = self._people.brand().line_account
        name = (message.get("sender") or {}).get("name", "")
        picture = message.get("originalContentUrl", "") if message["type"] == "image" else ""
        text = str(message.get("text") or message.get("altText") or picture or f"[{message['type']}]")
        return Letter(
            member=person.member_number,
            channel="line",
            sender=f"{name} from {account}" if name else account,
            text=text,
            links=links_in(text),
            at=self._clock(),
            extra={"picture": picture, "message_id": message_id, "name": name or account, "type": message["type"]},
        )

    def _used(self) -> int:
        rows = self._store.rows("SELECT coalesce(sum(counted), 0) FROM line_accepted WHERE month = ?", (self._month(),))
        return int(rows[0][0])

    def _month(self) -> str:
        return self._clock().astimezone(_JAPAN).strftime("%Y-%m")

    # -- what the customer does

    def blocked(self, user_id: str) -> bool:
        return bool(self._store.rows("SELECT 1 FROM line_blocked WHERE user_id = ?", (user_id,)))

    def say(self, person: Person, text: str) -> None:
        """Let the customer write to the account; raise BadInput without LINE, Conflict while she blocks it."""
        self._must_reach(person)
        message = {"type": "text", "id": self._number(), "text": text, "quoteToken": self._new_id()}
        with self._store.transaction():
            self._store.keep(
                Letter(
                    person.member_number, "line", person.name, text, self._clock(), outgoing=True, links=links_in(text)
                )
            )
            self._tell(person, {"type": "message", "replyToken": self._token_hex(), "message": message})

    def send_picture(self, person: Person, picture: bytes, media_type: str) -> None:
        """Let the customer send a picture; raises what `say` does."""
        self._must_reach(person)
        message_id = self._number()
        message = {
            "type": "image",
            "id": message_id,
            "contentProvider": {"type": "line"},
            "quoteToken": self._new_id(),
        }
        with self._store.transaction() as db:
            db.execute("INSERT INTO line_content VALUES (?, ?, ?)", (message_id, media_type, picture))
            self._store.keep(
                Letter(
                    person.member_number,
                    "line",
                    person.name,
                    "",
                    self._clock(),
                    outgoing=True,
                    raw=picture,
                    extra={"media_type": media_type},
                )
            )
            self._tell(person, {"type": "message", "replyToken": self._token_hex(), "message": message})

    def link(self, person: Person, token: str, nonce: str) -> Came:
        """Let the customer follow an address of account link in LINE."""
        came = self.linking.follow(self.friends.user_of(person), token, nonce)
        if came != "invalid":
            self._tell(person, event_of(came, nonce, self._token_hex()))
        return came

    def follow_link(self, token: str, nonce: str) -> Came:
        """Let whoever the token is for follow the address: a page in a browser does not know whose phone it is on."""
        owners = self.friends.owners(self.linking.owner(token))
        return self.link(owners[0], token, nonce) if owners else "invalid"

    def _must_reach(self, person: Person) -> None:
        user_id = self.friends.user_of(person)
        if not user_id:
            raise BadInput("This customer has not made friends with the account on LINE.", reason="no_line")
        if self.blocked(user_id):
            raise Conflict("This customer blocks the account; a message cannot be written then.", reason="blocked")

    def befriend(self, person: Person) -> None:
        """Let the customer add the account as a friend; nothing where she has."""
        with self._store.transaction():
            if self.friends.befriend(person):
                follow = {"type": "follow", "replyToken": self._token_hex(), "follow": {"isUnblocked": False}}
                self._tell(person, follow)

    def block(self, person: Person, blocked: bool) -> None:
        """Let the customer block the account (`unfollow`) or take it back (`follow`); nothing where it is so already."""
        user_id = self.friends.user_of(person)
        if not user_id:
            raise BadInput("This customer has not made friends with the account on LINE.", reason="no_line")
        if blocked == self.blocked(user_id):
            return
        follow = {"type": "follow", "replyToken": self._token_hex(), "follow": {"isUnblocked": True}}
        with self._store.transaction() as db:
            if blocked:
                db.execute("INSERT INTO line_blocked VALUES (?)", (user_id,))
            else:
                db.execute("DELETE FROM line_blocked WHERE user_id = ?", (user_id,))
            self._tell(person, {"type": "unfollow"} if blocked else follow)

    def _tell(self, person: Person, event: dict[str, Any]) -> None:
        user_id = self.friends.user_of(person)
        common = {
            "mode": "active",
            "timestamp": int(self._clock().timestamp() * 1000),
            "source": {"type": "user", "userId": user_id},
            "webhookEventId": ulid(self._new_id()),
        }
        if "replyToken" in event:
            with self._store.transaction() as db:
                values = (event["replyToken"], user_id, self._ticks())
                db.execute("INSERT INTO line_reply VALUES (?, ?, ?)", values)
        self._post.enqueue("line", f"line:{user_id}", {**common, **event})

    async def _carry(self, event: dict[str, Any], attempts: int) -> Outcome:
        """Post one event; at every attempt after the first it is marked as a redelivery."""
        event = {**event, "deliveryContext": {"isRedelivery": attempts > 0}}
        destination = "U" + hashlib.md5(self._token.encode(), usedforsecurity=False).hexdigest()
        body = json.dumps({"destination": destination, "events": [event]}, ensure_ascii=False).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            "x-line-signature": signature(self._secret, body),
        }
        return await post_to_server(self._http, self._webhook_url, body, headers)

    def _number(self) -> str:
        return str(UUID(self._new_id()).int % 10**18).zfill(18)

    def _token_hex(self) -> str:
        return UUID(self._new_id()).hex


async def post_to_server(http: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Post once and say what became of it: 2xx is done, 4xx refused, 5xx or no answer is tried again."""
    try:
        answer = await http.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Outcome.NO_ANSWER
    if answer.is_success:
        return Outcome.DONE
    return Outcome.NO_ANSWER if answer.is_server_error else Outcome.REFUSED


def ulid(uuid: str) -> str:
    """Return a UUIDv7 in ULID's alphabet: 26 characters that sort by time, as LINE writes its event ids."""
    number = UUID(uuid).int
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
