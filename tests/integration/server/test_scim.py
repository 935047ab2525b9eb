"""An identity provider makes, changes and takes out staff by SCIM 2.0."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine

from sync.identity.match import IdentityResolver
from sync.ids import imported_id
from sync.model.shop import Role, Staff
from sync.policy.playbook import load_playbook
from sync.server import convergence
from sync.server.app import create_app
from sync.server.core import Core
from sync.server.database import reading
from sync.server.http import web_app
from sync.server.repository import accounts
from sync.server.repository.records import Records
from sync.server.routes import scim
from sync.server.scim import ENTERPRISE, EXTENSION, LIST, USER, Users
from sync.server.tables import changes
from sync.settings import ServerSettings
from tests.integration.server.people import GINZA, MISAKI, UMEDA, MovableClock

TOKEN = "t" * 40
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Provider:
    """An identity provider that shows a token."""

    def __init__(self, http: TestClient, token: str = TOKEN) -> None:
        self.http, self.token = http, token

    def __call__(self, method: str, path: str = "", body: Any = None, **params: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        return self.http.request(method, f"/scim/v2/Users{path}", json=body, params=params, headers=headers)


@pytest.fixture
def provider(retailer: Engine, clock: MovableClock, tmp_path: Path) -> Iterator[Provider]:
    core = Core.of(retailer, clock, tmp_path, load_playbook(), IdentityResolver())
    users = Users(retailer, clock, "https://shop.test/scim/v2/Users")
    with TestClient(web_app(core, [scim.router(users, TOKEN)]), base_url="http://server.test") as http:
        yield Provider(http)


def user(**changed: Any) -> dict[str, Any]:
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": "aoi.tanaka@example.jp",
        "externalId": "00u1",
        "name": {"familyName": "田中", "givenName": "葵"},
        "active": True,
        "roles": [{"value": "stylist"}],
        ENTERPRISE: {"employeeNumber": "E77", "department": "ginza"},
        **changed,
    }


def staff(engine: Engine, user_id: str) -> Staff:
    with reading(engine) as conn:
        found = Records(conn).get(Staff, user_id)
    assert found is not None
    return found


def said(answer: Any) -> tuple[int, str]:
    body = answer.json()
    assert (body["schemas"], body["status"]) == ([ERROR], str(answer.status_code))
    assert answer.headers["content-type"] == "application/scim+json"
    return answer.status_code, body.get("scimType", "")


def test_a_user_becomes_staff(retailer: Engine, provider: Provider) -> None:
    """With role, shop and number, and is found again by id and by user name in whatever case."""
    made = provider("POST", body=user())
    assert made.status_code == 201
    found = made.json()
    assert made.headers["location"] == found["meta"]["location"] == f"https://shop.test/scim/v2/Users/{found['id']}"
    person = staff(retailer, found["id"])
    assert (person.id, person.code, person.family_name, person.given_name) == (
        imported_id("staff", "E77"), "E77", "田中", "葵",
    )  # fmt: skip
    assert (person.role, person.shop_id, person.active) == (Role.STYLIST, GINZA.id, True)
    assert provider("GET", f"/{found['id']}").json() == found
    listed = provider("GET", filter='userName eq "AOI.tanaka@example.jp"').json()
    assert (listed["schemas"], listed["totalResults"], listed["Resources"]) == ([LIST], 1, [found])
    assert provider("GET", filter='userName eq "nobody"').json()["Resources"] == []
    assert convergence.differences(retailer) == []


def test_a_real_name_stays_on_the_server(retailer: Engine, provider: Provider) -> None:
    """With a name to work under the real one is in no record and not in the feed; the provider reads it back."""
    made = provider("POST", body=user(nickName="青山", name={"familyName": "鬼龍院", "givenName": "花子"})).json()
    person = staff(retailer, made["id"])
    assert (person.family_name, person.given_name) == ("青山", "")
    assert "鬼龍院" not in person.model_dump_json()
    assert (made["nickName"], made["name"]["familyName"], made["name"]["givenName"]) == ("青山", "鬼龍院", "花子")
    with reading(retailer) as conn:
        assert "鬼龍院" not in str(conn.execute(changes.select()).all())
        account = accounts.of_staff(conn, made["id"])
    assert account is not None
    assert account.real_name == "鬼龍院 花子"
    assert "鬼龍院" not in repr(account)


def test_who_came_by_a_file_is_taken_over(retailer: Engine, provider: Provider) -> None:
    """The same employee number is the same person; what SCIM does not say stays."""
    with_number = user(**{ENTERPRISE: {"employeeNumber": "misaki", "department": "umeda"}}, roles=[])
    made = provider("POST", body=with_number).json()
    assert made["id"] == MISAKI.id
    person = staff(retailer, MISAKI.id)
    assert (person.shop_id, person.role, person.family_name) == (UMEDA.id, MISAKI.role, "田中")


def test_replacing_changes_everything_that_is_said(retailer: Engine, provider: Provider) -> None:
    """Also a contract's days and the shops where the person helps."""
    made = provider("POST", body=user()).json()
    days = {"startsOn": "2026-12-01", "endsOn": "2026-12-31", "helps": ["umeda"], "maySend": False}
    changed = user(**{EXTENSION: days}, userName="aoi@example.jp", roles=[{"value": "associate"}])
    replaced = provider("PUT", f"/{made['id']}", changed)
    assert replaced.status_code == 200
    person = staff(retailer, made["id"])
    assert (str(person.starts_on), str(person.ends_on), person.helps_shop_ids, person.may_send) == (
        "2026-12-01", "2026-12-31", (UMEDA.id,), False,
    )  # fmt: skip
    assert replaced.json()[EXTENSION] == days
    assert provider("GET", filter='userName eq "aoi.tanaka@example.jp"').json()["totalResults"] == 0


