"""Every command and every endpoint, as every role, in scope and out of it: the server does what the table of roles says."""

from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine

from sync.model.customer import Customer
from sync.model.shop import Role, Scope
from sync.policy.roles import COMMANDS, ENDPOINTS, Door, Right, Rule
from sync.policy.withheld import FIELDS
from sync.protocol import PROTOCOL_HEADER, PROTOCOL_VERSION, STAFF_HEADER
from sync.server.app import create_app
from sync.server.commands.registry import HANDLERS
from sync.server.database import transaction
from sync.server.repository import quarantine
from sync.server.routes.attachments import router as attachments
from sync.server.routes.own_phone import router as own_phone
from sync.settings import ServerSettings
from tests.integration.server import matrix
from tests.integration.server.devices import Device, HttpDevice
from tests.integration.server.matrix import BY_ROLE, HERS, VAULT, YUMI, prepare
from tests.integration.server.people import GINZA, MANAGER, UMEDA, MovableClock, write

BY_THE_TABLE = {"role", "out_of_scope", "not_here"}
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""Who may do what does not hang on the database; the commands themselves are tested on both."""
FOR_STAFF = sorted(name for name, one in ENDPOINTS.items() if one.door is Door.STAFF)

OF_THE_SHOP = {"review_access", "unlock_pin", *(one for one in FOR_STAFF if "/v1/fleet" in one or "/v1/access" in one)}


def allowed(name: str, rule: Rule, role: Role, hers: Customer) -> bool:
    """Return what the table says of somebody of Ginza: of her customers, or one of Umeda. What is about the shop of the
    device is within scope, whoever the customer is."""
    everywhere = role in (Role.STYLIST, Role.HEAD_OFFICE)
    right = rule.right(role)
    return right is Right.ANY or (right is Right.OWN and (hers is YUMI or everywhere or name in OF_THE_SHOP))


@SQLITE
@pytest.mark.parametrize("hers", [YUMI, HERS], ids=["in_scope", "out_of_scope"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", COMMANDS)
def test_commands(kind: str, role: Role, hers: Customer, device: Device, retailer: Engine, clock: MovableClock) -> None:
    """A command that is allowed is carried out; any other is refused by the table, whatever it names."""
    who = BY_ROLE[role]
    prepare(retailer, clock, hers, who, kind)
    if kind == "resume_contact":
        write(retailer, clock, matrix.stopped(hers))
    made = matrix.command(kind, hers, who)
    if kind == "review_access":
        device.do(matrix.command("record_view", hers, matrix.COLLEAGUE), matrix.COLLEAGUE.id)
        made = made.model_copy(update={"flag_id": matrix.flag_of_a_colleague(retailer)})
    outcome = device.do(made, who.id)
    code = outcome.reason.code if outcome.reason is not None else ""
    assert outcome.accepted == allowed(kind, COMMANDS[kind], role, hers), code
    assert outcome.accepted or code in BY_THE_TABLE


@SQLITE
def test_a_region(device: Device, retailer: Engine, clock: MovableClock) -> None:
    """A manager of a region has the say in every shop of it, and in none of another."""
    region = MANAGER.model_copy(update={"scope": Scope.REGION})
    prepare(retailer, clock, HERS, region)
    pause = matrix.command("pause_sending", HERS, region)
    write(
        retailer,
        clock,
        region,
        GINZA.model_copy(update={"region": "east"}),
        UMEDA.model_copy(update={"region": "west"}),
    )
    assert not device.do(pause, region.id).accepted
    write(retailer, clock, UMEDA.model_copy(update={"region": "east"}))
    assert device.do(pause, region.id).accepted


def call(tablet: HttpDevice, name: str, hers: Customer, staff_id: str | None) -> httpx.Response:
    """Call one endpoint for staff about a customer."""
    method, _, path = name.partition(" ")
    filled = {"{customer_id}": hers.id, "{app_id}": "ab" * 9, "{attachment_id}": "sent"}
    filled |= {"{device_id}": tablet.enrolment.device_id, "{command_id}": "left"}
    for hole, value in filled.items():
        path = path.replace(hole, value)
    headers = {STAFF_HEADER: staff_id} if staff_id is not None else {}
    if name == "GET /v1/attachments/{attachment_id}":  # it asked for this before there was a header
        path += f"?staff_id={staff_id or ''}"
    body: dict[str, object] = {"kind": "interaction", "id": "secret"} if "reveal" in name else {}
    if "quarantine" in name:
        body = {"accept": False}
    options = {"json": body} if method == "POST" else {}
    if path == "/v1/customers":
        path += f"?q={hers.member_number}"
    return tablet.call(method, path, headers=headers, **options)


@SQLITE
@pytest.mark.parametrize("hers", [YUMI, HERS], ids=["in_scope", "out_of_scope"])
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("name", FOR_STAFF)
def test_endpoints_for_staff(
    name: str,
    role: Role | None,
    hers: Customer,
    app: FastAPI,
    tablet: HttpDevice,
    retailer: Engine,
    clock: MovableClock,
) -> None:
    """The table's answer for every role; where nobody is named, the narrowest role's. A customer out of scope is not there."""
    app.include_router(attachments(VAULT))
    app.include_router(own_phone("secret", "https://shop.example.jp", "@elm"))
    who = BY_ROLE[role or Role.ASSOCIATE]
    prepare(retailer, clock, hers, who)
    with transaction(retailer) as conn:
        quarantine.add(conn, tablet.enrolment.device_id, "left", b"sealed", clock())
    rule = ENDPOINTS[name].rule
    assert rule is not None
    expected = allowed(name, rule, role or Role.ASSOCIATE, hers)
    answer = call(tablet, name, hers, who.id if role is not None else None)
    if name in ("POST /v1/invitations", "POST /v1/customers/{customer_id}/line") and role is None:
        assert answer.status_code == 403, "a code is shown by somebody"
    elif name.startswith("GET /v1/attachments") and role is None:
        assert answer.status_code == 422, "it does not answer nobody"
    elif name.endswith("/reveal") and expected:
        field = next(one for one in FIELDS if one.kind == "interaction")
        assert (answer.status_code == 200) == (role is not None and allowed(name, field.rule, role, hers))
        assert answer.status_code in (200, 403)
    else:
        assert (answer.status_code == 200) == expected, answer.text
        assert expected or answer.status_code in (403, 404)


@pytest.fixture
def whole(tmp_path: Path, retailer: Engine, clock: MovableClock) -> FastAPI:
    """The whole server with every door open: ingest, webhooks of every provider, pages of customers."""
    settings = ServerSettings(
        _env_file=None, data=tmp_path, embedded_worker=False, public_url="https://shop.example.jp",
        segment_write_key=SecretStr("k"), line_channel_token=SecretStr("t"), line_channel_secret=SecretStr("s"),
        twilio_account_sid="AC1", twilio_auth_token=SecretStr("t"), twilio_from="+815000000000", scim_token=SecretStr("s"),
    )  # fmt: skip
    return create_app(settings, clock, engine=retailer)


@SQLITE
def test_every_endpoint_is_in_the_table(whole: FastAPI) -> None:
    """A new endpoint is shut until the table says who may call it, and the table names none that is not there."""
    documented = {
        f"{method.upper()} {path}" for path, operations in whole.openapi()["paths"].items() for method in operations
    }
    by_other_documents = {"GET /openapi.json", *(name for name in ENDPOINTS if "/scim/v2/" in name)}
    assert documented | by_other_documents == {name.replace("{path:path}", "{path}") for name in ENDPOINTS}
    assert COMMANDS.keys() == HANDLERS.keys()


@SQLITE
def test_an_endpoint_that_is_not_in_the_table(app: FastAPI, http: TestClient) -> None:
    """It is refused, whoever made it and forgot the table."""
    forgotten = APIRouter()
    forgotten.add_api_route("/v1/forgotten", lambda: "everything", methods=["GET"])
    app.include_router(forgotten)
    answer = http.get("/v1/forgotten")
    assert (answer.status_code, answer.json()["params"]) == (403, {"reason": "not_listed"})


@SQLITE
def test_nobody_comes_in_without_what_the_door_asks_for(whole: FastAPI) -> None:
    """Without a signature, code, link or key every door but the open ones says no."""
    answers = {
        Door.DEVICE: {401},
        Door.STAFF: {401},
        Door.CODE: {403, 422},
        Door.LINK: {400, 404},
        Door.SOURCE: {401, 403},
    }
    with TestClient(whole, base_url="http://server.test", follow_redirects=False) as http:
        for name, endpoint in ENDPOINTS.items():
            method, _, path = name.partition(" ")
            for hole in ("{path:path}", "{token}", "{name}", "{customer_id}", "{attachment_id}", "{product_id}"):
                path = path.replace(hole, "none")
            path = path.replace("{device_id}", "none").replace("{user_id}", "none")
            path = path.replace("{app_id}", "ab" * 9)
            form = path.startswith("/webhooks/twilio") or endpoint.door is Door.LINK
            headers = {PROTOCOL_HEADER: str(PROTOCOL_VERSION)}
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
            content = (b"MessageSid=SM1&MessageStatus=sent" if form else b"{}") if method == "POST" else None
            status = http.request(method, path, headers=headers, content=content, params={"staff_id": "x"}).status_code
            assert endpoint.door is Door.OPEN or status in answers[endpoint.door], (name, status)
            assert endpoint.door is not Door.OPEN or status in (200, 404, 503), (name, status)
