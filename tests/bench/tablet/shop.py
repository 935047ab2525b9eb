"""A shop with 20,000 customers on a tablet that holds them all, sealed; some of them carry codes that can be scanned."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import Client
from sync.clock import system_clock
from sync.model.customer import Customer, MembershipKey
from sync.model.shop import RetailerSettings, StaffPin
from sync.policy.membership import make_code
from sync.server.database import transaction
from sync.server.repository.records import Records
from tests.bench.sync import workload
from tests.bench.sync.house import House, house, sync

CUSTOMERS, CHILDREN = 20_000, 4
SCANNED = 30
RETAILER = 7
PIN = "246135"
STAFF = workload.STAFF[0]
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@contextmanager
def shop(folder: Path, customers: int = CUSTOMERS) -> Iterator[House]:
    """Serve the shop, with one member of staff who has a PIN."""
    with house(folder, customers, CHILDREN) as made:
        public = _KEY.public_key().public_bytes_raw().hex()
        keys = [
            MembershipKey(id=app_id(number), customer_id=workload.customer(number)["id"], public_key=public)
            for number in scanned(customers)
        ]
        with transaction(made.engine) as conn:
            Records(conn, system_clock).put_many(
                [
                    RetailerSettings(
                        id="retailer", number=RETAILER, brand="アオバ", legal_name="株式会社アオバ",
                        postal_address="東京都中央区銀座1-1-1", contact="info@aoba.example",
                    ),
                    StaffPin(id="pin-0", staff_id=STAFF, pin_hash=PasswordHasher().hash(PIN)),
                    *keys,
                ]
            )  # fmt: skip
        yield made


def scanned(customers: int = CUSTOMERS) -> list[int]:
    """Return the numbers of the customers who have codes."""
    return Random(5).sample(range(customers), SCANNED)


def app_id(number: int) -> str:
    return f"{number:018x}"


def code(number: int) -> str:
    """Return what her app shows now."""
    return make_code(_KEY, RETAILER, app_id(number), system_clock())


def known(number: int) -> Customer:
    return Customer.model_validate(workload.customer(number))


def tablet(made: House) -> Client:
    """Return a tablet that holds everything."""
    client = made.tablet()
    sync(client)
    return client
