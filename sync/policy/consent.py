"""The consent ledger, folded into what stands now.

Entries are never changed; what holds is read from all of them:

- An entry without a channel speaks for every channel.
- For one channel and one purpose the latest entry wins; of two at the same instant the refusal wins.
- A standing refusal of `all` binds every purpose on its channel, whatever narrower consent was given and when. Only a
  later grant of `all` lifts it: someone who said "no more" is not written to because of a box ticked elsewhere.
- A standing grant of `all` covers `relationship` and `campaign` where nothing narrower was said. It does not cover
  `online_history`, which needs an entry of its own.
- `online_history` knows no channel: the channel of such an entry, and of the question, is ignored.
"""

from collections.abc import Iterable

from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState

ENDS = frozenset({"opt_out_link_undo", "new_address", "staff"})
"""Sources of the entries that end a refusal of everything. Beside the grant they enter refusals of what was never granted,
so that the grant does not speak for it; these are nobody's word."""


def standing(consents: Iterable[Consent], channel: Channel | None, purpose: ConsentPurpose) -> ConsentState | None:
    """Return what stands for a channel and a purpose, or None where she never said. `channel` None asks of every
    channel at once: only entries without a channel speak then."""
    entry = deciding(consents, channel, purpose)
    return entry.state if entry is not None else None


def deciding(consents: Iterable[Consent], channel: Channel | None, purpose: ConsentPurpose) -> Consent | None:
    """Return the entry by which `standing` decides, for its time and source."""
    consents = tuple(consents)
    if purpose is ConsentPurpose.ONLINE_HISTORY:
        general = _latest(e for e in consents if e.purpose is ConsentPurpose.ALL and e.channel is None)
        narrow = _latest(e for e in consents if e.purpose is purpose)
    else:
        here = [e for e in consents if e.channel is None or e.channel is channel]
        general = _latest(e for e in here if e.purpose is ConsentPurpose.ALL)
        narrow = general if purpose is ConsentPurpose.ALL else _latest(e for e in here if e.purpose is purpose)
    if general is not None and general.state is ConsentState.REFUSED:
        return general
    if narrow is None and purpose is not ConsentPurpose.ONLINE_HISTORY:
        return general
    return narrow


def spoken(entry: Consent | None) -> Consent | None:
    """Return an entry for a single purpose, or None where it only keeps a grant of everything from speaking for that."""
    kept = entry is not None and entry.purpose is not ConsentPurpose.ALL and entry.source in ENDS
    return None if kept else entry


def stopped(consents: Iterable[Consent]) -> Consent | None:
    """Return the standing refusal of everything on every channel, or None."""
    entry = deciding(consents, None, ConsentPurpose.ALL)
    return entry if entry is not None and entry.state is ConsentState.REFUSED else None


def _latest(entries: Iterable[Consent]) -> Consent | None:
    return max(entries, key=lambda e: (e.at, e.state is ConsentState.REFUSED, e.id), default=None)
