"""Signing in with the company's account: OpenID Connect, authorization code with PKCE, for the browsers of a tablet process.

    company = Company.of(settings, staff, clock)         # None where no issuer is set
    company.begin() -> (address at the provider, binding)        the browser keeps the binding as a cookie
    company.finish(binding, query) -> None                       the provider sent the browser back
    company.take(binding) -> SignedIn | Failed | None            once, by the page that the browser opens next

A login belongs to the browser that began it: what comes back with another browser's cookie, or none, is refused. Nothing of the
provider's tokens is kept. Codes of failures, for staff: `state`, `refused`, `provider`, `token`, `expired`, `nonce`,
`not_asked` (the provider let somebody in whom it had asked for the password before), `unknown_person`, `role`, `gone`.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet

from clienteling.came import Failed, SignedIn
from clienteling.trace import where
from sync.clock import Clock
from sync.errors import BadSetting
from sync.model.shop import Role, Staff
from sync.settings import TabletSettings

BEGUN_FOR = timedelta(minutes=10)
"""How long somebody may take at the provider."""
FINISHED_FOR = timedelta(minutes=1)
"""How long the page that comes next may take to open."""
LEEWAY_SECONDS = 60
"""By how much the provider's clock may differ from ours."""
MOST_BEGUN = 1000
ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)] + ["EdDSA", "Ed25519"]
"""Asymmetric ones only: a client's secret must not make a token."""
PATIENCE_SECONDS = 10.0

log = structlog.get_logger("clienteling")


class _Refused(Exception):  # noqa: N818 - how a step says no
    pass


@dataclass(frozen=True, slots=True)
class _Begun:
    state: str
    nonce: str
    verifier: str
    until: datetime

    @property
    def at(self) -> datetime:
        return self.until - BEGUN_FOR


