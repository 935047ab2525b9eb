"""Stories for the property tests of the gate: scenes that each bring one of its rules about, or nearly, and chance beside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from sync.model.base import Record
from sync.model.customer import AppointmentState, BrowseEvent, Channel, ConsentPurpose, Feeling, Pace
from sync.model.outreach import Cause, MessageState
from sync.model.shop import Pause, PauseScope
from sync.policy.closing_days import Calendar
from sync.policy.gate import purpose_of
from sync.policy.playbook import load_playbook
from sync.policy.sender import Sender
from tests.unit.policy.build import (
    NOW,
    TOKYO,
    appointment,
    consent,
    customer,
    elsewhere,
    granted,
    her_message,
    look,
    message,
    note,
    order,
    retailer,
    shop,
    staff,
    story,
    visit,
)
from tests.unit.policy.ledger import CAPPED, LIMITS, Case, House

PLAYBOOK = load_playbook()
RESTS = PLAYBOOK.model_copy(update={"calendar": Calendar(closed=("2026-11-21", "11-22"), holidays_quiet=True)})
WITHOUT_CAPS = PLAYBOOK.model_copy(update={"contact": PLAYBOOK.contact.model_copy(update={"caps": ()})})
OPEN, CLOSED = House(PLAYBOOK), House(RESTS, frozenset({"11-21", "11-22", "11-23"}))
UNCAPPED = House(WITHOUT_CAPS, capped=False)
"""Without caps the rules that hide behind them show."""

pasts = st.integers(0, 24 * 100).map(lambda hours: NOW - timedelta(hours=hours))
moments = st.integers(0, 24 * 60 * 3).map(lambda minutes: NOW + timedelta(minutes=minutes))
channels = st.sampled_from(list(Channel))
ADDRESSES = {Channel.LINE: "line_user_id", Channel.SMS: "phone", Channel.EMAIL: "email", Channel.APP: "app_token"}
states = st.sampled_from([m for m in MessageState if m is not MessageState.RECEIVED])
reached = st.sampled_from([MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN])
waiting = st.sampled_from([MessageState.QUEUED, MessageState.AWAITING_APPROVAL])
tags = ["complaint", "complaint_resolved", "return", "return_settled", "bereavement"]
every = list(Cause)
ours = [cause for cause in Cause if purpose_of(cause) in CAPPED]
_afternoons = st.builds(
    lambda days, minutes: NOW + timedelta(days=days, minutes=minutes), st.integers(0, 3), st.integers(0, 300)
)


def days_ago(least: float, most: float) -> st.SearchStrategy[datetime]:
    return st.integers(int(least * 24), int(most * 24)).map(lambda hours: NOW - timedelta(hours=hours))


def booked(booked_at: datetime, hours: int, state: AppointmentState) -> Record:
    return appointment(booked_at + timedelta(hours=hours), booked_at, state=state)


def noted(at: datetime, tag: str, feeling: Feeling | None = None) -> Record:
    return note(at, tags=(tag,) if tag else (), feeling=feeling)


anything: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        consent,
        st.sampled_from([None, *Channel]),
        st.sampled_from([p.value for p in ConsentPurpose]),
        st.sampled_from(["granted", "granted", "granted", "refused"]),
        pasts,
    ),
    st.builds(
        message,
        pasts,
        st.sampled_from(list(Cause)),
        states,
        channel=channels,
        send_after=st.none() | moments,
        follow_up_id=st.sampled_from([None, None, "follow-up-1"]),
    ),
    st.builds(her_message, pasts),
    st.builds(elsewhere, pasts),
    st.builds(visit, pasts),
    st.builds(order, pasts, refunded=st.booleans()),
    st.builds(booked, pasts, st.integers(1, 24 * 20), st.sampled_from(list(AppointmentState))),
    st.builds(noted, pasts, st.sampled_from(["", *tags]), st.sampled_from([None, *Feeling])),
)
stories = st.builds(
    lambda found, pace: story(*found, her=customer(pace=pace)),
    st.lists(anything, max_size=15),
    st.sampled_from([Pace.ACTIVE, Pace.ACTIVE, Pace.MODEST, Pace.QUIET]),
)


@dataclass(frozen=True, slots=True)
class Scene:
    records: tuple[Record, ...] = ()
    causes: tuple[Cause, ...] = tuple(Cause)
    """What a message would be about, for it to matter."""
    more: dict[str, Any] = field(default_factory=dict)
    """Fields of the case, `her` and `agreed` that it needs otherwise than usual; `mine` is the number of a record."""


def _scene(causes: list[Cause], *records: st.SearchStrategy[Record], **more: Any) -> st.SearchStrategy[Scene]:
    given = st.fixed_dictionaries({k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in more.items()})
    return st.builds(lambda found, also: Scene(found, tuple(causes), also), st.tuples(*records), given)


def _twice(cause: Cause, about: Callable[[datetime], Record] | None) -> st.SearchStrategy[Scene]:
    """She was told, and not for so long that caps would hold a second message: 31 days or more, or caps are off."""

    def told(house: House, days: int, hours: int, state: MessageState) -> Scene:
        then = NOW - timedelta(days=31 + days if house.capped else days)
        records = () if about is None else (about(then - timedelta(hours=hours)),)
        return Scene((*records, message(then, cause, state)), (cause,), {"house": house})

    return st.builds(told, st.sampled_from([OPEN, UNCAPPED]), st.integers(0, 10), st.integers(-24, 200), reached)


def _waits(causes: list[Cause], then: Callable[[datetime], Record]) -> st.SearchStrategy[Scene]:
    """It was written and waits, and hours later something happened."""

    def waits(cause: Cause, state: MessageState, hours: int, later: int) -> Scene:
        at = NOW - timedelta(hours=hours)
        return Scene((message(at, cause, state), then(at + timedelta(hours=later))), (cause,), {"mine": 0})

    return st.builds(waits, st.sampled_from(causes), waiting, st.integers(10, 60), st.integers(1, 40))


def _paused(scope: PauseScope, value: str) -> st.SearchStrategy[Scene]:
    """It began before or about when the message would go, and mostly has not ended."""
    held = st.builds(
        lambda since, ended: Pause(id="p", scope=scope, value=value, since=since, ended_at=ended),
        st.just(NOW) | days_ago(0, 3) | moments,
        st.sampled_from([None, None, NOW, NOW + timedelta(days=1)]),
    )
    written = st.builds(message, days_ago(0, 1), st.sampled_from(ours), waiting, template=st.just("letter"))
    return _scene(ours, written, pauses=st.tuples(held), mine=0)


def _long(channel: Channel) -> st.SearchStrategy[Scene]:
    def text(over: int, flowers: int) -> str:
        short = LIMITS[channel] + over - 2 * flowers
        return "花" * short + "🌸" * flowers

    return _scene(every, body=st.builds(text, st.integers(-40, 40), st.integers(0, 30)), channel=channel)


def _says(scope: Channel | None, purpose: str, **more: Any) -> st.SearchStrategy[Scene]:
    """She refuses; the message would go by the channel that she refuses, or by any, and be of that purpose."""
    causes = every if purpose == "all" else [cause for cause in every if purpose_of(cause) == purpose]
    entry = st.builds(consent, st.just(scope), st.just(purpose), st.just("refused"), pasts, **more)
    return _scene(causes, entry, channel=scope or channels)


def _note(days: float, tag: str, feeling: Feeling | None = None) -> st.SearchStrategy[Record]:
    return st.builds(noted, days_ago(0, days), st.just(tag), st.just(feeling))


def _told(cause: Cause, least: float, most: float, **more: Any) -> st.SearchStrategy[Record]:
    return st.builds(message, days_ago(least, most), st.just(cause), reached, **more)


def _lacks(field_name: str) -> st.SearchStrategy[Scene]:
    sender = Sender(shop(region="関東"), retailer(**{"app_name": "エルム", field_name: ""}))
    return _scene(every, sender=sender, channel=st.sampled_from([Channel.SMS, Channel.EMAIL]))


SCENES: dict[str, st.SearchStrategy[Scene]] = {
    "do not contact": _says(None, "all"),
    "opted out": st.one_of([_says(channel, "all") for channel in Channel]),
    "blocked": _says(Channel.LINE, "all", source=st.just("line_unfollow")),
    "refused": st.one_of([_says(scope, p) for scope in (None, *Channel) for p in ("relationship", "campaign")]),
    "no consent": _scene(ours, agreed=st.sampled_from([(), ("relationship",), ("campaign",)])),
    "one in 7 days": _scene(ours, _told(Cause.RANK, 0, 9) | st.builds(elsewhere, days_ago(0, 9)), house=OPEN),
    "two in 30 days": _scene(ours, *[st.builds(elsewhere, days_ago(7, 31))] * 2, house=OPEN),
    "two weeks between": _scene(ours, st.builds(elsewhere, days_ago(7, 16)), her={"pace": Pace.MODEST}),
    "two unanswered": _scene(ours, _told(Cause.RANK, 31, 200), _told(Cause.CAMPAIGN, 31, 95)),
    "left in peace": _scene(ours, her={"pace": Pace.QUIET}),
    "complaint open": _scene(ours, _note(60, "complaint"), _note(100, "complaint_resolved") | _note(60, "complaint")),
    "return open": _scene(ours, _note(60, "return"), _note(100, "return_settled") | _note(60, "return")),
    "displeased": _scene(ours, _note(40, "", Feeling.DISPLEASED)),
    "mourning": _scene([Cause.BIRTHDAY, Cause.ANNIVERSARY], _note(100, "bereavement")),
    "said before": st.one_of(
        _twice(Cause.AFTER_VISIT, visit),
        _twice(Cause.LAPSED, order),
        _twice(Cause.RETURNED, visit),
        _twice(Cause.AFTER_PURCHASE, order),
        _twice(Cause.FIRST_PURCHASE, order),
        _twice(Cause.AFTER_APPOINTMENT, lambda at: booked(at - timedelta(days=1), 24, AppointmentState.DONE)),
        _twice(Cause.CART_LEFT, lambda at: look(at, BrowseEvent.PRODUCT_ADDED)),
        _twice(Cause.WEB_UP, None),
        _twice(Cause.BIRTHDAY, None),
    ),
    "follow-up answered": _scene(ours, _told(Cause.RANK, 31, 60, follow_up_id=st.just("f")), follow_up_id="f"),
    "bought since": _waits([Cause.AFTER_VISIT, Cause.CART_LEFT, Cause.WANTED_IN_STOCK], order),
    "came since": _waits([Cause.LAPSED, Cause.WEB_UP], visit),
    "no appointment left": st.one_of(
        _waits([Cause.APPOINTMENT], lambda at: booked(at - timedelta(days=1), 36, AppointmentState.BOOKED)),
        _scene(
            [Cause.APPOINTMENT],
            st.builds(booked, days_ago(0, 4), st.integers(96, 240), st.just(AppointmentState.CANCELLED)),
        ),
    ),
    "went back": _scene(
        [Cause.AFTER_PURCHASE, Cause.FIRST_PURCHASE],
        *[st.builds(order, pasts, refunded=st.sampled_from([True, True, False]))] * 2,
    ),
    "expired": _scene(ours, st.builds(message, days_ago(1, 5), st.sampled_from(ours), waiting), mine=0),
    "nothing to answer": _scene([Cause.REPLY], st.builds(her_message, days_ago(0, 5))),
    "quiet hours": _scene(every, now=moments, zone=st.sampled_from([TOKYO, ZoneInfo("America/New_York")])),
    "closed": _scene(ours, house=CLOSED),
    "staff left": _scene(every, sender=Sender(shop(region="関東"), retailer(app_name="エルム"), staff(active=False))),
    "sender's details": st.one_of([_lacks(name) for name in ("legal_name", "postal_address", "contact")]),
    "too long": st.one_of([_long(channel) for channel in Channel]),
    "no address": st.one_of([_scene(every, her={at: ""}, channel=channel) for channel, at in ADDRESSES.items()]),
    "all paused": _paused(PauseScope.ALL, ""),
    "region paused": _paused(PauseScope.REGION, "関東"),
    "shop paused": _paused(PauseScope.SHOP, "shop-ginza"),
    "template paused": _paused(PauseScope.TEMPLATE, "letter"),
}
"""For each rule, what it may forbid alone."""
anywhere = st.sampled_from(list(SCENES.values())).flatmap(lambda scene: scene)


@st.composite
def cases(draw: st.DrawFn, scene_of: str) -> Case:
    """A scene of a rule in full, often another one, and a little of anything."""
    scene = draw(SCENES[scene_of])
    beside = draw(anywhere) if draw(st.integers(0, 2)) == 0 else Scene()
    chance = draw(st.lists(anything, max_size=draw(st.sampled_from([0, 0, 2, 2, 15]))))
    records = [*scene.records, *beside.records, *chance]
    more = {k: v for k, v in beside.more.items() if k != "mine"} | scene.more
    agreed = [granted(None, purpose) for purpose in more.pop("agreed", ("relationship", "campaign"))]
    facts = story(*agreed, *records, her=customer(**more.pop("her", {})), consented=False)
    given: dict[str, Any] = {
        "cause": draw(st.sampled_from(scene.causes)),
        "channel": draw(channels),
        "now": draw(_afternoons),
        "zone": TOKYO,
        "house": draw(st.sampled_from([OPEN, UNCAPPED])),
        "sender": Sender(shop(region="関東"), retailer(app_name="エルム"), draw(st.sampled_from([staff(), None]))),
        "body": "…",
        "planned_for": draw(st.none() | st.none() | moments),
    }
    number = more.pop("mine", None)
    given |= more
    if number is not None:
        mine = next(m for m in facts.messages if m.id == records[number].id)
        given |= {"mine": mine, "cause": mine.cause, "channel": mine.channel, "body": mine.body, "planned_for": None}
    return Case(facts, **given)
