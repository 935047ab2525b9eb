"""Which device is asking: its token, and the proof that it holds the key the token was given to."""

import hashlib
from datetime import timedelta

from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import BadProof, DeviceRevoked, NotSignedIn, WrongProtocol
from sync.model.fleet import DeviceReport
from sync.protocol import PROTOCOL_VERSION
from sync.server.database import reading, transaction
from sync.server.enrolment import secret_hash
from sync.server.proof import WINDOW, SignedRequest, check
from sync.server.repository import devices
from sync.server.repository.devices import Device

_SEEN_EVERY = timedelta(seconds=60)
SPOKEN = tuple(range(max(1, PROTOCOL_VERSION - 2), PROTOCOL_VERSION + 1))
"""Protocol versions that this server speaks."""


class Authenticator:
    """Tells devices by their signed requests."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def device(
        self,
        *,
        method: str,
        host: str,
        path: str,
        authorization: str,
        proof: str,
        protocol: str | None,
        report: str | None = None,
        revoked_too: bool = False,
    ) -> Device:
        """Return the device that signed a request; one that was revoked only where it is asked for (`revoked_too`).

        Raises WrongProtocol, NotSignedIn (no or unknown token), DeviceRevoked, or BadProof with a `reason`
        (see `sync.server.proof.check`; here also `wrong_key` for a copied token and `replayed`).
        """
        if protocol not in {str(version) for version in SPOKEN}:
            raise WrongProtocol(spoken=list(SPOKEN))
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "dpop" or not token:
            raise NotSignedIn(reason="no_token")
        hidden, now = secret_hash(token), self._clock()
        signed = SignedRequest(method=method, host=host, path=path, token=token, proof=proof)
        try:
            found = check(signed, now)
        except BadProof:
            with reading(self._engine) as conn:
                if devices.by_token(conn, hidden) is None:
                    raise NotSignedIn(reason="unknown_token") from None
            raise
        told = DeviceReport.of_header(report)
        # In a transaction of its own: a proof stays spent whatever becomes of the request. The disk is not waited for: who
        # could copy a request and have it sent again within its two minutes would need a power cut in between as well.
        with transaction(self._engine, durable=False) as conn:
            device = devices.by_token(conn, hidden)
            if device is None:
                raise NotSignedIn(reason="unknown_token")
            if found.thumbprint != device.key_thumbprint:
                raise BadProof(reason="wrong_key")
            if device.revoked_at is not None and not revoked_too:
                raise DeviceRevoked()
            spent = hashlib.sha256(f"{device.id}\x1f{found.jti}".encode()).hexdigest()
            if not devices.spend_proof(conn, spent, now, now + 2 * WINDOW):
                raise BadProof(reason="replayed")
            if device.last_seen_at is None or now - device.last_seen_at > _SEEN_EVERY or _is_news(device, told):
                devices.seen(conn, device.id, now, told)
        return device


def _is_news(device: Device, told: DeviceReport | None) -> bool:
    """Whether a report says what a manager should not read a minute late; that it synced again is not such news."""
    if told is None:
        return False
    known = (device.version, device.unsent, device.oldest_unsent_at, device.battery)
    return known != (told.version, told.unsent, told.oldest_unsent_at, told.battery)
