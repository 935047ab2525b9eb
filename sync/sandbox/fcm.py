"""Stand-in of Firebase Cloud Messaging (HTTP v1) and of the door where a service account gets its access token.

Held to `tests/contracts/fcm.toml`; errors have the shape of `google.rpc.Status` with FCM's own detail. A token that is
formed like one and is nobody's answers UNREGISTERED, as one does whose app was removed.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from sync.clock import Clock
from sync.ids import NewId
from sync.sandbox.answers import Answer
from sync.sandbox.fcm_rules import Fault, fault_of
from sync.sandbox.people import People
from sync.sandbox.store import Letter, Store

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
TOKEN_SECONDS = 3599
CLAIM_LIFE = timedelta(hours=1)
CLOCKS_APART = timedelta(minutes=5)
_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_REGISTRATION = re.compile(r"[\w-]{20,}:APA91b[\w-]{80,}", re.ASCII)


class FcmStandIn:
    """One Firebase project with one service account. Access tokens live as long as this process."""

    def __init__(
        self,
        store: Store,
        people: People,
        *,
        clock: Clock,
        new_id: NewId,
        project: str,
        client_email: str,
        public_key: RSAPublicKey,
        token_uri: str,
        new_token: Callable[[], str] = lambda: f"ya29.{secrets.token_urlsafe(48)}",
    ) -> None:
        self._store, self._people = store, people
        self._clock, self._new_id, self._new_token = clock, new_id, new_token
        self._project, self._email = project, client_email
        self._public_key, self._token_uri = public_key, token_uri
        self._good_until: dict[str, datetime] = {}

    def token(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Take `POST /token`: an access token for a signed claim (RFC 7523)."""
        kind = headers.get("content-type", "").split(";")[0].strip()
        form = dict(parse_qsl(body.decode("ascii", "replace")))
        if kind != "application/x-www-form-urlencoded" or form.get("grant_type") != GRANT:
            return _oauth("unsupported_grant_type", "Invalid grant_type")
        try:
            # The clock is the demo's, not the machine's: times are looked at below.
            options: Any = {"verify_exp": False, "verify_iat": False, "require": ["iss", "aud", "iat", "exp", "scope"]}
            claim = jwt.decode(
                form.get("assertion", ""),
                self._public_key,
                algorithms=["RS256"],
                audience=self._token_uri,
                options=options,
            )
        except jwt.PyJWTError:
            return _oauth("invalid_grant", "Invalid JWT Signature.")
        if claim["iss"] != self._email:
            return _oauth("invalid_grant", "Invalid grant: account not found")
        if SCOPE not in str(claim["scope"]).split():
            return _oauth("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        if not self._timely(claim["iat"], claim["exp"]):
            return _oauth("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes).")
        token = self._new_token()
        self._good_until[token] = self._clock() + timedelta(seconds=TOKEN_SECONDS)
        return Answer(200, {"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"})  # nosec B105

    def send(self, headers: Mapping[str, str], project: str, body: bytes) -> Answer:
        """Take `POST /v1/projects/{project}/messages:send`."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not self._good(token):
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if project != self._project:
            return _error(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource.")
        try:
            request = json.loads(body)
        except ValueError:
            return _error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")
        fault = fault_of(request)
        if fault is not None:
            return _error(400, "INVALID_ARGUMENT", fault.words, code="INVALID_ARGUMENT", fault=fault)
        return self._to_phone(request["message"], check_only=request.get("validate_only") is True)

    def _to_phone(self, message: dict[str, Any], *, check_only: bool) -> Answer:
        if not _REGISTRATION.fullmatch(message["token"]):
            words = "The registration token is not a valid FCM registration token"
            fault = Fault("message.token", "Invalid registration token")
            return _error(400, "INVALID_ARGUMENT", words, code="INVALID_ARGUMENT", fault=fault)
        owners = self._people.by_app(message["token"])
        if not owners:
            return _error(404, "NOT_FOUND", "Requested entity was not found.", code="UNREGISTERED")
        number = "fake_message_id" if check_only else f"0:{UUID(self._new_id()).int}"
        if not check_only:
            self._arrive(message, owners[0].member_number, number)
        return Answer(200, {"name": f"projects/{self._project}/messages/{number}"})

    def _arrive(self, message: dict[str, Any], member: str, number: str) -> None:
        """Show it as a phone does: under the app's name, title and words; a tap opens what the data name."""
        shown, data = message.get("notification", {}), message.get("data", {})
        self._store.keep(
            Letter(
                member,
                "app",
                self._people.brand().name,
                shown.get("body", ""),
                self._clock(),
                subject=shown.get("title", ""),
                links=tuple(data[name] for name in ("link", "stop") if data.get(name)),
                extra={"name": number},
            )
        )

    def _timely(self, issued: object, ends: object) -> bool:
        if not isinstance(issued, int) or not isinstance(ends, int):
            return False
        now, apart, life = self._clock().timestamp(), CLOCKS_APART.total_seconds(), CLAIM_LIFE.total_seconds()
        return issued - apart <= now < ends + apart and 0 < ends - issued <= life

    def _good(self, token: str) -> bool:
        until = self._good_until.get(token)
        return until is not None and self._clock() < until


def _oauth(error: str, words: str) -> Answer:
    return Answer(400, {"error": error, "error_description": words})


def _error(status: int, name: str, words: str, *, code: str = "", fault: Fault | None = None) -> Answer:
    details: list[dict[str, Any]] = []
    if code:
        details.append({"@type": _FCM_ERROR, "errorCode": code})
    if fault is not None and fault.field:
        violation = {"field": fault.field, "description": fault.words}
        details.append({"@type": _BAD_REQUEST, "fieldViolations": [violation]})
    error = {"code": status, "message": words, "status": name, **({"details": details} if details else {})}
    return Answer(status, {"error": error})
