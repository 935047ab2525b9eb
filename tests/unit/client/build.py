"""Records and clients for the device client's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import Client
from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.commands import LogInteraction, QueueMessage
from sync.model.customer import Channel, Customer, MembershipKey, Order, OrderLine, Visit
from sync.model.outreach import Cause, FollowUp, Reason
from sync.model.shop import RetailerSettings, Role, Shop, Staff, StaffPin
from sync.policy.badge import badge_code, badge_digest
from sync.settings import TabletSettings
from tests.unit.client.fake import SHOP, START, FakeServer, ManualClock

RETAILER = 4711
APP = "0102030405060708ff"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PIN = "246810"
BADGE = badge_code(bytes(range(16)))
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def customer(number: int = 1, **changed: object) -> Customer:
    plain: dict[str, object] = {
        "id": f"customer-{number}",
        "member_number": f"{100000 + number}",
        "family_name": "髙橋",
        "given_name": "美咲",
        "family_kana": "タカハシ",
        "given_kana": "ミサキ",
        "phone": f"+8190{12340000 + number}",
        "email": f"misaki{number}@example.jp",
        "home_shop_id": SHOP,
    }
    return Customer.model_validate({**plain, **changed})


def history(number: int = 1) -> list[Record]:
    """Return a customer with a key, an order, a visit and a follow-up."""
    customer_id = f"customer-{number}"
    public = KEY.public_key().public_bytes_raw().hex()
    app_id = APP if number == 1 else f"{number:018x}"
    price = Money(amount=32000)
    return [
        customer(number),
        MembershipKey(id=app_id, customer_id=customer_id, public_key=public),
        Order(
            id=f"order-{number}",
            customer_id=customer_id,
            number=f"N{number}",
            shop_id=SHOP,
            at=START - timedelta(days=40),
            lines=(OrderLine(variant_id="variant-1", sku="SKU-1", name="リネンワンピース", price=price),),
            total=price,
        ),
        Visit(id=f"visit-{number}", customer_id=customer_id, shop_id=SHOP, at=START - timedelta(days=40)),
        FollowUp(
            id=f"follow-up-{number}",
            customer_id=customer_id,
            shop_id=SHOP,
            cause=Cause.AFTER_VISIT,
            evidence=Reason(code="visited"),
            due_at=START + timedelta(days=1),
            created_at=START,
        ),
    ]


def ground() -> list[Record]:
    """Return what is no customer's: the retailer, a shop, staff with PINs, a product with stock."""
    return [
        RetailerSettings(
            id="retailer",
            number=RETAILER,
            brand="HANA",
            legal_name="株式会社花",
            postal_address="東京都",
            contact="x@hana.jp",
        ),
        Shop(id=SHOP, code="ginza", name="銀座本店", brand="HANA", controller="株式会社花"),
        Staff(id="staff-1", code="S1", family_name="佐藤", given_name="恵", shop_id=SHOP),
        Staff(id="staff-2", code="S2", family_name="鈴木", given_name="一", shop_id=SHOP, role=Role.MANAGER),
        Staff(id="staff-3", code="S3", family_name="田中", given_name="葵", shop_id=SHOP, may_send=False),
        StaffPin(id="pin-1", staff_id="staff-1", pin_hash=CHEAP.hash(PIN), badge=badge_digest(BADGE)),
        Product(id="product-1", code="P1", name="リネンワンピース", category="dress", image="products/p1.webp"),
        Variant(
            id="variant-1",
            product_id="product-1",
            sku="SKU-1",
            jan="4901234567894",
            size="M",
            price=Money(amount=32000),
        ),
        StockLevel(id="stock-1", variant_id="variant-1", shop_id=SHOP, quantity=3, at=START),
    ]


class World:
    """A device and its server; `reopen` is what a crash and a restart look like to the files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.server = FakeServer(clock=self.clock)
        self.ids = 0
        self.steady = 0.0
        """Seconds on the steady clock, which starts anew with the tablet."""
        self.uptime = 0.0
        """Seconds by the machine's own count, which nobody can set."""
        self.client = self._client()

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids:06d}"

    def settings(self) -> TabletSettings:
        return TabletSettings(data=self.folder / "data", key_file=self.folder / "keys" / "device.json")

    def _client(self) -> Client:
        client = Client(
            self.settings(),
            self.clock,
            api=self.server,
            new_id=self.new_id,
            steady=lambda: self.steady,
            monotonic=lambda: self.uptime,
        )
        client.open()
        return client

    def wait(self, seconds: float) -> None:
        """Time passes, on every clock."""
        self.steady += seconds
        self.clock.advance(seconds=seconds)

    def reopen(self) -> Client:
        self.client.close()
        self.steady = 0.0
        self.client = self._client()
        return self.client

    @property
    def cache_file(self) -> Path:
        return self.folder / "data" / "cache.db"

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@contextmanager
def world(folder: Path, *, customers: int = 3) -> Iterator[World]:
    """An enrolled, synced device."""
    made = World(folder)
    made.server.put(*ground())
    for number in range(1, customers + 1):
        made.server.put(*history(number))
    made.client.enrol("CODE-CODE")
    assert made.client.sync_once().error is None
    try:
        yield made
    finally:
        made.client.close()


def note(number: int = 1, text: str = "紺がお好き", customer_id: str = "customer-1") -> LogInteraction:
    return LogInteraction(interaction_id=f"note-{number}", customer_id=customer_id, shop_id=SHOP, text=text)


def message(number: int = 1, **changed: object) -> QueueMessage:
    plain: dict[str, object] = {
        "message_id": f"message-{number}",
        "customer_id": "customer-1",
        "shop_id": SHOP,
        "channel": Channel.EMAIL,
        "cause": Cause.AFTER_VISIT,
        "subject": "ご来店のお礼",
        "body": "先日はありがとうございました。",
    }
    return QueueMessage.model_validate({**plain, **changed})
