"""What a customer's page shows her of what we hold: enough to know and to correct it, and nothing that would help whoever a
mail was passed on to. Addresses are masked; of records that tell a story (purchases, notes) there is their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from babel.dates import format_date, format_skeleton

from sync.model.base import Record
from sync.model.customer import (
    Appointment,
    Channel,
    Consent,
    ConsentPurpose,
    Customer,
    Interaction,
    Order,
    Visit,
    WebActivity,
)
from sync.model.outreach import ContactElsewhere, Message
from sync.model.shop import RetailerSettings, Shop
from sync.policy.consent import spoken
from sync.policy.naming import shop_name
from sync.server.web.words import Words

_COUNTED: tuple[tuple[str, tuple[type[Record], ...]], ...] = (
    ("orders", (Order,)),
    ("visits", (Visit,)),
    ("appointments", (Appointment,)),
    ("messages", (Message, ContactElsewhere)),
    ("notes", (Interaction,)),
    ("online", (WebActivity,)),
)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of her consent ledger as she reads it."""

    at: str
    what: str
    where: str


def profile(t: Words, customer: Customer, retailer: RetailerSettings, home: Shop | None) -> list[tuple[str, str]]:
    """Return what we hold of herself: label and value, without what is empty."""
    points = f"{customer.points:,}" if customer.points else ""
    rows = [
        ("name", called(customer)),
        ("kana", customer.kana),
        ("birthday", day(t, customer.birthday)),
        ("anniversary", day(t, customer.anniversary)),
        ("phone", masked(customer.phone, Channel.SMS)),
        ("email", masked(customer.email, Channel.EMAIL)),
        ("line", t("kept.connected") if customer.line_user_id else ""),
        ("app", t("kept.connected") if customer.app_token else ""),
        ("member_number", customer.member_number),
        ("member_since", dated(t, customer.member_since) if customer.member_since else ""),
        ("rank", retailer.ranks.get(customer.rank, customer.rank)),
        ("points", points),
        ("shop", shop_name(home, customer.language) if home else ""),
        ("sizes", t("kept.comma").join(f"{_size(t, part)} {size}" for part, size in customer.sizes.items())),
        ("likes", t("kept.comma").join(customer.likes)),
        ("dislikes", t("kept.comma").join(customer.dislikes)),
    ]
    return [(t(f"kept.{name}"), value) for name, value in rows if value]


def called(customer: Customer) -> str:
    """Return her name in the order of her language."""
    if customer.language == "ja":
        return customer.name
    return f"{customer.given_name} {customer.family_name}".strip()


def counts(t: Words, records: Sequence[Record]) -> list[tuple[str, str]]:
    """Return how much of each kind we keep: label and number in words."""
    return [
        (t(f"kept.{name}"), t("kept.count", n=f"{n:,}"))
        for name, kinds in _COUNTED
        if (n := sum(isinstance(record, kinds) for record in records))
    ]


def ledger(t: Words, consents: Sequence[Consent], zone: tzinfo) -> list[Said]:
    """Return what she told us about contact, the newest first, in the words that she saw where they are kept."""
    entries = [entry for entry in consents if spoken(entry) is not None]
    entries.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    return [
        Said(
            dated(t, entry.at.astimezone(zone)),
            _said(t, entry),
            t(f"source.{_source(t, entry.source)}"),
        )
        for entry in entries[:_MOST]
    ]


def masked(address: str, channel: Channel) -> str:
    """Return an address as its owner knows it and nobody else learns it: `090-****-5678`, `h***@example.jp`."""
    if not address:
        return ""
    if channel is Channel.SMS:
        plain = f"0{address[3:]}" if address.startswith("+81") else address
        return f"{plain[:3]}-****-{plain[-4:]}"
    if channel is Channel.EMAIL:
        local, _, domain = address.partition("@")
        return f"{local[:1]}***@{domain}"
    return ""


def day(t: Words, month_and_day: str) -> str:
    """Return `04-09` as a day of the year."""
    month, _, number = month_and_day.partition("-")
    if not number:
        return ""
    return str(format_skeleton("MMMMd", date(2000, int(month), int(number)), locale=t("page.lang")))


def dated(t: Words, when: date) -> str:
    """Return a date in full."""
    return str(format_date(when, format="long", locale=t("page.lang")))


def _said(t: Words, entry: Consent) -> str:
    if entry.wording and entry.source not in ("staff", "import"):  # what staff wrote down is theirs to read
        return entry.wording
    if entry.purpose is ConsentPurpose.ONLINE_HISTORY:
        return t(f"said.online_history_{entry.state.value}")
    channel = t(f"channel.{entry.channel.value}") if entry.channel else t("said.every_channel")
    return t(f"said.{entry.purpose.value}_{entry.state.value}", channel=channel)


def _source(t: Words, source: str) -> str:
    return source if f"source.{source}" in t.names else "other"


def _size(t: Words, part: str) -> str:
    return t(f"size.{part}") if f"size.{part}" in t.names else part
