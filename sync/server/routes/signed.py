"""The device behind a request, and how the documentation says that there must be one."""

from typing import Annotated, Any

from fastapi import Depends, Request

from sync.errors import BadProof, DeviceRevoked, NotSignedIn, Unavailable, WrongProtocol
from sync.model.fleet import REPORT_HEADER
from sync.protocol import PROTOCOL_HEADER
from sync.server.auth import SPOKEN
from sync.server.core import core_of
from sync.server.repository.devices import Device
from sync.server.routes.problems import Responses, problems
from sync.server.service import Service

SECURITY_SCHEMES = {
    "DeviceToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`DPoP` and the token that the device got when it enrolled.",
    },
    "DeviceProof": {
        "type": "apiKey",
        "in": "header",
        "name": "DPoP",
        "description": "An RFC 9449 proof for this one request, signed by the device's Ed25519 key (EdDSA); claims htm, "
        "htu, iat, jti and ath.",
    },
}

SIGNED: dict[str, Any] = {
    "security": [{"DeviceToken": [], "DeviceProof": []}],
    "parameters": [
        {
            "in": "header",
            "name": PROTOCOL_HEADER,
            "required": True,
            "description": "The version of the protocol that the device speaks.",
            "schema": {"type": "string", "enum": [str(version) for version in SPOKEN]},
        }
    ],
}
"""What the documentation of a signed route has besides (`openapi_extra`)."""

SIGNED_PROBLEMS: Responses = problems(NotSignedIn, BadProof, DeviceRevoked, WrongProtocol, Unavailable)


def device_of(request: Request) -> Device:
    """Return the device that signed this request; raise what `Authenticator.device` does."""
    return _signer(request, revoked_too=False)


def any_device_of(request: Request) -> Device:
    """Return the device that signed this request, also one that was revoked."""
    return _signer(request, revoked_too=True)


def _signer(request: Request, *, revoked_too: bool) -> Device:
    headers = request.headers
    device = core_of(request).auth.device(
        method=request.method,
        host=headers.get("host", ""),
        path=request.url.path,
        authorization=headers.get("authorization", ""),
        proof=headers.get("dpop", ""),
        protocol=headers.get(PROTOCOL_HEADER),
        report=headers.get(REPORT_HEADER),
        revoked_too=revoked_too,
    )
    request.state.device_id = device.id
    return device


SignedBy = Annotated[Device, Depends(device_of)]
SignedByAny = Annotated[Device, Depends(any_device_of)]


async def service_of(request: Request, device: SignedBy) -> Service:  # waits for nothing: not worth a thread
    """Return what answers the device that signed this request."""
    return core_of(request).service(device, int(request.headers[PROTOCOL_HEADER]))


Answering = Annotated[Service, Depends(service_of)]
