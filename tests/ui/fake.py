"""A device in memory: the shape of the sync client, without files and without a network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sync.client.cache import NO_CATEGORIES
from sync.client.drafts import Drafts
from sync.client.effects import effect_of
from sync.client.outbox import Pending
from sync.client.products import find, typed_words
from sync.client.types import (
    Attached,
    Identification,
    IdentifyOutcome,
    PinOutcome,
    PinResult,
    StockEverywhere,
    SyncStatus,
)
from sync.errors import ClientelingError, Conflict, NotAllowed, NotFound, Offline
from sync.model.base import Record
from sync.model.catalogue import Product, StockLevel, Variant
from sync.model.commands import AnyCommand, CheckIn, PauseSending, RegisterCustomer, StopContact
from sync.model.commands_goods import AmendHold, AssignSlip, MoveHold, MoveSlip, NoteBelonging, OpenSlip, PlaceHold
from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    DropVisitDraft,
    FlagGift,
    HandOverVisit,
    KeepPromise,
    MakePromise,
    NoteAnswer,
    NoteCompanions,
    PassPromise,
    PlanFollowUp,
    WithdrawPromise,
)
from sync.model.customer import Customer, Visit, VisitSource
from sync.model.holds import Hold
from sync.model.own_phone import OwnPhoneLink
from sync.model.shop import Pause, PauseScope, RetailerSettings, Shift, Shop, Staff
from sync.policy.nearby import stock_shops
from sync.policy.playbook import Playbook, load_playbook
from sync.protocol import AccessReport, CustomerHit, Lying
from sync.sealed.names import fold
from sync.sealed.schema import WORD_FIELDS
from tests.ui.fake_fleet import FakeBrowsers, FakeManaging
from tests.ui.sample import BADGE, GINZA, MISAKI, NOW, PINS, everything

_SHOWN = (
    OpenSlip | MoveSlip | AssignSlip | NoteBelonging | PlaceHold | MoveHold | AmendHold
    | MakePromise | KeepPromise | PassPromise | WithdrawPromise
    | ChangeTray | FlagGift | NoteAnswer | NoteCompanions | HandOverVisit | DropVisitDraft | CloseVisit | AttachReceipt
    | PlanFollowUp | StopContact
)  # fmt: skip
"""Commands whose effect is worked out as a tablet does."""


class MemoryCache:
    """Records by kind and id."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.asked: dict[str, tuple[datetime, tuple[Lying, ...]]] = {}
        """What was asked of a product's stock in other shops, and when."""
        self.rows: dict[tuple[str, str], Record] = {(record.kind, record.id): record for record in records}

    def put(self, record: Record) -> None:
        self.rows[(record.kind, record.id)] = record

    def of(self, cls: type[Any]) -> list[Any]:
        return [record for record in self.rows.values() if isinstance(record, cls)]

    def customer_range(self, customer_id: str) -> list[Record]:
        return [r for r in self.rows.values() if getattr(r, "customer_id", None) == customer_id]

    def records(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Record]:
        def within(record: Record) -> bool:
            at = record.sort_at
            return at is None or ((since is None or at >= since) and (until is None or at < until))

        return [r for (k, _), r in self.rows.items() if k == kind and within(r)]

    def record(self, kind: str, record_id: str) -> Record | None:
        return self.rows.get((kind, record_id))

    def retailer(self) -> RetailerSettings | None:
        return next(iter(self.of(RetailerSettings)), None)

    def playbook(self) -> Playbook:
        return load_playbook()

    def shops(self) -> list[Shop]:
        return self.of(Shop)

    def staff(self) -> list[Staff]:
        return self.of(Staff)

    def shifts(self) -> list[Shift]:
        return self.of(Shift)

    def product(self, product_id: str) -> Product | None:
        found = self.rows.get(("product", product_id))
        return found if isinstance(found, Product) else None

    def products(self, ids: Iterable[str]) -> list[Product]:
        return [p for p in map(self.product, ids) if p]

    def variants_of(self, product_id: str) -> list[Variant]:
        return [v for v in self.of(Variant) if v.product_id == product_id]

    def stock_of(self, variant_ids: Iterable[str]) -> list[StockLevel]:
        wanted = set(variant_ids)
        return [s for s in self.of(StockLevel) if s.variant_id in wanted]

    def search_customers(self, text: str, limit: int = 20) -> list[Customer]:
        def hay(c: Customer) -> str:
            return f"{c.name} {c.kana} {c.member_number} {c.phone.replace('+81', '0')}".replace(" ", "")

        return [c for c in self.of(Customer) if text.replace(" ", "") in hay(c)][:limit]

    def search_products(self, text: str, limit: int = 20) -> list[Product]:
        return [p for p in self.of(Product) if text in p.name][:limit]

    def find_products(
        self, text: str, limit: int = 20, categories: Mapping[str, str] = NO_CATEGORIES
    ) -> list[tuple[Product, tuple[str, ...]]]:
        def lines(record: Record) -> str:
            return "\n".join(fold(str(getattr(record, name))) for name in WORD_FIELDS[record.kind])

        products = [(one.id, one.id, lines(one)) for one in self.of(Product)]
        variants = [(one.id, one.product_id, lines(one)) for one in self.of(Variant)]
        folded = {code: fold(names) for code, names in categories.items()}
        found = find(typed_words(text), products, variants, folded)[:limit]
        return [(self.products([one.product_id])[0], one.variant_ids) for one in found]

    def variant_of_jan(self, jan: str) -> Variant | None:
        return next((one for one in self.of(Variant) if one.jan == jan), None)

    def variants(self, ids: Iterable[str]) -> list[Variant]:
        wanted = set(ids)
        return [one for one in self.of(Variant) if one.id in wanted]

    def holds_of(self, ids: Iterable[str]) -> list[Hold]:
        wanted = set(ids)
        return [one for one in self.of(Hold) if one.variant_id in wanted]

    def unanswered(self, customer_id: str) -> set[str]:
        return set()

    def fetched_at(self, customer_id: str) -> datetime | None:
        return None

    def stock_everywhere(self, product_id: str, shop_id: str | None) -> StockEverywhere:
        own = next((one for one in self.shops() if one.id == shop_id), None)
        near = stock_shops(own, self.shops()) if own else frozenset()
        told = self.stock_of([one.id for one in self.variants_of(product_id)])
        levels = [Lying(one.variant_id, one.shop_id, one.quantity, one.at) for one in told if one.shop_id in near]
        asked = self.asked.get(product_id)
        return StockEverywhere(
            levels=(*levels, *(asked[1] if asked else ())),
            beyond=frozenset(one.id for one in self.shops()) - near,
            asked_at=asked[0] if asked else None,
        )

    def freshness(self) -> Mapping[str, datetime]:
        return {"stock_level": NOW}


