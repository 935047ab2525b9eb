"""The wire between a device and the server: one contract that the HTTP client and the server's service both implement."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import Field

from sync.model.base import Frozen, Id, Instant
from sync.model.commands import Envelope, Outcome

PROTOCOL_VERSION = 2
PROTOCOL_HEADER = "X-Clienteling-Protocol"
STAFF_HEADER = "X-Clienteling-Staff"
"""Which member of staff asks, where it matters; without it a request is answered as to the narrowest role."""


class Row(NamedTuple):
    """One record on the wire; as JSON an array in this order."""

    kind: str
    id: str
    customer_id: str | None
    """None for what is no customer's: shops, staff, catalogue, stock."""
    data: dict[str, Any] | None
    """None is a tombstone: the record is gone, or has left this device's scope."""
    tag: int = 0
    """40 bits that stand for this content of this record; a digest is their sum. 0 from a server of protocol 1."""


class Digest(NamedTuple):
    """What a device must hold of one kind once it has taken in everything up to a cursor."""

    records: int
    total: int
    """The sum of the records' tags."""


class Page(Frozen):
    """A stretch of the change feed. Rows are in feed order; a later row replaces an earlier one of the same id."""

    epoch: str
    """Changes when the server's history was replaced (a restored backup): the cache must be built anew."""
    cursor: int
    more: bool
    server_time: Instant
    total: int | None = None
    """On a first sync, about how many rows there are in all, for a progress bar."""
    rows: tuple[Row, ...]
    digests: dict[str, Digest] | None = None
    """Of each kind that is compared, on the last page (`more` is False); None where the server cannot say just now."""
    lease_seconds: int | None = Field(default=None, exclude_if=lambda seconds: seconds is None)
    """How long the device may hold the key of its scope from now on without another contact; None from servers of before."""
    key_version: int | None = Field(default=None, exclude_if=lambda version: version is None)
    """The newest key of the device's scope: one that does not have it asks for it (`lease`)."""


Rebuilt = Literal["file", "damaged", "history", "mismatch", "fell_behind"]
"""Why a device built its cache anew: the file could not be opened (or is of an older version), something in it did not read
back, the server's history was replaced, it had not what the server says it should have, or it was away for so long that
the server no longer keeps what it missed."""


class PullRequest(Frozen):
    epoch: str | None = None
    """None on a first sync."""
    cursor: int = Field(default=0, ge=0, lt=2**53)
    limit: int = Field(default=2000, ge=1, le=5000)
    rebuilt: Rebuilt | None = None
    """Reported once, after a rebuild, so that whoever runs the server can see that there are some."""


class PushRequest(Frozen):
    commands: tuple[Envelope, ...] = Field(min_length=1, max_length=200)


class PushAnswer(Frozen):
    outcomes: tuple[Outcome, ...]
    server_time: Instant


class SealedWork(Frozen):
    """A command that only the server opens."""

    id: Id
    sealed: str = Field(min_length=100, max_length=200_000, pattern="^([0-9a-f]{2})+$", repr=False)
    """In hex: a box (`sync.sealed.box`)."""


class HandOver(Frozen):
    """What a revoked device did and could not send any more."""

    commands: tuple[SealedWork, ...] = Field(min_length=1, max_length=100)


class HandedOver(Frozen):
    taken: tuple[Id, ...]
    """It waits for a manager now; the device need not hand it over again."""
    server_time: Instant


class EnrolRequest(Frozen):
    code: str = Field(min_length=8, max_length=200)
    name: str = Field(min_length=1, max_length=80)
    serial: str = Field(default="", max_length=80, exclude_if=lambda text: not text)
    """The device's serial number; a code may be bound to one."""
    public_key: dict[str, str] = Field(
        json_schema_extra={
            "required": ["kty", "crv", "x"],
            "properties": {
                "kty": {"type": "string", "const": "OKP"},
                "crv": {"type": "string", "const": "Ed25519"},
                "x": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
            },
            "not": {"required": ["d"]},
        }
    )
    """The device's Ed25519 key as a JWK, without the private part."""
    wrapped: bool = Field(default=False, exclude_if=lambda wrapped: not wrapped)
    """The device opens keys that are wrapped for it: none travels in clear."""
    unsent_of: Id | None = Field(default=None, exclude_if=lambda shop: shop is None)
    """The shop of which this device still has unsent work: another one does not take it in meanwhile."""


class Lease(Frozen):
    """The key of a device's scope, lent until so many seconds after the last contact."""

    scope: str
    key_version: int
    wrapped_key: str = Field(repr=False)
    """In hex: a box (`sync.sealed.box`) that only this device opens."""
    seconds: int = Field(gt=0)
    server_key: str
    """In hex: the X25519 key for which unsent work is sealed besides."""
    server_time: Instant


class Enrolment(Frozen):
    device_id: Id
    shop_id: Id
    token: str = Field(repr=False)
    scope: str
    scope_key: str = Field(default="", repr=False)
    """256 bits in hex: seals the personal records of this scope, in snapshots and on this device. Only for devices that
    do not open a wrapped one."""
    scope_key_version: int = 1
    lease: Lease | None = Field(default=None, exclude_if=lambda lease: lease is None)
    """The same key wrapped for this device."""
    server_time: Instant


