"""What a customer may choose for one channel in one word, and which entries of the consent ledger say so.

everything   what the staff suggest to her, and news of collections and events
personal     only what the staff suggest to her
news         only news
service      neither; what she asked for herself (appointments, holds, alterations) still comes
nothing      nothing at all
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.policy.consent import deciding, spoken

ASKED = (ConsentPurpose.CAMPAIGN, ConsentPurpose.RELATIONSHIP)
"""In this order: consent to news carries what the staff suggest too, unless that is refused."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Level(StrEnum):
    EVERYTHING = "everything"
    PERSONAL = "personal"
    NEWS = "news"
    SERVICE = "service"
    NOTHING = "nothing"


_WANTS = {
    Level.EVERYTHING: {ConsentPurpose.CAMPAIGN, ConsentPurpose.RELATIONSHIP},
    Level.PERSONAL: {ConsentPurpose.RELATIONSHIP},
    Level.NEWS: {ConsentPurpose.CAMPAIGN},
    Level.SERVICE: set[ConsentPurpose](),
}


def level(consents: Sequence[Consent], channel: Channel) -> Level:
    """Return what stands for a channel."""
    everything = deciding(consents, channel, ConsentPurpose.ALL)
    if everything is not None and everything.state is ConsentState.REFUSED:
        return Level.NOTHING
    wants = {purpose for purpose in ASKED if wanted(consents, channel, purpose)}
    return next(each for each, those in _WANTS.items() if those == wants)


def wanted(consents: Sequence[Consent], channel: Channel, purpose: ConsentPurpose) -> bool:
    """Return whether messages of a purpose may go there by her consent, as the gate decides it."""
    entry = spoken(deciding(consents, channel, purpose))
    if entry is None and purpose is ConsentPurpose.RELATIONSHIP:
        return wanted(consents, channel, ConsentPurpose.CAMPAIGN)
    return entry is not None and entry.state is ConsentState.GRANTED


def missing(consents: Sequence[Consent], channel: Channel, chosen: Level) -> list[tuple[ConsentPurpose, ConsentState]]:
    """Return what is to be entered, in this order, so that `chosen` stands on a channel that is not closed. Each entry must
    be later than all before; with them entered, nothing is missing any more."""
    said: list[tuple[ConsentPurpose, ConsentState]] = []
    ledger = list(consents)
    for purpose in ASKED:
        want = purpose in _WANTS[chosen]
        if wanted(ledger, channel, purpose) is not want:
            state = ConsentState.GRANTED if want else ConsentState.REFUSED
            said.append((purpose, state))
            ledger.append(_after(ledger, channel, purpose, state))
    return said


def _after(ledger: Sequence[Consent], channel: Channel, purpose: ConsentPurpose, state: ConsentState) -> Consent:
    at = max((entry.at for entry in ledger), default=_LONG_AGO) + timedelta(microseconds=1)
    return Consent(id="~", customer_id="~", channel=channel, purpose=purpose, state=state, at=at, source="~")