@dataclass
class FakeDevice:
    """Takes commands, applies the few that screens wait for, and answers scans as `answers` says."""

    cache: MemoryCache = field(default_factory=lambda: MemoryCache(everything()))
    enrolled: bool = True
    shop_id: str | None = GINZA
    answers: dict[str, Identification] = field(default_factory=dict)
    submitted: list[tuple[AnyCommand, str | None, float]] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    beyond: list[CustomerHit] = field(default_factory=list)
    elsewhere: tuple[Lying, ...] = ()
    """What the server says lies in other shops."""
    asked_for: list[str] = field(default_factory=list)
    """Products whose stock in other shops the server was asked for."""
    attachments: dict[str, Attached] = field(default_factory=dict)
    """What the server keeps of what customers sent."""
    looked_at: list[tuple[str, str]] = field(default_factory=list)
    """Attachments that the server was asked for, and by whom."""
    access: AccessReport | None = None
    """What the server says of unusual access; None: that this is no manager."""
    withheld: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the server gives of withheld fields, by record."""
    revealed: list[tuple[str, str, str]] = field(default_factory=list)
    """Of which customer, which record, for whom the server was asked."""
    invited: list[str] = field(default_factory=list)
    line_conflict: str = ""
    """Why no LINE account can be linked."""
    """Who had an address made for a customer's own phone, each time."""
    wrong_pins: int = 0
    badges: dict[str, str] = field(default_factory=lambda: {MISAKI: BADGE})
    """Whose badge shows what."""
    unlocked: list[tuple[str, str]] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    """On whose behalf it was asked for somebody, each time."""
    state: SyncStatus = field(default_factory=lambda: SyncStatus(online=True, last_synced_at=NOW, waiting=0, held=0))
    listeners: list[Callable[[], None]] = field(default_factory=list)
    device_id: str | None = "device-1"
    server_url: str = "https://api.example.jp"
    serial: str = ""
    joined: list[tuple[str, str, str]] = field(default_factory=list)
    """With which code, server and serial number it was to join."""
    refusal: ClientelingError | None = None
    """What the server answers to whoever wants to join."""
    browsers: FakeBrowsers = field(default_factory=FakeBrowsers)
    battery: int | None = None
    drafts: Drafts = field(default_factory=lambda: Drafts(None))

    def __post_init__(self) -> None:
        self.managing = FakeManaging(self.browsers)

    def enrol(self, code: str, *, server: str = "", serial: str = "") -> None:
        self.joined.append((code, server, serial))
        if self.refusal is not None:
            raise self.refusal
        self.enrolled = True
        self.changed()

    def note_battery(self, percent: int | None) -> None:
        self.battery = percent

    def status(self) -> SyncStatus:
        return self.state

    def become(self, **changes: Any) -> None:
        """Change the state of sync and tell the screens."""
        self.state = replace(self.state, **changes)
        self.changed()

    def changed(self) -> None:
        for listener in list(self.listeners):
            listener()

    def submit(self, command: AnyCommand, staff_id: str | None, hold_seconds: float = 0.0) -> str:
        self.submitted.append((command, staff_id, hold_seconds))
        if isinstance(command, CheckIn):
            self.cache.put(Visit(id=command.visit_id, customer_id=command.customer_id, shop_id=command.shop_id, staff_id=staff_id, at=NOW, source=VisitSource.SCAN))  # fmt: skip
        if isinstance(command, RegisterCustomer):
            self.cache.put(Customer(id=command.customer_id, member_number="", family_name=command.family_name, given_name=command.given_name))  # fmt: skip
        if isinstance(command, PauseSending):
            self.cache.put(
                Pause(id=command.pause_id, scope=PauseScope.SHOP, value=command.shop_id, since=NOW, by=staff_id)
            )
        if isinstance(command, _SHOWN):
            under_way = Pending(f"command-{len(self.submitted)}", staff_id, NOW, command)
            for record in effect_of(under_way, self.cache.record):
                self.cache.put(record)
        self.changed()
        return f"command-{len(self.submitted)}"

    def commands(self, cls: type[Any]) -> list[Any]:
        return [command for command, _, _ in self.submitted if isinstance(command, cls)]

    def ways(self, cls: type[Any]) -> list[tuple[str | None, float]]:
        """By whom commands of a kind were submitted, and the seconds in which each can be taken back."""
        return [(staff_id, seconds) for command, staff_id, seconds in self.submitted if isinstance(command, cls)]

    def recall(self, command_id: str) -> bool:
        self.recalled.append(command_id)
        return True

    def dismiss_refused(self, command_id: str) -> None:
        self.become(refused=tuple(one for one in self.state.refused if one.command_id != command_id))

    def identify(self, text: str, *, staff_id: str = "") -> Identification:
        self.asking.append(staff_id)
        if text in self.answers:
            return self.answers[text]
        for customer in self.cache.of(Customer):
            if customer.member_number == text:
                return Identification(IdentifyOutcome.FOUND, customer.id)
        return Identification(IdentifyOutcome.NOT_A_CODE)

    def check_pin(self, staff_id: str, pin: str) -> PinResult:
        if PINS.get(staff_id) == pin:
            self.wrong_pins = 0
            return PinResult(PinOutcome.OK)
        self.wrong_pins += 1
        left = max(0, 5 - self.wrong_pins)
        return PinResult(PinOutcome.WRONG if left else PinOutcome.LOCKED, tries_left=left)

    def unlock_pin(self, staff_id: str, manager_id: str) -> None:
        self.unlocked.append((staff_id, manager_id))
        self.wrong_pins = 0

    def badge_fits(self, staff_id: str, code: str) -> bool:
        return self.badges.get(staff_id) == code

    def search_beyond(self, text: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        self.asking.append(staff_id)
        return self.beyond

    def fetch_customer(self, customer_id: str, *, staff_id: str = "") -> None:
        self.asking.append(staff_id)

    def fetch_stock(self, product_id: str) -> StockEverywhere:
        known = self.cache.stock_everywhere(product_id, self.shop_id)
        if not known.beyond:
            return known
        self.asked_for.append(product_id)
        if not self.state.online:
            if known.asked_at is None:
                raise Offline()
            return replace(known, current=False)
        self.cache.asked[product_id] = NOW, self.elsewhere
        return self.cache.stock_everywhere(product_id, self.shop_id)

    def reveal(self, customer_id: str, kind: str, record_id: str, staff_id: str) -> dict[str, str]:
        self.revealed.append((customer_id, record_id, staff_id))
        if not self.state.online:
            raise Offline()
        if record_id not in self.withheld:
            raise NotAllowed()
        return self.withheld[record_id]

    def fetch_attachment(self, attachment_id: str, staff_id: str) -> Attached:
        self.looked_at.append((attachment_id, staff_id))
        if not self.state.online:
            raise Offline()
        if attachment_id not in self.attachments:
            raise NotFound()
        return self.attachments[attachment_id]

    def fetch_access(self, staff_id: str) -> AccessReport:
        if not self.state.online:
            raise Offline()
        if self.access is None:
            raise NotAllowed()
        return self.access

    def line_link(self, customer_id: str, staff_id: str) -> OwnPhoneLink:
        self.invited.append(staff_id)
        if not self.state.online:
            raise Offline()
        if self.line_conflict:
            raise Conflict(reason=self.line_conflict)
        return OwnPhoneLink(
            url="https://line.me/R/oaMessage/%40elm/?LINK-one",
            customer_id=customer_id,
            expires_at=NOW + timedelta(minutes=10),
            server_time=NOW,
        )

    def own_phone_link(self, staff_id: str) -> OwnPhoneLink:
        self.invited.append(staff_id)
        if not self.state.online:
            raise Offline()
        return OwnPhoneLink(
            url="https://api.example.jp/join/one",
            customer_id="new-1",
            expires_at=NOW + timedelta(minutes=10),
            server_time=NOW,
        )

    def fetch_picture(self, path: str) -> Path | None:
        return None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)
