"""One tree of errors.

    ClientelingError
    ├── BadInput                 400  what was sent cannot be understood
    │   ├── BadField             422  one field of it is wrong (names the field)
    │   ├── BadFile              422  an import file has bad rows (names row and field of each)
    │   └── BadSetting           -    a setting is wrong (names it, its value and what is allowed)
    ├── NotSignedIn              401  no or wrong credentials
    │   └── BadProof             401  the device's proof for this request does not hold
    ├── NotAllowed               403  known, but not permitted
    │   └── DeviceRevoked        403  this device may no longer take part
    ├── NotFound                 404
    ├── Conflict                 409  the same id came before with other content
    ├── FellBehind               410  what this device missed is no longer kept: it starts over
    ├── TooLarge                 413
    ├── WrongProtocol            426  this protocol version is not spoken here
    └── Unavailable              503  try again later
        └── Offline              -    no network between this device and the server

The docstring of a class is its message where none is given. `code` and `params` travel to the other side, which words
them for its reader; `status` is the HTTP status a route answers with.
"""

from typing import Any, ClassVar


class ClientelingError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, **params: Any) -> None:
        super().__init__(message or type(self).__doc__)
        self.params = params

    def as_dict(self) -> dict[str, Any]:
        """Return the error as it travels: `{"code", "message", "params"}`."""
        return {"code": self.code, "message": str(self), "params": self.params}


class BadInput(ClientelingError):
    """What was sent cannot be understood."""

    status, code = 400, "bad_input"


class BadField(BadInput):
    """A field has a value that is not allowed."""

    status, code = 422, "bad_field"


class BadFile(BadInput):
    """A file has rows that cannot be taken."""

    status, code = 422, "bad_file"


class BadSetting(BadInput):
    """A setting has a value that is not allowed."""

    code = "bad_setting"


class NotSignedIn(ClientelingError):
    """Who is asking is not known."""

    status, code = 401, "not_signed_in"


class BadProof(NotSignedIn):
    """The device's proof for this request does not hold."""

    code = "bad_proof"


class NotAllowed(ClientelingError):
    """This is not permitted."""

    status, code = 403, "not_allowed"


class DeviceRevoked(NotAllowed):
    """This device may no longer take part."""

    code = "device_revoked"


class NotFound(ClientelingError):
    """There is no such thing."""

    status, code = 404, "not_found"


class Conflict(ClientelingError):
    """The same id came before with other content."""

    status, code = 409, "conflict"


class FellBehind(ClientelingError):
    """What this device has missed is no longer kept; it has to start over."""

    status, code = 410, "fell_behind"


class TooLarge(ClientelingError):
    """What was sent is larger than is taken."""

    status, code = 413, "too_large"


class WrongProtocol(ClientelingError):
    """This protocol version is not spoken here."""

    status, code = 426, "wrong_protocol"


class Unavailable(ClientelingError):
    """Not possible right now; try again later."""

    status, code = 503, "unavailable"


class Offline(Unavailable):
    """No network between this device and the server."""

    code = "offline"


def error_classes() -> dict[str, type[ClientelingError]]:
    """Return every class of the tree by its code, for whoever turns an answer back into an error."""
    found: dict[str, type[ClientelingError]] = {}
    pending: list[type[ClientelingError]] = [ClientelingError]
    while pending:
        cls = pending.pop()
        found[cls.code] = cls
        pending.extend(cls.__subclasses__())
    return found
