"""What a session shows and remembers. Plain observable dataclasses; no I/O. Screens read, `actions` write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import flet as ft

from clienteling.formats import zone_of
from sync.client.types import Transfer
from sync.model.shop import RetailerSettings, Shop, ShopKind, Staff
from sync.policy.naming import work_name
from sync.policy.playbook import Playbook, load_playbook
from sync.policy.roles import leads


@dataclass(frozen=True)
class Notice:
    """A line at the foot of the screen, for a while; with `undo`, a way back for as long as it stands."""

    text: str
    seconds: float = 6.0
    undo: str | tuple[str, ...] | None = None
    """Id of the held command that a tap on "undo" recalls, or of several that were given together."""
    serial: int = 0
    restore: Callable[[], None] | None = None
    """Brings what was written back on the screen, once it was taken back."""


@dataclass(frozen=True)
class Directory:
    """Names that every screen needs: small, read whole after each sync."""

    retailer: RetailerSettings | None = None
    shops: Mapping[str, Shop] = field(default_factory=dict)
    staff: Mapping[str, Staff] = field(default_factory=dict)
    shop_id: str | None = None
    playbook: Playbook = field(default_factory=load_playbook)
    """By which everything on this tablet judges."""

    @property
    def shop(self) -> Shop | None:
        """The shop in which this tablet stands."""
        return self.shops.get(self.shop_id or "")

    @property
    def zone(self) -> tzinfo:
        return zone_of(self.shop.time_zone if self.shop else None)

    @property
    def demo(self) -> bool:
        return bool(self.retailer and self.retailer.demo)

    @property
    def web_shop_id(self) -> str | None:
        return next((shop.id for shop in self.shops.values() if shop.shop_kind is ShopKind.WEB), None)

    def name(self, id: str, language: str = "ja") -> str:  # noqa: A002
        """Return the name of a shop, of a member of staff or of a rank; a dash where nobody here knows whose id it is."""
        if shop := self.shops.get(id):
            return shop.name_en if language == "en" and shop.name_en else shop.name
        if person := self.staff.get(id):
            return self.staff_name(person, language)
        if self.retailer is not None and id in self.retailer.ranks:
            return self.retailer.ranks[id]
        return "—" if id else ""

    def staff_name(self, person: Staff, language: str = "ja") -> str:
        """Return the name a person works under, told apart from colleagues of the same family name as customers see it."""
        return work_name(person, language, self.staff.values())


@ft.observable
@dataclass
class Session:
    """One browser (or one native app): who is signed in, in which language, where."""

    language: str = "ja"
    staff_id: str | None = None
    route: str = "/"
    width: float = 1180
    """Of the screen, in letters: logical pixels where they are of the usual size, half as many where they are twice as large."""
    height: float = 820
    letters: float = 1.0
    """How large letters are, as set in the browser or on the device; see `clienteling.letters`."""
    notice: Notice | None = None
    scan: Any = None
    """The last identification that needs words (`clienteling.actions.identify.ScanWord`, or `Thanks`), or None."""
    unverified: str = ""
    """Id of the customer whose member card was scanned and who has not been asked yet."""
    company: str | None = None
    """None where nobody signs in with the company's account; else why the last try came to nothing, empty where none did."""
    covered: bool = False
    """Nobody has touched the screen for a while: nothing of it is shown until the person is back."""
    cover_word: str = ""
    """Why the cover stays, after a try to come back."""
    practice: bool = False
    """練習モード: invented customers, and nothing is sent."""
    show_customer: bool = False
    """お客様にお見せする: only products, sizes and stock."""
    look: str = "system"
    """Light, dark, or as the device is set (`theme.MODES`): as the person at the tablet likes it."""
    side: str = "left"
    """On which side the rail lies and forms end: where the thumb of the person at the tablet is."""

    @property
    def pixels(self) -> float:
        """Width of the screen in logical pixels."""
        return self.width * self.letters


@ft.observable
@dataclass
class Pulse:
    """What the sync loop says. `version` rises with every change of the cache, so that queries run again."""

    version: int = 0
    slot: int = 0
    """Rises every five minutes, and so at midnight: what is due, late or here changes without anything arriving."""
    loaded: bool = False
    """False until the first reading of the cache."""
    enrolled: bool = False
    let_in: bool = True
    """False in a browser of a shop host that a manager has yet to let in, or has turned out."""
    online: bool = False
    last_synced_at: datetime | None = None
    waiting: int = 0
    held: int = 0
    refused: tuple[Any, ...] = ()
    notices: tuple[Any, ...] = ()
    """What the server took but somebody should look at, e.g. a member code that another device has read too."""
    progress: tuple[int, int | None] | None = None
    transfer: Transfer | None = None
    """A snapshot that is on its way."""
    skew_seconds: float = 0.0
    messages: tuple[str, ...] = ()
    directory: Directory = field(default_factory=Directory)

    @property
    def shut(self) -> str:
        """Why customers are closed on this device: the code of a message; empty while they are open."""
        return next((code for code in ("lease_over", "lease_long_over") if code in self.messages), "")

    @property
    def ready(self) -> bool:
        """True once there is a cache to work with."""
        return self.enrolled and self.directory.retailer is not None


def is_manager(person: Staff | None) -> bool:
    """Whether somebody has a manager's say: head office too."""
    return person is not None and leads(person)