@pytest.mark.parametrize("operation", [
    {"op": "replace", "path": "active", "value": False},
    {"op": "Replace", "path": "active", "value": "False"},
    {"op": "replace", "value": {"active": False}},
    {"op": "add", "path": f"{USER}:active", "value": False},
])  # fmt: skip
def test_a_leaver_is_taken_out_at_once(retailer: Engine, provider: Provider, operation: dict[str, Any]) -> None:
    """In every form in which providers say it; and back again."""
    made = provider("POST", body=user()).json()
    patched = provider("PATCH", f"/{made['id']}", {"schemas": [PATCH], "Operations": [operation]})
    assert (patched.status_code, patched.json()["active"]) == (200, False)
    assert not staff(retailer, made["id"]).active
    back = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": True}]}
    assert provider("PATCH", f"/{made['id']}", back).json()["active"]


def test_a_patch_reaches_parts_and_extensions(retailer: Engine, provider: Provider) -> None:
    """A part of the name, the shop, a last day; removing takes it out again."""
    made = provider("POST", body=user()).json()

    def patch(*operations: dict[str, Any]) -> Any:
        return provider("PATCH", f"/{made['id']}", {"schemas": [PATCH], "Operations": list(operations)})

    assert patch(
        {"op": "replace", "path": "name.familyName", "value": "山田"},
        {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "umeda"},
        {"op": "add", "path": f"{EXTENSION}:endsOn", "value": "2026-11-30"},
    ).status_code == 200  # fmt: skip
    person = staff(retailer, made["id"])
    assert (person.family_name, person.given_name, person.shop_id, str(person.ends_on)) == (
        "山田", "葵", UMEDA.id, "2026-11-30",
    )  # fmt: skip
    assert patch({"op": "remove", "path": f"{EXTENSION}:endsOn"}).status_code == 200
    assert staff(retailer, made["id"]).ends_on is None
    assert said(patch({"op": "replace", "path": 'roles[primary eq "True"].value', "value": "x"})) == (
        400,
        "invalidPath",
    )
    assert said(patch({"op": "replace", "path": "id", "value": "x"})) == (400, "mutability")
    assert said(patch({"op": "remove"})) == (400, "noTarget")
    assert said(patch({"op": "move", "path": "active"})) == (400, "invalidSyntax")
    assert said(patch()) == (400, "invalidSyntax")


def test_deleting_takes_out_and_forgets_the_user(retailer: Engine, provider: Provider) -> None:
    """The person's own record stays, for what was done; the user is gone and may come again."""
    made = provider("POST", body=user()).json()
    assert provider("DELETE", f"/{made['id']}").status_code == 204
    assert not staff(retailer, made["id"]).active
    assert said(provider("GET", f"/{made['id']}")) == (404, "")
    assert said(provider("DELETE", f"/{made['id']}")) == (404, "")
    assert provider("POST", body=user()).status_code == 201
    assert staff(retailer, made["id"]).active


