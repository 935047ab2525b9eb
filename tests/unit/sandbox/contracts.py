"""The providers' published contracts, found beside the project, as validators for requests and answers.

They are LINE's and Twilio's own documents and no part of the project. Where they are not there, the tests that use them
still hold what they hold without, and each comparison that could not be made is a warning in pytest's summary.
"""

import json
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

SPECS = Path(__file__).resolve().parents[4] / "shared" / "specs"


def _read(name: str) -> Any:
    text = (SPECS / name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


@cache
def line_api() -> OpenAPI:
    """LINE's Messaging API, its unions tightened so that an unknown message type is not let through."""
    return OpenAPI.from_dict(_tightened(_read("line/messaging-api.yml")))


@cache
def line_webhook() -> OpenAPI:
    """LINE's webhook, tightened likewise."""
    return OpenAPI.from_dict(_tightened(_read("line/webhook.yml")))


@cache
def twilio_api() -> OpenAPI:
    """Twilio's Messages."""
    return OpenAPI.from_dict(_read("twilio/messages.json"))


def _tightened(document: dict[str, Any]) -> dict[str, Any]:
    """Turn each base schema with a discriminator into `oneOf` of its kinds, and pin each kind's own type name."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    for name in [name for name, schema in schemas.items() if "mapping" in schema.get("discriminator", {})]:
        base = schemas[name]
        discriminator = base.pop("discriminator")
        kinds = discriminator["mapping"]
        schemas[f"{name}Base"] = base
        schemas[name] = {"oneOf": [{"$ref": ref} for ref in dict.fromkeys(kinds.values())]}
        for value, ref in kinds.items():
            kind = schemas[ref.rsplit("/", 1)[1]]
            for part in kind.get("allOf", []):
                if part.get("$ref") == f"#/components/schemas/{name}":
                    part["$ref"] = f"#/components/schemas/{name}Base"
            kind.setdefault("allOf", []).append({"properties": {discriminator["propertyName"]: {"enum": [value]}}})
    return document


def request_error(api: OpenAPI, host: str, method: str, path: str, **parts: Any) -> str:
    """Return what the contract says against a request; empty where it is valid."""
    try:
        api.validate_request(MockRequest(host, method, path, **parts))
    except OpenAPIError as error:
        return repr(error.__cause__ or error)
    return ""


def check_request(
    api: Callable[[], OpenAPI], host: str, method: str, path: str, *, allowed: bool = True, **parts: Any
) -> None:
    """Assert that the contract allows, or forbids, a request."""
    if _there():
        said = request_error(api(), host, method, path, **parts)
        assert (said == "") is allowed, said or "the contract allows it"


def check_answer(
    api: Callable[[], OpenAPI], host: str, method: str, path: str, answer: httpx.Response, **parts: Any
) -> None:
    """Hold an answer to the contract; raises where it breaks it."""
    if _there():
        kind = answer.headers.get("content-type", "application/json")
        response = MockResponse(answer.content, status_code=answer.status_code, content_type=kind)
        api().validate_response(MockRequest(host, method, path, **parts), response)


def _there() -> bool:
    if SPECS.is_dir():
        return True
    warnings.warn(f"MISSING: the providers' published contracts; expected the folder {SPECS}", stacklevel=3)
    return False
