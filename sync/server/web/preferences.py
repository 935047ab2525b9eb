"""What the customer's own page shows: how she is reached and with what, how often, what we hold, and what she asked to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sync.model.customer import Consent, ConsentPurpose, ConsentState, Customer, Pace, Topic
from sync.model.shop import RetailerSettings, Shop
from sync.policy.choices import Level, level
from sync.policy.consent import standing, stopped
from sync.server.repository.records import Records
from sync.server.repository.zones import known_zone
from sync.server.web import kept
from sync.server.web.choosing import locked
from sync.server.web.corrections import LONGEST, Field, Request, requests
from sync.server.web.words import words_for


@dataclass(frozen=True, slots=True)
class Way:
    """A channel of hers. `locked` says why she cannot open it here, see `sync.server.web.choosing`."""

    name: str
    label: str
    address: str
    level: Level
    locked: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything of the page that is hers."""

    name: str
    stopped: bool
    ways: tuple[Way, ...]
    levels: tuple[Level, ...]
    online: bool
    topics: Mapping[Topic, bool]
    """Each, and whether she wants to hear of it."""
    pace: Pace
    paces: tuple[Pace, ...]
    profile: list[tuple[str, str]]
    counts: list[tuple[str, str]]
    ledger: list[kept.Said]
    requests: list[tuple[Request, str]]
    """What she asked for, with the day in words."""
    form: Mapping[str, str]
    """What the fields of a correction hold: what she typed, else what we have."""
    longest: Mapping[str, int]
    wrong: Sequence[Field]


def view(
    records: Records,
    customer: Customer,
    retailer: RetailerSettings,
    consents: Sequence[Consent],
    *,
    wrong: Sequence[Field] = (),
    typed: Mapping[str, str],
) -> View:
    """Read her page. `wrong` and `typed` are those of a correction that could not be taken."""
    t = words_for(customer.language)
    home = records.get(Shop, customer.home_shop_id) if customer.home_shop_id else None
    zone = known_zone(customer.time_zone) or known_zone(home.time_zone if home else None) or ZoneInfo("UTC")
    month, _, number = customer.birthday.partition("-")
    have = {
        "family_name": customer.family_name,
        "given_name": customer.given_name,
        "family_kana": customer.family_kana,
        "given_kana": customer.given_kana,
        "month": month.lstrip("0"),
        "day": number.lstrip("0"),
    }
    return View(
        name=kept.called(customer),
        stopped=stopped(consents) is not None,
        ways=tuple(
            Way(
                channel.value,
                t(f"channel.{channel.value}"),
                kept.masked(customer.address(channel), channel),
                level(consents, channel),
                locked(consents, channel),
            )
            for channel in customer.channels
            if customer.address(channel)
        ),
        levels=tuple(Level),
        online=standing(consents, None, ConsentPurpose.ONLINE_HISTORY) is ConsentState.GRANTED,
        topics={topic: topic not in customer.declined_topics for topic in Topic},
        pace=customer.pace,
        paces=tuple(Pace),
        profile=kept.profile(t, customer, retailer, home),
        counts=kept.counts(t, records.range_of(customer.id)),
        ledger=kept.ledger(t, consents, zone),
        requests=[(each, kept.dated(t, each.at.astimezone(zone))) for each in requests(records, customer)],
        form={**have, "email": "", "phone": "", **typed},
        longest=LONGEST,
        wrong=wrong,
    )