class CustomerHit(Frozen):
    """What a search beyond the cache shows of a customer: enough to tell her apart, no more."""

    customer_id: Id
    name: str
    kana: str
    member_number: str
    home_shop_id: Id | None = None
    last_visit_at: Instant | None = None


class CustomerRange(Frozen):
    """Everything of one customer, for a device whose scope does not hold her."""

    rows: tuple[Row, ...]
    server_time: Instant


class Lying(NamedTuple):
    """How many of a variant lie in a shop, as of a moment; as JSON an array in this order."""

    variant_id: str
    shop_id: str
    quantity: int
    at: Instant


class ProductStock(Frozen):
    """Where a product lies in the whole retailer. A shop that is not named has told nothing of it."""

    levels: tuple[Lying, ...]
    """In order of shop and variant."""
    complete: bool
    """False where there are so many that some were left out."""
    server_time: Instant


class Ground(Frozen):
    """What a new device needs before everything else: shops, staff and their PINs, so that somebody can sign in."""

    rows: tuple[Row, ...]
    server_time: Instant


class AccessEvent(Frozen):
    """One look at a customer's records."""

    at: Instant
    what: str
    """`view`, `reveal` or `attachment`."""
    purpose: str
    customer_id: Id


class AccessReview(Frozen):
    """What a manager said of unusual access."""

    at: Instant
    staff_id: Id
    word: str


class AccessFlag(Frozen):
    """Access that stands out: by which rule, whose, and how much of it."""

    id: str
    rule: str
    """One of `sync.policy.unusual.RULES`."""
    staff_id: Id
    since: Instant
    until: Instant
    customers: int
    count: int
    events: tuple[AccessEvent, ...]
    """The newest where there are many."""
    reviews: tuple[AccessReview, ...]
    """Oldest first."""
    open: bool
    """Whether nobody has looked at it, or not since the last of its events."""


class AccessReport(Frozen):
    """Access that stands out on the devices of a shop, the newest first."""

    flags: tuple[AccessFlag, ...]
    more: int
    """How many more there are than are given."""
    since: Instant
    server_time: Instant


class Changed(Frozen):
    """What the live channel says: there is something up to this cursor, or nothing new at this time."""

    cursor: int
    server_time: Instant
    after: int | None = None
    """Where `rows` begin: whoever stands at this cursor may take them in instead of pulling. None: pull."""
    epoch: str | None = None
    rows: tuple[Row, ...] = ()


class Snapshot(Frozen):
    """A file that holds a whole scope at one cursor, or how far the building of one is."""

    ready: bool
    share: float = Field(default=0.0, ge=0, le=1)
    """How much of it is built, where it is not ready."""
    name: str = ""
    """Names these bytes and no others; asked for by `snapshot_bytes`."""
    format: int = 0
    epoch: str = ""
    cursor: int = 0
    size: int = 0
    """Bytes to fetch (zstd)."""
    sha256: str = ""
    """Of the bytes to fetch."""
    nonce: str = Field(default="", pattern="^([0-9a-f]{24})?$", exclude_if=lambda nonce: not nonce)
    mac: str = Field(default="", exclude_if=lambda mac: not mac)
    """Of the bytes to fetch, by the scope's key and this nonce (GMAC), both in hexadecimal digits. A server of before has none."""
    rows: int = 0
    key_version: int = Field(default=1, exclude_if=lambda version: version == 1)
    """Of the scope's key that sealed it."""
    ground: tuple[Row, ...] = Field(default=(), exclude_if=lambda rows: not rows)
    """What `Ground` has, where it was asked for."""
    server_time: Instant


class SyncApi(Protocol):
    """What a device asks of the server. Every call may raise any of `sync.errors`; the client's also `Offline`."""

    def pull(self, request: PullRequest) -> Page: ...

    def lease(self) -> Lease:
        """Return the newest key of the device's scope, wrapped for it."""

    def ground(self) -> Ground: ...

    def snapshot(self, *, ground: bool = False) -> Snapshot:
        """Return the snapshot of the device's scope, or how far it is: then ask again. Starts building one where needed.

        With `ground` what a new device needs first comes in the same answer; a server of before leaves it out.
        """

    def push(self, request: PushRequest) -> PushAnswer: ...

    def hand_over(self, request: HandOver) -> HandedOver:
        """Leave unsent work for a manager to look at: the one thing a revoked device may still do."""

    def customer(self, customer_id: str) -> CustomerRange: ...

    def customer_by_app(self, app_id: str) -> CustomerRange: ...

    def search(self, query: str, limit: int = 20) -> Sequence[CustomerHit]: ...

    def stock(self, product_id: str) -> ProductStock:
        """Return where a product lies in every shop: a device's scope holds the stock of a few. Raises NotFound."""


class LiveApi(Protocol):
    """The live channel: yields until the connection ends (raising `Offline`) or the caller stops iterating."""

    def events(self) -> Iterator[Changed]: ...
