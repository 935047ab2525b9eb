"""Signing in with the company's account, against a real identity provider: who comes in, and what is refused and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from pydantic import SecretStr

from clienteling.came import Failed, SignedIn
from clienteling.company import BEGUN_FOR, FINISHED_FOR, Company
from sync.errors import BadSetting
from sync.model.shop import Role, Staff
from sync.settings import TabletSettings
from tests.integration.company.provider import CONFIDENTIAL, PUBLIC, SECRET, Provider, running

Came = SignedIn | Failed | None


class Clock:
    """The present, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def somebody(code: str, role: Role, *, active: bool = True) -> Staff:
    return Staff(
        id=f"id-{code}", code=code, family_name="高橋", given_name="美咲", role=role, shop_id="ginza", active=active
    )


STAFF = [
    somebody("T1", Role.STYLIST),
    somebody("H1", Role.HEAD_OFFICE),
    somebody("A1", Role.ASSOCIATE),
    somebody("L1", Role.STYLIST, active=False),
]


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider's process, started once a run."""
    with running(tmp_path_factory.mktemp("provider")) as found:
        yield found


@pytest.fixture
def clock() -> Clock:
    return Clock()


def company(provider: Provider, clock: Clock, **changes: Any) -> Company:
    fields = {"oidc_issuer": provider.url, "oidc_client_id": PUBLIC, "tablet_url": "http://tablet.test"} | changes
    found = Company.of(TabletSettings(_env_file=None, **fields), lambda: STAFF, lambda one: one.active, clock)
    assert found is not None
    return found


def begun(house: Company) -> tuple[str, str]:
    address, binding = house.begin()
    assert address is not None
    return address, binding


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def changed(address: str, **query: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode(query_of(address) | query)))


def login(house: Company, provider: Provider, name: str) -> Came:
    address, binding = begun(house)
    house.finish(binding, query_of(provider.log_in(address, name)))
    return house.take(binding)


@pytest.mark.parametrize("client", [PUBLIC, CONFIDENTIAL])
def test_a_stylist_and_head_office_come_in(provider: Provider, clock: Clock, client: str) -> None:
    """By code and PKCE, with a secret and without; once: what came of it is not given a second time."""
    secret = SecretStr(SECRET if client == CONFIDENTIAL else "")
    house = company(provider, clock, oidc_client_id=client, oidc_client_secret=secret)
    address, binding = begun(house)
    asked = query_of(address)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == house.redirect_url
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    house.finish(binding, query_of(provider.log_in(address, "stylist")))
    assert house.take(binding) == SignedIn("id-T1")
    assert house.take(binding) is None
    assert login(house, provider, "hq") == SignedIn("id-H1")


@pytest.mark.parametrize(
    ("name", "why"),
    [("associate", "role"), ("leaver", "gone"), ("stranger", "unknown_person"), ("nobody", "unknown_person")],
)
def test_who_stays_outside(provider: Provider, clock: Clock, name: str, why: str) -> None:
    """The provider knows them all; here an associate signs in by PIN, who has left not at all, and others are nobody's."""
    assert login(company(provider, clock), provider, name) == Failed(why)


def test_an_associate_where_the_house_says_so(provider: Provider, clock: Clock) -> None:
    """Which roles may is a setting."""
    house = company(provider, clock, oidc_roles="associate,stylist,head_office")
    assert login(house, provider, "associate") == SignedIn("id-A1")


def test_a_wrong_state(provider: Provider, clock: Clock) -> None:
    """What comes back under another state, or to a browser that began nothing, is not looked at; and the login is over."""
    house = company(provider, clock)
    address, binding = begun(house)
    back = query_of(provider.log_in(address, "stylist"))
    house.finish("another browser", back)
    assert house.take("another browser") == Failed("state")
    house.finish(binding, back | {"state": "x"})
    assert house.take(binding) == Failed("state")
    house.finish(binding, back)
    assert house.take(binding) == Failed("state"), "nobody tries states one after the other"


def test_a_wrong_nonce(provider: Provider, clock: Clock) -> None:
    """A token that was made for another login does not open this one."""
    house = company(provider, clock)
    address, binding = begun(house)
    house.finish(binding, query_of(provider.log_in(changed(address, nonce="of another login"), "stylist")))
    assert house.take(binding) == Failed("nonce")


def test_a_code_without_its_verifier(provider: Provider, clock: Clock) -> None:
    """A stolen code is worth nothing in another login: its challenge does not fit (PKCE)."""
    house = company(provider, clock)
    stolen = query_of(provider.log_in(begun(house)[0], "stylist"))["code"]
    address, binding = begun(house)
    house.finish(binding, {"state": query_of(address)["state"], "code": stolen, "iss": provider.url})
    assert house.take(binding) == Failed("refused")


def test_a_reused_code(provider: Provider, clock: Clock) -> None:
    """A code that was exchanged once is refused by the provider, also with the right verifier."""
    house = company(provider, clock)
    address, binding = begun(house)
    back = query_of(provider.log_in(address, "stylist"))
    again = house._begun[binding]
    house.finish(binding, back)
    assert house.take(binding) == SignedIn("id-T1")
    house._begun["second"] = again
    house.finish("second", back)
    assert house.take("second") == Failed("refused")