class Company:
    """The company's identity provider, as the settings name it. Every call but `take` may wait for the network."""

    def __init__(
        self,
        settings: TabletSettings,
        staff: Callable[[], Iterable[Staff]],
        works_here: Callable[[Staff], bool],
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings, self._staff, self._clock, self._transport = settings, staff, clock, transport
        self._works_here = works_here
        self._roles = {Role(one) for one in settings.oidc_roles.split(",")}
        self._lock = threading.Lock()
        self._begun: dict[str, _Begun] = {}
        self._ended: dict[str, tuple[SignedIn | Failed, datetime]] = {}
        self._known: tuple[dict[str, Any], KeySet] | None = None

    @classmethod
    def of(
        cls,
        settings: TabletSettings,
        staff: Callable[[], Iterable[Staff]],
        works_here: Callable[[Staff], bool],
        clock: Clock,
    ) -> "Company | None":
        """Return the provider that is set, or None; raise BadSetting where half of it is missing. `works_here` says of
        one of `staff` whether today is within the days of the contract."""
        if not settings.oidc_issuer:
            return None
        if not settings.oidc_client_id:
            raise BadSetting(
                "CLIENTELING_OIDC_CLIENT_ID is empty: the provider at CLIENTELING_OIDC_ISSUER asks for one."
            )
        return cls(settings, staff, works_here, clock)

    @property
    def redirect_url(self) -> str:
        """Where the provider sends the browser back; it has to be registered there as it is."""
        settings = self._settings
        return (settings.tablet_url or f"http://{settings.host}:{settings.port}").rstrip("/") + "/company/back"

    def begin(self) -> tuple[str | None, str]:
        """Return the provider's address for a new login (None where it cannot be reached), and the browser's binding."""
        binding = secrets.token_urlsafe(32)
        begun = _Begun(generate_token(43), generate_token(43), generate_token(64), self._clock() + BEGUN_FOR)
        try:
            metadata, _ = self._provider()
            with self._client() as client:
                url, _ = client.create_authorization_url(
                    metadata["authorization_endpoint"],
                    state=begun.state,
                    nonce=begun.nonce,
                    code_verifier=begun.verifier,
                    **({"prompt": "login"} if self._settings.oidc_ask_again else {}),
                )
        except (httpx.HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            log.warning("company.unreachable", error=where(error))
            self._end(binding, Failed("provider"))
            return None, binding
        with self._lock:
            self._tidy()
            self._begun[binding] = begun
        return str(url), binding

    def finish(self, binding: str, query: Mapping[str, str]) -> None:
        """Take what the provider sent the browser back with; what came of it is there for `take`."""
        with self._lock:
            begun = self._begun.pop(binding, None)
        try:
            if (
                begun is None
                or begun.until < self._clock()
                or not secrets.compare_digest(begun.state.encode(), query.get("state", "").encode())
            ):
                raise _Refused("state")
            if "code" not in query:
                raise _Refused("refused")
            self._need_issuer(query)
            found: SignedIn | Failed = SignedIn(self._person(self._claims(query["code"], begun)).id)
        except _Refused as refused:
            found = Failed(str(refused))
            log.info(
                "company.refused", why=found.code, cause=repr(refused.__cause__)[:200] if refused.__cause__ else ""
            )
        self._end(binding, found)

    def take(self, binding: str) -> SignedIn | Failed | None:
        """Return what came of a browser's login, once and within a minute."""
        with self._lock:
            self._tidy()
            ended = self._ended.pop(binding, None)
        return ended[0] if ended is not None else None

    # -- below

    def _need_issuer(self, query: Mapping[str, str]) -> None:
        """Refuse an answer of another provider (RFC 9207), where ours says who it is in its answers."""
        metadata = self._known[0] if self._known is not None else {}
        says = metadata.get("authorization_response_iss_parameter_supported") is True
        if (says or "iss" in query) and query.get("iss") != metadata.get("issuer"):
            raise _Refused("provider")

    def _claims(self, code: str, begun: _Begun) -> CodeIDToken:
        """Exchange the code and return the claims of an ID token that is the provider's, for us, fresh, and for this login."""
        try:
            metadata, keys = self._provider()
            with self._client() as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                )
        except AuthlibBaseError as error:  # the code was used before, or is another client's
            raise _Refused("refused") from error
        except (httpx.HTTPError, JoseError, ValueError, KeyError) as error:
            log.warning("company.unreachable", error=where(error))
            raise _Refused("provider") from error
        try:
            decoded = jwt.decode(str(token["id_token"]), keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"essential": True, "value": metadata["issuer"]}, "aud": {"essential": True, "value": self._settings.oidc_client_id}},
                {"nonce": begun.nonce, "client_id": self._settings.oidc_client_id, "access_token": token["access_token"]},
            )  # fmt: skip
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_SECONDS)
            asked_at = claims.get("auth_time")
            fresh = asked_at is None or float(asked_at) >= begun.at.timestamp() - LEEWAY_SECONDS
        except ExpiredTokenError as error:
            raise _Refused("expired") from error
        except InvalidClaimError as error:
            raise _Refused("nonce" if error.claim == "nonce" else "token") from error
        except (JoseError, KeyError, ValueError, TypeError) as error:
            self._known = None  # the provider may have new keys
            raise _Refused("token") from error
        if self._settings.oidc_ask_again and not fresh:
            raise _Refused("not_asked")
        return claims

    def _person(self, claims: Mapping[str, Any]) -> Staff:
        """Return the member of staff whose code the claim says, if the role may come in this way."""
        name = self._settings.oidc_claim
        said = claims.get(name)
        if not isinstance(said, str) or not said or (name == "email" and claims.get("email_verified") is not True):
            raise _Refused("unknown_person")
        person = next((one for one in self._staff() if one.code == said), None)
        if person is None:
            raise _Refused("unknown_person")
        if not self._works_here(person):
            raise _Refused("gone")
        if person.role not in self._roles:
            raise _Refused("role")
        return person

    def _provider(self) -> tuple[dict[str, Any], KeySet]:
        """Return what the provider says of itself, and its keys; asked once."""
        if self._known is None:
            issuer = self._settings.oidc_issuer.rstrip("/")
            with httpx.Client(transport=self._transport, timeout=PATIENCE_SECONDS) as http:
                metadata = http.get(f"{issuer}/.well-known/openid-configuration").raise_for_status().json()
                if str(metadata["issuer"]).rstrip("/") != issuer:
                    raise ValueError("the provider says it is another one")
                keys = KeySet.import_key_set(http.get(metadata["jwks_uri"]).raise_for_status().json())
            self._known = metadata, keys
        return self._known

    def _client(self) -> OAuth2Client:
        secret = self._settings.oidc_client_secret.get_secret_value()
        return OAuth2Client(
            self._settings.oidc_client_id,
            secret or None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=self._settings.oidc_scope,
            redirect_uri=self.redirect_url,
            code_challenge_method="S256",
            transport=self._transport,
            timeout=PATIENCE_SECONDS,
        )

    def _end(self, binding: str, found: SignedIn | Failed) -> None:
        with self._lock:
            self._tidy()
            self._ended[binding] = found, self._clock() + FINISHED_FOR

    def _tidy(self) -> None:
        now = self._clock()
        self._begun = {key: one for key, one in self._begun.items() if one.until >= now}
        self._ended = {key: one for key, one in self._ended.items() if one[1] >= now}
        while len(self._begun) >= MOST_BEGUN:  # somebody only begins
            del self._begun[next(iter(self._begun))]
