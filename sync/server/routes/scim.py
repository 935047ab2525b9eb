"""The addresses of SCIM: /scim/v2/Users and what a provider asks before it. Only there where a token is set."""

import hmac
import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from sync.server.scim import MOST, ScimError, Users

LARGEST_BODY = 256 * 1024
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


class ScimResponse(JSONResponse):
    media_type = "application/scim+json"


def router(users: Users, token: str) -> APIRouter:
    """Return the routes. `token` is the bearer token that the provider shows; it must not be empty."""
    if not token:
        raise ValueError("SCIM needs a token.")
    # Not in the documentation of our own protocol: RFC 7644 is its documentation, and its errors have a form of their own.
    routes = APIRouter(prefix="/scim/v2", include_in_schema=False)

    def answering(work: Callable[..., Any], status: int = 200) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                _authenticate(request, token)
                body = [await _body(request)] if request.method in {"POST", "PUT", "PATCH"} else []
                found = await run_in_threadpool(work, *request.path_params.values(), *body)
            except ScimError as error:
                return _refused(error)
            if found is None:
                return Response(status_code=204)
            headers = {"Location": found["meta"]["location"]} if status == 201 else None
            return ScimResponse(found, status_code=status, headers=headers)

        return answer

    async def listed(request: Request) -> Response:
        try:
            _authenticate(request, token)
            query = request.query_params
            start, count = _number(query.get("startIndex", "1")), _number(query.get("count", str(MOST)))
            return ScimResponse(await run_in_threadpool(users.find, query.get("filter", ""), start, count))
        except ScimError as error:
            return _refused(error)

    routes.add_api_route("/Users", listed, methods=["GET"])
    routes.add_api_route("/Users", answering(users.create, 201), methods=["POST"])
    routes.add_api_route("/Users/{user_id}", answering(users.get), methods=["GET"])
    routes.add_api_route("/Users/{user_id}", answering(users.replace), methods=["PUT"])
    routes.add_api_route("/Users/{user_id}", answering(users.patch), methods=["PATCH"])
    routes.add_api_route("/Users/{user_id}", answering(users.delete), methods=["DELETE"])
    routes.add_api_route("/ServiceProviderConfig", answering(_config), methods=["GET"])
    return routes


def _authenticate(request: Request, token: str) -> None:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.casefold() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise ScimError(401, "The bearer token is missing or wrong.")


async def _body(request: Request) -> dict[str, Any]:
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > LARGEST_BODY:
            raise ScimError(413, f"The body is larger than {LARGEST_BODY} bytes.")
    try:
        value = json.loads(read)
        plain = json.dumps(value, ensure_ascii=False)
        plain.encode()
    except (ValueError, RecursionError) as error:
        raise ScimError(400, "The body is not valid JSON.", "invalidSyntax") from error
    if not isinstance(value, dict) or "\\u0000" in plain:
        raise ScimError(400, "The body is no JSON object of text and numbers.", "invalidSyntax")
    return value


def _number(text: str) -> int:
    if not text.lstrip("-").isdecimal() or len(text) > 9:
        raise ScimError(400, "startIndex and count are whole numbers.", "invalidValue")
    return int(text)


def _refused(error: ScimError) -> Response:
    body = {"schemas": [_ERROR], "status": str(error.status), "detail": error.detail}
    if error.scim_type:
        body["scimType"] = error.scim_type
    headers = {"WWW-Authenticate": 'Bearer realm="scim"'} if error.status == 401 else None
    return ScimResponse(body, status_code=error.status, headers=headers)


def _config() -> dict[str, Any]:
    no = {"supported": False}
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Bearer token", "description": "CLIENTELING_SCIM_TOKEN"}
        ],
    }