def test_an_expired_token(provider: Provider, clock: Clock) -> None:
    """A token whose time is over is refused, by our clock."""
    house = company(provider, clock)
    address, binding = begun(house)
    back = query_of(provider.log_in(address, "stylist"))
    began = house._begun[binding]
    clock.ahead = timedelta(days=30)
    house._begun[binding] = type(began)(began.state, began.nonce, began.verifier, clock() + BEGUN_FOR)
    house.finish(binding, back)
    assert house.take(binding) == Failed("expired")


def test_a_login_that_took_too_long(provider: Provider, clock: Clock) -> None:
    """Whoever stays away at the provider for ten minutes begins anew; and the next page has to come within a minute."""
    house = company(provider, clock)
    address, binding = begun(house)
    back = query_of(provider.log_in(address, "stylist"))
    clock.ahead = BEGUN_FOR + timedelta(seconds=1)
    house.finish(binding, back)
    assert house.take(binding) == Failed("state")
    clock.ahead = timedelta()
    assert login(house, provider, "stylist") == SignedIn("id-T1")
    address, binding = begun(house)
    house.finish(binding, query_of(provider.log_in(address, "stylist")))
    clock.ahead += FINISHED_FOR + timedelta(seconds=1)
    assert house.take(binding) is None


def test_another_client_and_another_issuer(provider: Provider, clock: Clock) -> None:
    """A token for another client is not for us, and an answer that names another issuer is not our provider's (RFC 9207)."""
    house = company(provider, clock)
    address, binding = begun(house)
    back = query_of(provider.log_in(address, "stylist"))
    house.finish(binding, back | {"iss": "https://elsewhere.example"})
    assert house.take(binding) == Failed("provider")
    other = company(provider, clock, oidc_client_id=CONFIDENTIAL, oidc_client_secret=SecretStr("wrong"))
    assert login(other, provider, "stylist") == Failed("refused")


def test_the_next_person_at_the_same_browser(provider: Provider, clock: Clock) -> None:
    """Who is signed in at the provider still is asked for the password again, since a shop's browser is shared; an answer
    for whom it did not ask is refused, unless the house says that its browsers are one person's each."""
    house = company(provider, clock)
    with provider.browser() as browser:
        address, binding = begun(house)
        house.finish(binding, query_of(provider.log_in(address, "stylist", browser=browser)))
        assert house.take(binding) == SignedIn("id-T1")
        clock.ahead = timedelta(minutes=5)
        address, binding = begun(house)
        house.finish(binding, query_of(provider.log_in(changed(address, prompt=""), "hq", browser=browser)))
        assert house.take(binding) == Failed("not_asked")
        own = company(provider, clock, oidc_ask_again=False)
        address, binding = begun(own)
        own.finish(binding, query_of(provider.log_in(address, "hq", browser=browser)))
        assert own.take(binding) == SignedIn("id-T1"), "the provider's session decides"
        address, _ = begun(house)
        with pytest.raises(AssertionError, match="does not send the browser back"):
            provider.log_in(address, "hq", password="not the one of before", browser=browser)


def test_somebody_says_no(provider: Provider, clock: Clock) -> None:
    """Who declines at the provider is back here, and told so."""
    house = company(provider, clock)
    address, binding = begun(house)
    house.finish(binding, {"state": query_of(address)["state"], "error": "access_denied"})
    assert house.take(binding) == Failed("refused")


def test_a_provider_that_cannot_be_reached(clock: Clock) -> None:
    """Nobody is sent anywhere; the sign-in screen says it."""
    house = company(Provider("http://127.0.0.1:9"), clock)
    address, binding = house.begin()
    assert address is None
    assert house.take(binding) == Failed("provider")


def test_half_a_setting(clock: Clock) -> None:
    """An issuer without a client id is named when the app starts, and no issuer means that nobody is offered this."""
    with pytest.raises(BadSetting, match="CLIENTELING_OIDC_CLIENT_ID"):
        Company.of(TabletSettings(_env_file=None, oidc_issuer="https://login.example.jp"), list, bool, clock)
    assert Company.of(TabletSettings(_env_file=None), list, bool, clock) is None


def test_a_token_signed_by_somebody_else(provider: Provider, clock: Clock) -> None:
    """A provider in the middle that hands out its own token: the signature is not our provider's."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    def forged(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            now = int(clock().timestamp())
            nonce = next(iter(house._nonces))
            claims = {"iss": provider.url, "aud": PUBLIC, "sub": "x", "exp": now + 60, "iat": now, "nonce": nonce, "preferred_username": "T1"}  # fmt: skip
            token = jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))
            return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": token})
        with httpx.Client() as real:
            answer = real.send(real.build_request(request.method, request.url))
        return httpx.Response(answer.status_code, content=answer.content, headers={"content-type": "application/json"})

    class Listening(Company):
        _nonces: tuple[str, ...] = ()

    settings = TabletSettings(_env_file=None, oidc_issuer=provider.url, oidc_client_id=PUBLIC)
    house = Listening(settings, lambda: STAFF, lambda one: one.active, clock, httpx.MockTransport(forged))
    address, binding = begun(house)
    house._nonces = (query_of(address)["nonce"],)
    house.finish(binding, {"state": query_of(address)["state"], "code": "any", "iss": provider.url})
    assert house.take(binding) == Failed("token")
