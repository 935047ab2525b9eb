"""A Google service account, and the short-lived access tokens it gets: what Firebase Cloud Messaging asks us to show.

Source: Google's page on OAuth 2.0 for server to server applications. A claim of who we are (RFC 7523), signed with the
account's RSA key, is exchanged for an access token that is good for an hour.
"""

import threading
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, ValidationError

from sync.clock import Clock
from sync.delivery import base
from sync.errors import BadSetting
from sync.model.base import Frozen
from sync.ports import Receipt

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIM_LIFE = timedelta(hours=1)
"""The longest that Google takes."""
EARLY = timedelta(minutes=1)
"""How long before its end a token is not used any more."""


class NotRsaError(TypeError):
    """It is a key, and of another sort."""


class ServiceAccount(Frozen):
    """The JSON file of a service account's key, as Google gives it out."""

    project_id: str = Field(min_length=1)
    client_email: str = Field(min_length=1)
    private_key: SecretStr
    """RSA, PEM."""
    private_key_id: str = ""
    token_uri: str = Field(pattern=r"^https?://")

    @cached_property
    def key(self) -> RSAPrivateKey:
        """The key, read once: each time it is proved first, which takes fifty signatures' time.

        Raise ValueError or TypeError where it is none that can be read."""
        key = load_pem_private_key(self.private_key.get_secret_value().encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise NotRsaError("Not an RSA key")
        return key


def read_account(path: Path) -> ServiceAccount:
    """Read the key's file. Raise BadSetting that says what is wrong with it; nothing of the key is in that."""
    name = "CLIENTELING_FCM_ACCOUNT_FILE"
    try:
        account = ServiceAccount.model_validate_json(path.read_bytes())
        account.key  # noqa: B018
    except OSError as error:
        raise BadSetting(f"{name} is {path}, which cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) or "the whole" for one in error.errors(include_input=False))
        raise BadSetting(f"{name} is {path}, which is not a service account's key: look at {fields}.") from None
    except NotRsaError:
        raise BadSetting(f"{name} is {path}, whose private_key is not RSA.") from None
    except (ValueError, TypeError):
        raise BadSetting(f"{name} is {path}, whose private_key is not an RSA key in PEM without a password.") from None
    return account


class AccessTokens:
    """Gets the account's access token, and keeps it as long as it is good. Threads share it."""

    def __init__(self, account: ServiceAccount, http: httpx.Client, clock: Clock) -> None:
        self._account, self._http, self._clock = account, http, clock
        self._lock = threading.Lock()
        self._token = ""  # nosec B105
        self._until: datetime | None = None

    def get(self) -> str | Receipt:
        """Return a token, or what it means for a message that there is none. Nothing of the message left meanwhile, so
        whatever went wrong here it may be sent later."""
        with self._lock:
            now = self._clock()
            if self._token and self._until is not None and now < self._until:
                return self._token
            form = {"grant_type": GRANT, "assertion": self._claim(now)}
            answer = base.call(lambda: self._http.post(self._account.token_uri, data=form), repeatable=True)
            if isinstance(answer, Receipt):
                return base.again(base.NOT_REACHED)
            return self._keep(answer, now)

    def forget(self, token: str) -> None:
        """Do not use this one any more: it was refused."""
        with self._lock:
            if self._token == token:
                self._token = ""  # nosec B105

    def _claim(self, now: datetime) -> str:
        account = self._account
        claim = {
            "iss": account.client_email,
            "scope": SCOPE,
            "aud": account.token_uri,
            "iat": int(now.timestamp()),
            "exp": int((now + CLAIM_LIFE).timestamp()),
        }
        headers = {"kid": account.private_key_id} if account.private_key_id else None
        return jwt.encode(claim, account.key, algorithm="RS256", headers=headers)

    def _keep(self, answer: httpx.Response, now: datetime) -> str | Receipt:
        fields = base.json_object(answer)
        token, seconds = fields.get("access_token"), fields.get("expires_in")
        if answer.is_success and isinstance(token, str) and token.isascii() and token.isprintable() and token:
            life = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 86_400 else timedelta()
            self._token, self._until = token, now + life - EARLY
            return token
        if answer.status_code == 429:
            return base.throttled(base.retry_after(answer))
        if answer.is_success or answer.status_code >= 500:
            return base.again(base.PROVIDER_DOWN, base.retry_after(answer), status=answer.status_code)
        return base.failed(base.REFUSED, status=answer.status_code, error=base.code_of(fields.get("error")))
