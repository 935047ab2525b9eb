"""The documentation is complete and true: generated requests get the documented answers, and no failure of the server."""

import base64
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from pydantic import SecretStr
from schemathesis import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sync.clock import system_clock
from sync.server.app import create_app
from sync.server.database import make_engine
from sync.server.migrate import migrate
from sync.server.setup import database_url
from sync.settings import ServerSettings
from tests.integration.server.devices import Key, enrolled
from tests.integration.server.people import open_shop

KEY = Key()
EXAMPLES = 12
JUDGED_BY_CONTENT = ("/webhooks/twilio/status", "/c/{token}")
"""Forms whose fields depend on each other in ways that a schema does not say: a refusal is no fault there."""
WRITE_KEY = "write-key-of-the-test"


class Running:
    """The whole server, and a device that may talk to it."""

    def __init__(self, app: FastAPI, token: str) -> None:
        self.app = app
        self.token = token


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The whole server with ingest, webhooks and pages of customers, over SQLite."""
    data: Path = tmp_path_factory.mktemp("server")
    configured = ServerSettings(
        _env_file=None, data=data, embedded_worker=False, segment_write_key=SecretStr(WRITE_KEY)
    )
    engine = make_engine(database_url(configured))
    migrate(engine)
    open_shop(engine, system_clock)
    app = create_app(configured, system_clock, engine=engine)
    return Running(app, enrolled(engine, system_clock, KEY).token)


@pytest.fixture(scope="module")
def api(running: Running) -> BaseSchema:
    """What the server says of itself."""
    # No database stores a NUL; `Limits` refuses it before any route is asked.
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": False}})
    loaded = schemathesis.openapi.from_asgi("/openapi.json", running.app, config=config)
    # A stream of events does not end; test_live.py listens to it.
    return loaded.exclude(path="/v1/sync/events")


def test_every_route_documents_its_answers(api: BaseSchema) -> None:
    """Each signed route names both credentials, the protocol version, and the refusals that go with them."""
    signed = 0
    for path, operations in api.raw_schema["paths"].items():
        for operation in operations.values():
            if {"DeviceToken": [], "DeviceProof": []} in operation.get("security", []):
                signed += 1
                assert {"401", "403", "426", "503"} <= set(operation["responses"]), path
                assert any(each["name"] == "X-Clienteling-Protocol" for each in operation["parameters"]), path
    assert signed == 22


def test_what_is_documented_is_true(api: BaseSchema, running: Running, subtests: pytest.Subtests) -> None:
    """Each generated request, with the credentials that its route asks for, is answered as documented."""
    tried = 0
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        with subtests.test(found.ok().label):
            _try(found.ok(), running)
            tried += 1
    assert tried > 20


def _try(operation: APIOperation[Any, Any, Any, Any], running: Running) -> None:
    signed = "DeviceProof" in str(operation.definition.raw.get("security"))
    excluded: list[CheckFunction] = [positive_data_acceptance] if operation.path in JUDGED_BY_CONTENT else []

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def holds(case: schemathesis.Case[Any]) -> None:
        headers = {"Authorization": f"Basic {base64.b64encode(f'{WRITE_KEY}:'.encode()).decode()}"}
        if signed:
            url = f"http://testserver{case.formatted_path}"
            headers = KEY.headers(case.method.upper(), url, running.token, system_clock())
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    holds()
