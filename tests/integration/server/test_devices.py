"""Devices: enrolment, and the proof that each request carries."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from sync.errors import Conflict, NotAllowed, NotFound
from sync.protocol import EnrolRequest
from sync.sealed.box import agreement_key, open_box
from sync.sealed.lease import KEY_USE, key_bound
from sync.server.auth import SPOKEN
from sync.server.database import reading
from sync.server.enrolment import create_enrolment_code, enrol, list_devices, revoke_device
from sync.server.tables import devices, enrolment_codes
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.people import GINZA, MovableClock

URL = "http://server.test/v1/sync/pull"


def pull(http: TestClient, headers: dict[str, str]) -> tuple[int, str, str]:
    """Return status, code and reason of a pull with these headers."""
    answer = http.post("/v1/sync/pull", json={}, headers=headers)
    body = answer.json()
    return answer.status_code, body.get("code", ""), body.get("params", {}).get("reason", "")


def test_a_code_enrols_one_device_once(http: TestClient, retailer: Engine, clock: MovableClock) -> None:
    """A code gives one device its token and its shop's key; the second one who tries is refused."""
    code = create_enrolment_code(retailer, "ginza", clock)
    body = {"code": code.lower(), "name": "レジ横", "public_key": Key().jwk}
    first = http.post("/v1/enrol", json=body)
    assert first.status_code == 200
    assert first.json()["shop_id"] == GINZA.id
    assert first.json()["scope"] == f"shop:{GINZA.id}"
    assert len(bytes.fromhex(first.json()["scope_key"])) == 32
    second = http.post("/v1/enrol", json=body)
    assert (second.status_code, second.json()["code"]) == (403, "not_allowed")


def test_a_code_runs_out(retailer: Engine, clock: MovableClock) -> None:
    """Ten minutes after it was made, a code enrols nobody."""
    code = create_enrolment_code(retailer, "ginza", clock)
    clock.at += timedelta(minutes=10)
    with pytest.raises(NotAllowed):
        enrol(retailer, clock, EnrolRequest(code=code, name="t", public_key=Key().jwk))


def test_codes_and_tokens_are_not_kept(retailer: Engine, clock: MovableClock) -> None:
    """The database has neither the code nor the token, and a code has at least 128 random bits."""
    code = create_enrolment_code(retailer, "ginza", clock).replace("-", "")
    token = enrolled(retailer, clock, Key()).token
    assert len(code) * 5 >= 128
    with reading(retailer) as conn:
        stored = str(conn.execute(select(enrolment_codes)).all()) + str(conn.execute(select(devices)).all())
    assert code not in stored
    assert token not in stored


def test_no_code_for_a_shop_that_is_not_there(retailer: Engine, clock: MovableClock) -> None:
    """A shop code that no shop has is said to be so."""
    with pytest.raises(NotFound):
        create_enrolment_code(retailer, "nowhere", clock)


def test_devices_of_a_shop_share_its_key(retailer: Engine, clock: MovableClock) -> None:
    """Two devices of one shop seal with the same key, another shop's with another."""
    one, two = enrolled(retailer, clock, Key()), enrolled(retailer, clock, Key(b"\x08" * 32))
    other = enrolled(retailer, clock, Key(b"\x09" * 32), "umeda")
    assert one.scope_key == two.scope_key != other.scope_key
    assert one.token != two.token


def test_a_signed_request_is_answered(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """With its token and a fresh proof, a device may pull; when it was last seen is noted."""
    answer = tablet.call("POST", "/v1/sync/pull", json={})
    assert answer.status_code == 200
    assert answer.json()["rows"]
    assert list_devices(retailer)[0].last_seen_at == clock.at


def test_a_request_without_credentials_is_refused(http: TestClient) -> None:
    """No token: 401, and how to sign in."""
    answer = http.post("/v1/sync/pull", json={}, headers={"X-Clienteling-Protocol": "1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("DPoP")


def test_another_protocol_version_is_refused(tablet: HttpDevice) -> None:
    """A version that is not spoken here is answered with those that are."""
    answer = tablet.call("POST", "/v1/sync/pull", json={}, headers={"X-Clienteling-Protocol": "99"})
    assert (answer.status_code, answer.json()["params"]) == (426, {"spoken": list(SPOKEN)})


def test_a_copied_token_is_worthless(tablet: HttpDevice, http: TestClient, clock: MovableClock) -> None:
    """Whoever has the token but another key is refused."""
    thief = Key(b"\x66" * 32)
    headers = thief.headers("POST", URL, tablet.enrolment.token, clock())
    assert pull(http, headers) == (401, "bad_proof", "wrong_key")


def test_a_forged_proof_is_refused(tablet: HttpDevice, http: TestClient, clock: MovableClock) -> None:
    """Naming the device's key without holding it does not help: the signature is not its."""
    thief = Key(b"\x66" * 32)
    headers = thief.headers("POST", URL, tablet.enrolment.token, clock(), header_jwk=tablet.key.jwk)
    assert pull(http, headers) == (401, "bad_proof", "forged")


def test_a_proof_is_good_for_one_request(tablet: HttpDevice, http: TestClient, clock: MovableClock) -> None:
    """The same proof a second time is a replay, in whichever process it arrives: it is remembered in the database."""
    headers = tablet.key.headers("POST", URL, tablet.enrolment.token, clock())
    assert pull(http, headers)[0] == 200
    assert pull(http, headers) == (401, "bad_proof", "replayed")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"htu": "http://server.test/v1/sync/push"}, "wrong_url"),
        ({"htu": "http://elsewhere.test/v1/sync/pull"}, "wrong_url"),
        ({"htu": 7}, "wrong_url"),
        ({"htm": "GET"}, "wrong_method"),
        ({"ath": "x"}, "wrong_token"),
        ({"jti": ""}, "malformed"),
        ({"jti": 12345678}, "malformed"),
        ({"iat": "now"}, "malformed"),
        ({"iat": float("nan")}, "stale"),
        ({"header_typ": "JWT"}, "malformed"),
        ({"header_jwk": "key"}, "malformed"),
        ({"header_jwk": {"kty": "oct", "k": "AAAA"}}, "malformed"),
    ],
)
def test_a_proof_for_something_else_is_refused(
    tablet: HttpDevice, http: TestClient, clock: MovableClock, changes: dict[str, object], reason: str
) -> None:
    """A proof for another address, method or token, or that is none, does not hold."""
    headers = tablet.key.headers("POST", URL, tablet.enrolment.token, clock(), **changes)
    assert pull(http, headers)[1:] == ("bad_proof", reason)


