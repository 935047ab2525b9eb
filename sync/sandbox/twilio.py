"""Stand-in of Twilio's Messages: create, fetch and list, and signed status callbacks queued, sent, delivered (or undelivered).

Held to the published `api_v2010` document; error answers have Twilio's shape (code, message, more_info, status) and its
numbers. A number that ends in the configured suffix, or belongs to nobody, ends as undelivered with error 30003.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import httpx

from sync.clock import Clock
from sync.ids import NewId
from sync.sandbox.answers import Answer
from sync.sandbox.line import post_to_server
from sync.sandbox.links import links_in
from sync.sandbox.people import People
from sync.sandbox.post import Outcome, Post, Ticks
from sync.sandbox.store import Letter, Store

MAX_BODY = 1_600
MAX_PAGE = 1_000
UNREACHABLE = 30003
STEP_SECONDS = 0.4
"""Real time between two states of a message, short enough to watch."""
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """Return `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL and the sorted names and values of the form."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(auth_token.encode(), signed.encode(), hashlib.sha1)).decode()


def segments(body: str) -> int:
    """Return how many parts a text takes: 160 GSM characters in one and 153 in each of several, in UCS-2 70 and 67."""
    units = len(body.encode("utf-16-le", "surrogatepass")) // 2
    one, several = (160, 153) if set(body) <= _GSM else (70, 67)
    return 1 if units <= one else -(-units // several)


class TwilioStandIn:
    def __init__(
        self,
        store: Store,
        people: People,
        post: Post,
        *,
        clock: Clock,
        ticks: Ticks,
        new_id: NewId,
        account_sid: str,
        auth_token: str,
        http: httpx.AsyncClient,
        undeliverable_suffix: str = "0000",
    ) -> None:
        self._store, self._people, self._post = store, people, post
        self._clock, self._ticks, self._new_id = clock, ticks, new_id
        self._sid, self._auth_token, self._http = account_sid, auth_token, http
        self._suffix = undeliverable_suffix
        post.carry("twilio", self._carry)

    # -- what the server asks

    def create(self, headers: Mapping[str, str], account_sid: str, body: bytes) -> Answer:
        """Take `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`. `headers` have lower-case names."""
        if refusal := self._refusal(headers, account_sid):
            return refusal
        if headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
            return _error(415, 20415, "Unsupported Media Type")
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))
        except ValueError:
            return _error(400, 20001, "The request body is not a form.")
        return _fault_of(form) or Answer(201, self._accept(form))

    def fetch(self, headers: Mapping[str, str], account_sid: str, sid: str) -> Answer:
        """Take `GET /2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json`."""
        if refusal := self._refusal(headers, account_sid):
            return refusal
        rows = self._store.rows("SELECT resource FROM sms WHERE sid = ?", (sid,))
        if not rows:
            where = f"/2010-04-01/Accounts/{account_sid}/Messages/{sid}.json"
            return _error(404, 20404, f"The requested resource {where} was not found")
        return Answer(200, json.loads(rows[0]["resource"]))

    def listing(self, headers: Mapping[str, str], account_sid: str, to: str, size: int) -> Answer:
        """Take `GET /2010-04-01/Accounts/{AccountSid}/Messages.json`: the newest texts to a number, one page."""
        if refusal := self._refusal(headers, account_sid):
            return refusal
        if not 1 <= size <= MAX_PAGE:
            return _error(400, 20001, f"PageSize must be between 1 and {MAX_PAGE}.")
        rows = self._store.rows(
            "SELECT resource FROM sms WHERE json_extract(resource, '$.to') = ? OR ? = '' ORDER BY rowid DESC LIMIT ?",
            (to, to, size),
        )
        where = f"/2010-04-01/Accounts/{account_sid}/Messages.json?{urlencode({'To': to, 'PageSize': size, 'Page': 0})}"
        page = {"page": 0, "page_size": size, "start": 0, "end": max(0, len(rows) - 1), "uri": where}
        pages = {"first_page_uri": where, "next_page_uri": None, "previous_page_uri": None}
        return Answer(200, {**page, **pages, "messages": [json.loads(row["resource"]) for row in rows]})

    def _refusal(self, headers: Mapping[str, str], account_sid: str) -> Answer | None:
        wanted = "Basic " + base64.b64encode(f"{self._sid}:{self._auth_token}".encode()).decode()
        known = hmac.compare_digest(headers.get("authorization", "").encode(), wanted.encode())
        return None if known and account_sid == self._sid else _error(401, 20003, "Authenticate")

    def _accept(self, form: Mapping[str, str]) -> dict[str, Any]:
        sid = "SM" + UUID(self._new_id()).hex
        where = f"/2010-04-01/Accounts/{self._sid}/Messages/{sid}"
        now = _rfc2822(self._clock())
        resource = {
            "account_sid": self._sid,
            "api_version": "2010-04-01",
            "body": form.get("Body", ""),
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": str(segments(form.get("Body", ""))),
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "queued",
            "subresource_uris": {"media": f"{where}/Media.json"},
            "to": form["To"],
            "uri": f"{where}.json",
        }
        reached = bool(self._people.by_phone(form["To"])) and not (self._suffix and form["To"].endswith(self._suffix))
        plan = ["sent", "delivered" if reached else "undelivered"]
        with self._store.transaction() as db:
            values = (
                sid,
                json.dumps(resource),
                form.get("StatusCallback", ""),
                json.dumps(plan),
                self._ticks() + STEP_SECONDS,
            )
            db.execute("INSERT INTO sms VALUES (?, ?, ?, ?, ?)", values)
            self._tell(resource, form.get("StatusCallback", ""))
        return resource

    # -- what time does

    def advance(self) -> int:
        """Move each message whose time has come to its next state and tell the server; return how many moved."""
        due = self._store.rows(
            "SELECT * FROM sms WHERE next_ticks <= ? ORDER BY next_ticks LIMIT 200", (self._ticks(),)
        )
        for row in due:
            resource, plan = json.loads(row["resource"]), json.loads(row["plan"])
            resource |= {"status": plan.pop(0), "date_updated": _rfc2822(self._clock())}
            if resource["status"] == "sent":
                resource["date_sent"] = resource["date_updated"]
            elif resource["status"] == "undelivered":
                resource |= {"error_code": UNREACHABLE, "error_message": "Unreachable destination handset"}
            with self._store.transaction() as db:
                db.execute(
                    "UPDATE sms SET resource = ?, plan = ?, next_ticks = ? WHERE sid = ?",
                    (
                        json.dumps(resource),
                        json.dumps(plan),
                        self._ticks() + STEP_SECONDS if plan else None,
                        row["sid"],
                    ),
                )
                if resource["status"] == "delivered":
                    self._arrive(resource)
                self._tell(resource, row["callback"])
        return len(due)

    def _arrive(self, resource: dict[str, Any]) -> None:
        sender = resource["from"] or resource["messaging_service_sid"] or ""
        for person in self._people.by_phone(resource["to"]):
            extra = {"sid": resource["sid"], "segments": int(resource["num_segments"])}
            text = resource["body"]
            self._store.keep(
                Letter(person.member_number, "sms", sender, text, self._clock(), links=links_in(text), extra=extra)
            )

    def _tell(self, resource: dict[str, Any], url: str) -> None:
        if not url:
            return
        form = {
            "AccountSid": self._sid,
            "ApiVersion": resource["api_version"],
            "From": resource["from"] or "",
            "MessageSid": resource["sid"],
            "MessageStatus": resource["status"],
            "SmsSid": resource["sid"],
            "SmsStatus": resource["status"],
            "To": resource["to"],
        }
        if resource["error_code"]:
            form["ErrorCode"] = str(resource["error_code"])
        self._post.enqueue("twilio", f"twilio:{resource['sid']}", {"url": url, "form": form})

    async def _carry(self, payload: dict[str, Any], _attempts: int) -> Outcome:
        form: dict[str, str] = payload["form"]
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": "TwilioProxy/1.1",
            "x-twilio-signature": signature(self._auth_token, payload["url"], form),
        }
        return await post_to_server(self._http, payload["url"], urlencode(form).encode(), headers)


def _fault_of(form: Mapping[str, str]) -> Answer | None:
    to, sender, service = form.get("To", ""), form.get("From", ""), form.get("MessagingServiceSid", "")
    body, callback = form.get("Body", ""), form.get("StatusCallback", "")
    if not to:
        return _error(400, 21604, "A 'To' phone number is required.")
    if not _E164.fullmatch(to):
        return _error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not sender and not service:
        return _error(400, 21603, "A 'From' phone number is required.")
    if service and not _SERVICE.fullmatch(service):
        return _error(400, 21701, "The messaging service resource provided does not exist.")
    if sender and not _SENDER.fullmatch(sender):
        why = "is not a valid phone number, shortcode, or alphanumeric sender ID."
        return _error(400, 21212, f"The 'From' number {sender} {why}")
    if not body:
        return _error(400, 21602, "Message body is required.")
    if len(body) > MAX_BODY:
        return _error(400, 21617, f"The concatenated message body exceeds the {MAX_BODY} character limit.")
    if callback and not _is_http(callback):
        return _error(400, 21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")
    return None


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _error(status: int, code: int, message: str) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": message, "more_info": more, "status": status})


def _rfc2822(at: datetime) -> str:
    return format_datetime(at.replace(microsecond=0))