@pytest.mark.parametrize("body", [
    {"userName": ""},
    user(userName="x" * 255),
    user(roles=[{"value": "emperor"}]),
    user(name={}),
    user(active="perhaps"),
    user(**{ENTERPRISE: {"employeeNumber": "E77", "department": "nowhere"}}),
    user(**{ENTERPRISE: {"employeeNumber": "E77"}}),
    user(**{EXTENSION: {"endsOn": "soon"}}),
    user(**{EXTENSION: {"helps": ["nowhere"]}}),
    user(userName="x" * 41, **{ENTERPRISE: {"department": "ginza"}}),
])  # fmt: skip
def test_a_wrong_value_is_named(provider: Provider, body: dict[str, Any]) -> None:
    """As 400 with invalidValue, and nothing is made."""
    assert said(provider("POST", body=body)) == (400, "invalidValue")
    assert provider("GET").json()["totalResults"] == 0


def test_a_name_is_one_users(provider: Provider) -> None:
    """Neither a user name nor a number is taken twice, in whatever case."""
    made = provider("POST", body=user()).json()
    other = user(userName="b@example.jp", **{ENTERPRISE: {"employeeNumber": "E78", "department": "ginza"}})
    second = provider("POST", body=other).json()
    assert said(provider("POST", body=user(userName="c@example.jp"))) == (409, "uniqueness")
    upper = user(userName="B@EXAMPLE.JP")
    assert said(provider("PUT", f"/{made['id']}", upper)) == (409, "uniqueness")
    assert provider("PUT", f"/{second['id']}", {**other, "userName": "B@example.jp"}).status_code == 200


def test_pages_and_wrong_questions(provider: Provider) -> None:
    """`startIndex` counts from 1; a filter that is not understood is refused rather than ignored."""
    for number in range(3):
        own = {ENTERPRISE: {"employeeNumber": f"E{number}", "department": "ginza"}}
        assert provider("POST", body=user(userName=f"u{number}@example.jp", **own)).status_code == 201
    page = provider("GET", startIndex="2", count="1").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, 2, 1)
    assert [one["userName"] for one in page["Resources"]] == ["u1@example.jp"]
    assert provider("GET", count="0").json()["totalResults"] == 3
    assert said(provider("GET", filter='userName co "u"')) == (400, "invalidFilter")
    assert said(provider("GET", count="many")) == (400, "invalidValue")


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "t", "ü"])
def test_nobody_else_gets_in(provider: Provider, token: str) -> None:
    """Without the token nothing is said, whatever is asked."""
    provider.http.headers.clear()
    headers = {"Authorization": f"Bearer {token}".encode()} if token else {}
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/x"), ("PUT", "/x"), ("PATCH", "/x"), ("DELETE", "/x")):
        answer = provider.http.request(method, f"/scim/v2/Users{path}", headers=headers)
        assert said(answer) == (401, "")
        assert answer.headers["www-authenticate"] == 'Bearer realm="scim"'


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"userName": "\\u0000"}', b'{"userName": "\\ud800"}', b"[" * 100_000]
)
def test_what_is_no_user_is_refused_in_scims_own_form(provider: Provider, content: bytes) -> None:
    """No JSON, no object, no text that a database could hold."""
    answer = provider.http.post("/scim/v2/Users", content=content, headers={"Authorization": f"Bearer {TOKEN}"})
    assert said(answer) == (400, "invalidSyntax")


def test_a_large_body_is_refused(provider: Provider) -> None:
    """Before it is read as JSON."""
    answer = provider.http.post("/scim/v2/Users", content=b" " * 300_000, headers={"Authorization": f"Bearer {TOKEN}"})
    assert said(answer) == (413, "")


def test_without_a_token_there_is_no_scim(empty_url: str, tmp_path: Path) -> None:
    """The server has these addresses only where the setting is made."""
    for token, status in (("", 404), (TOKEN, 401)):
        settings = ServerSettings(
            data=tmp_path, database_url=empty_url, scim_token=SecretStr(token), embedded_worker=False
        )
        http = TestClient(create_app(settings))  # not started: the address alone is asked
        assert http.get("/scim/v2/Users").status_code == status


def test_the_provider_learns_what_is_supported(provider: Provider) -> None:
    """Patches and filters, and neither bulk nor passwords."""
    answer = provider.http.get("/scim/v2/ServiceProviderConfig", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert [answer[name]["supported"] for name in ("patch", "filter", "bulk", "changePassword")] == [
        True,
        True,
        False,
        False,
    ]