def test_scheme_query_and_fragment_do_not_count(tablet: HttpDevice, http: TestClient, clock: MovableClock) -> None:
    """TLS may end before the server, and RFC 9449 leaves the query out."""
    changed = "https://SERVER.test/v1/sync/pull?x=1#y"
    assert pull(http, tablet.key.headers("POST", changed, tablet.enrolment.token, clock()))[0] == 200


@pytest.mark.parametrize("seconds", [-121, 121])
def test_an_old_proof_says_what_time_it_is(
    tablet: HttpDevice, http: TestClient, clock: MovableClock, seconds: int
) -> None:
    """A proof more than two minutes off is refused with the server's time, by which the device corrects its clock."""
    at = clock() + timedelta(seconds=seconds)
    answer = http.post("/v1/sync/pull", json={}, headers=tablet.key.headers("POST", URL, tablet.enrolment.token, at))
    assert answer.json()["params"] == {"reason": "stale", "server_time": clock().isoformat()}


def test_a_proof_at_the_edge_of_the_window_holds(tablet: HttpDevice, http: TestClient, clock: MovableClock) -> None:
    """Exactly two minutes off is still taken."""
    at = clock() - timedelta(seconds=120)
    assert pull(http, tablet.key.headers("POST", URL, tablet.enrolment.token, at))[0] == 200


def test_a_revoked_device_is_told_so(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """From its next request on, a revoked device gets nothing but that answer."""
    revoke_device(retailer, tablet.enrolment.device_id, clock)
    answer = tablet.call("POST", "/v1/sync/pull", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    with pytest.raises(NotFound):
        revoke_device(retailer, tablet.enrolment.device_id, clock)


def test_a_code_of_another_shop_is_not_spent_on_unsent_work(retailer: Engine, clock: MovableClock) -> None:
    """A device with unsent work of one shop is not taken into another; the code is good for the next one still."""
    code = create_enrolment_code(retailer, "umeda", clock)
    asked = EnrolRequest(code=code, name="t", public_key=Key().jwk, unsent_of=GINZA.id)
    with pytest.raises(Conflict):
        enrol(retailer, clock, asked)
    assert list_devices(retailer) == []
    assert enrol(retailer, clock, asked.model_copy(update={"unsent_of": None})).shop_id != GINZA.id


def test_a_device_that_opens_wrapped_keys_gets_no_other(retailer: Engine, clock: MovableClock) -> None:
    """The key of a scope travels in clear only to programs of before."""
    code = create_enrolment_code(retailer, "ginza", clock)
    given = enrol(retailer, clock, EnrolRequest(code=code, name="t", public_key=Key().jwk, wrapped=True))
    assert given.scope_key == ""
    assert given.lease is not None
    bound = key_bound(given.scope, given.lease.key_version, given.device_id)
    key = open_box(agreement_key(Key().private), KEY_USE, bound, bytes.fromhex(given.lease.wrapped_key))
    assert key.hex() == enrolled(retailer, clock, Key(b"\x08" * 32)).scope_key


def test_a_key_that_is_no_ed25519_key_is_refused(http: TestClient, retailer: Engine, clock: MovableClock) -> None:
    """Enrolment takes Ed25519 public keys only; a refused one does not use the code up."""
    code = create_enrolment_code(retailer, "ginza", clock)
    for jwk in ({"kty": "RSA"}, {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}, Key().jwk | {"d": "secret"}):
        answer = http.post("/v1/enrol", json={"code": code, "name": "t", "public_key": jwk})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")
    assert http.post("/v1/enrol", json={"code": code, "name": "t", "public_key": Key().jwk}).status_code == 200
