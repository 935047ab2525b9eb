"""Proof of possession by RFC 9449 (DPoP): the request comes from whoever holds the device's key, once, and now.

A copied token is worthless without the key; a copied proof is worthless for another request, later, or twice. `htu` is
compared by host (against the Host header, which relays and proxies keep) and path, without scheme, query and fragment:
TLS ends before this process.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import jwt
from jwt.algorithms import OKPAlgorithm

from sync.errors import BadField, BadProof
from sync.model.base import Frozen

WINDOW = timedelta(seconds=120)
"""How far `iat` may lie from the server's time, either way."""
_LONGEST = 4096


class SignedRequest(Frozen):
    """What of a request a proof is held against."""

    method: str
    host: str
    path: str
    token: str
    proof: str


class Proof(Frozen):
    """A proof that holds for its request; that its key is the device's, and that it is new, is still to be seen."""

    thumbprint: str
    jti: str


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of an Ed25519 public key; raise BadField for any other key."""
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(jwk.get("x"), str) or "d" in jwk:
        raise BadField("The public key must be an Ed25519 key as a JWK.", field="public_key")
    try:
        OKPAlgorithm.from_jwk(dict(jwk))
    except (jwt.InvalidKeyError, ValueError, TypeError) as error:
        raise BadField("The public key cannot be read.", field="public_key") from error
    canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x")}, separators=(",", ":"), sort_keys=True)
    return _b64(hashlib.sha256(canonical.encode()).digest())


def token_digest(token: str) -> str:
    """Return how a token stands in a proof (`ath`)."""
    return _b64(hashlib.sha256(token.encode()).digest())


def check(request: SignedRequest, now: datetime) -> Proof:
    """Verify the proof of a request; raise BadProof whose `reason` says what does not hold.

    Reasons: missing, malformed, forged, wrong_method, wrong_url, wrong_token, stale (with `server_time`, by which a
    device corrects its clock).
    """
    if not request.proof:
        raise BadProof(reason="missing")
    claims, key = _verified(request.proof)
    if claims.get("htm") != request.method:
        raise BadProof(reason="wrong_method")
    if not _same_address(claims.get("htu"), request.host, request.path):
        raise BadProof(reason="wrong_url")
    if claims.get("ath") != token_digest(request.token):
        raise BadProof(reason="wrong_token")
    issued, jti = claims.get("iat"), claims.get("jti")
    if not isinstance(jti, str) or not 8 <= len(jti) <= 200:
        raise BadProof(reason="malformed")
    if not isinstance(issued, int | float) or isinstance(issued, bool):
        raise BadProof(reason="malformed")
    # Written so that NaN, which is nowhere near any time, is refused too.
    if not abs(issued - now.timestamp()) <= WINDOW.total_seconds():
        raise BadProof(reason="stale", server_time=now.isoformat())
    return Proof(thumbprint=key, jti=jti)


def _verified(proof: str) -> tuple[dict[str, Any], str]:
    """Return what a proof claims, and the thumbprint of the key that signed it."""
    try:
        if len(proof) > _LONGEST:
            raise BadProof(reason="malformed")
        header = jwt.get_unverified_header(proof)
        jwk = header.get("jwk")
        if header.get("typ") != "dpop+jwt" or header.get("alg") != "EdDSA" or not isinstance(jwk, dict):
            raise BadProof(reason="malformed")
        signer = thumbprint(jwk)
        key = OKPAlgorithm.from_jwk(jwk)
        options = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
        return jwt.decode(proof, key, algorithms=["EdDSA"], options=options), signer  # type: ignore[arg-type]
    except jwt.InvalidSignatureError as error:
        raise BadProof(reason="forged") from error
    except (jwt.PyJWTError, BadField, ValueError, TypeError) as error:
        raise BadProof(reason="malformed") from error


def _same_address(htu: object, host: str, path: str) -> bool:
    if not isinstance(htu, str):
        return False
    try:
        parts = urlsplit(htu)
    except ValueError:
        return False
    return parts.netloc.lower() == host.lower() and unquote(parts.path or "/") == path


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
