"""What a customer chose on her page, entered into the consent ledger with the words that she saw."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sync.ids import new_id
from sync.model.base import Record
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer, Pace, Topic
from sync.policy.choices import Level, level, missing
from sync.policy.consent import deciding, standing, stopped
from sync.policy.wordings import current, sentence
from sync.server.repository.opt_out import BOUNCED, BY_STAFF, heed, lift, refuse
from sync.server.repository.records import Records
from sync.server.web.words import words_for

SOURCE = "preferences"
LOCKS = {BY_STAFF: "staff", "line_unfollow": "unfollowed", BOUNCED: "unusable"}
"""Sources of refusals that she does not lift by a choice on the page, and why."""
_ONLINE = ConsentPurpose.ONLINE_HISTORY


def locked(consents: Sequence[Consent], channel: Channel) -> str:
    """Return why she cannot open a channel on her page (`staff`, `unfollowed`, `unusable`), or an empty text."""
    entry = deciding(consents, channel, ConsentPurpose.ALL)
    if entry is None or entry.state is not ConsentState.REFUSED:
        return ""
    return LOCKS.get(entry.source, "")


def choose(records: Records, customer: Customer, form: Mapping[str, str], brand: str, now: datetime) -> None:
    """Enter what differs from what stands; what the form does not speak of, or says in no known way, stays as it is."""
    said = Ledger(records, customer, brand, now)
    if stopped(said.consents) is None:
        for channel in customer.channels:
            chosen = form.get(f"channel_{channel.value}", "")
            if chosen in tuple(Level) and customer.address(channel):
                said.choose(channel, Level(chosen))
        if "online_history_asked" in form:
            said.choose_online(wanted=form.get("online_history") == "yes")
    own: dict[str, object] = {}
    if (pace := form.get("pace", "")) in tuple(Pace):
        own["pace"] = Pace(pace)
    if "topics_asked" in form:
        own["declined_topics"] = tuple(topic for topic in Topic if form.get(f"topic_{topic.value}") != "yes")
    wanted = customer.model_copy(update=own)
    if wanted != customer:
        records.put(wanted)
    heed(records, [customer.id], now)


class Ledger:
    """Her entries, and new ones after them. `brand` and her language fill in the words that she saw."""

    def __init__(self, records: Records, customer: Customer, brand: str, now: datetime) -> None:
        self.consents = records.find(Consent, customer_id=customer.id)
        self._records, self._customer, self._brand, self._now = records, customer, brand, now
        self._version = current("preferences", customer.language)

    def choose(self, channel: Channel, chosen: Level) -> None:
        """Let a level stand for a channel, unless it does, or she cannot open the channel here."""
        before = level(self.consents, channel)
        if before is chosen or locked(self.consents, channel):
            return
        if chosen is Level.NOTHING:
            self.stop(channel, SOURCE)
            return
        if before is Level.NOTHING:
            self._open(channel)
            if level(self.consents, channel) is Level.NOTHING:  # what somebody else entered stands below her own
                return
        for purpose, state in missing(self.consents, channel, chosen):
            self._enter(channel, purpose, state)

    def choose_online(self, *, wanted: bool) -> None:
        """Let stand whether staff may see what she looked at online."""
        stands = standing(self.consents, None, _ONLINE) is ConsentState.GRANTED
        if stands is not wanted:
            self._enter(None, _ONLINE, ConsentState.GRANTED if wanted else ConsentState.REFUSED)

    def stop(self, channel: Channel | None, source: str) -> None:
        """Refuse everything on a channel (None: on all) in the words of the page, and cancel what waits there."""
        refuse(
            self._records,
            self._customer.id,
            channel,
            at=self._now,
            source=source,
            entry_id=new_id(),
            why=self._words(channel, ConsentPurpose.ALL, ConsentState.REFUSED),
            wording_version=self._version,
        )

    def _open(self, channel: Channel) -> None:
        refusal = deciding(self.consents, channel, ConsentPurpose.ALL)
        assert refusal is not None
        words = self._words(channel, ConsentPurpose.ALL, ConsentState.GRANTED)
        beside = [entry for entry in self.consents if not _hers_to_open(entry, channel)]
        lift(self._records, beside, refusal, at=self._now, source=SOURCE, word=words, wording_version=self._version)
        self.consents = self._records.find(Consent, customer_id=self._customer.id)

    def _enter(self, channel: Channel | None, purpose: ConsentPurpose, state: ConsentState) -> None:
        last = max((entry.at for entry in self.consents), default=self._now)
        entry = Consent(
            id=new_id(),
            customer_id=self._customer.id,
            channel=channel,
            purpose=purpose,
            state=state,
            at=max(self._now, last + timedelta(microseconds=1)),  # of two of one instant the refusal would win
            source=SOURCE,
            wording=self._words(channel, purpose, state),
            wording_version=self._version,
        )
        written: list[Record] = [entry]
        self._records.put_many(written)
        self.consents.append(entry)

    def _words(self, channel: Channel | None, purpose: ConsentPurpose, state: ConsentState) -> str:
        what = purpose.value
        if purpose is ConsentPurpose.ALL and channel is not None:
            what = "channel"
        name = words_for(self._customer.language)(f"channel.{channel.value}") if channel else ""
        return sentence(self._version, f"{what}_{state.value}", channel=name, brand=self._brand)


def _hers_to_open(entry: Consent, channel: Channel) -> bool:
    closed = entry.purpose is ConsentPurpose.ALL and entry.state is ConsentState.REFUSED and entry.channel is channel
    return closed and entry.source not in LOCKS
