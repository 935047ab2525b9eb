"""What she wants lies in her shop now, or the last one does. Where she agreed that staff see single items, and only then."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sync.model.base import Id
from sync.model.customer import BrowseEvent, ConsentPurpose, ConsentState, WebActivity
from sync.model.outreach import Cause, Direction, Reason
from sync.policy.consent import standing
from sync.policy.contact import iso, outgoing
from sync.policy.facts import CustomerFacts, Piece, own_lines
from sync.policy.playbook import Playbook
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, closed, written_since

LOOKS = frozenset({BrowseEvent.PRODUCT_VIEWED, BrowseEvent.PRODUCT_ADDED_TO_WISHLIST})


@dataclass(frozen=True, slots=True)
class Want:
    product_id: Id
    variant_id: Id | None
    """The variant she meant last, where one was named; any will do otherwise."""
    wished: bool
    views: int
    last_at: datetime


def wanted(facts: CustomerFacts, now: datetime, playbook: Playbook) -> tuple[Want, ...]:
    """Return what she may be waiting for: the wish list first, then what she looked at most; the latest of equals.

    Empty without her consent to `online_history`, and for somebody whom we have never written with: this is never the
    first contact. Whoever asks for signals lays the pieces of these products beside her facts (`CustomerFacts.shelf`).
    """
    rules = playbook.signals.wanted_in_stock
    if standing(facts.consents, None, ConsentPurpose.ONLINE_HISTORY) is not ConsentState.GRANTED:
        return ()
    if not any(m.direction is Direction.IN and m.at <= now for m in facts.messages) and not outgoing(facts):
        return ()
    by_product: defaultdict[Id, list[WebActivity]] = defaultdict(list)
    for web in facts.web:  # newest first
        if web.product_id and web.event in LOOKS and now - timedelta(days=rules.days) <= web.at <= now:
            by_product[web.product_id].append(web)
    wants = []
    for product_id, looks in by_product.items():
        wished = any(w.event is BrowseEvent.PRODUCT_ADDED_TO_WISHLIST for w in looks)
        if wished or len(looks) >= rules.least_views:
            variant = next((w.variant_id for w in looks if w.variant_id), None)
            wants.append(Want(product_id, variant, wished, len(looks), looks[0].at))
    return tuple(sorted(wants, key=lambda w: (w.wished, w.views, w.last_at, w.product_id), reverse=True))


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to tell her that what she wants lies in her shop, from the day after she looked, while she has not bought it:
    so the tills of the shop must have reported past her last look.

    An episode is one time that the product lay there, from its coming until the last of it has gone: sold out and come
    back it is another, and so is another product. What staff closed is not told again, and the next thing that she wants
    takes its place. Evidence `wanted_in_stock`: last_one (present, and true, where one piece is left of it there), wished (present, and
    true, where it is on her wish list), product_id, variant_id, shop_id, category, name, and since (from when on it
    lay there), where that was seen.
    """
    rules, shop_id = playbook.signals.wanted_in_stock, facts.shop_id
    if not facts.shelf or shop_id is None:
        return None
    for want in wanted(facts, now, playbook):
        here = _here(facts, want, shop_id)
        due = days_after(want.last_at, 1, zone)  # on the same day she would feel watched
        since = _since(facts, want, here)
        told = written_since(facts, Cause.WANTED_IN_STOCK, max(want.last_at, since or want.last_at))
        if not here or now < due or told or not facts.reported(shop_id, want.last_at):
            continue
        piece = max(here, key=lambda p: (p.quantity, p.variant_id))
        proposal = Proposal(
            cause=Cause.WANTED_IN_STOCK,
            evidence=Reason(code="wanted_in_stock", params=dict(_params(piece, want, since))),
            strength=(0.66 if piece.quantity == 1 else 0.62) if want.wished else 0.5,
            due_at=due,
            stale_after=want.last_at + timedelta(days=rules.days),
            template="wanted_in_stock",
            channel=None,
            episode=f"wanted_in_stock:{want.product_id}" + (f":{iso(since)}" if since else ""),
        )
        if not closed(facts, proposal):
            return proposal
    return None


def _since(facts: CustomerFacts, want: Want, here: tuple[Piece, ...]) -> datetime | None:
    """From when on the product has lain there, or None where nobody saw it come.

    Any piece that was there when she was spoken of belongs to that time, though the one that came first has been sold
    since: what an earlier follow-up says of it counts then.
    """
    earliest = min((p.since for p in here if p.since), default=None)
    if earliest is None or any(p.since is None for p in here):
        return None
    told = (f for f in facts.follow_ups if f.cause is Cause.WANTED_IN_STOCK and f.created_at >= earliest)
    same = (f for f in told if f.evidence.params.get("product_id") == want.product_id)
    first = min(same, key=lambda f: (f.created_at, f.id), default=None)
    if first is None:
        return earliest
    said = first.evidence.params.get("since")
    return datetime.fromisoformat(said) if isinstance(said, str) else None


def _here(facts: CustomerFacts, want: Want, shop_id: Id) -> tuple[Piece, ...]:
    """The pieces of it in her shop, in the colour and size she meant; none where she has it already."""
    pieces = [p for p in facts.shelf if p.product_id == want.product_id]
    hers = {line.variant_id for order in facts.orders if not order.refunded for line in own_lines(order)}
    if hers & {want.variant_id, *(p.variant_id for p in pieces)}:
        return ()
    here = (p for p in pieces if p.shop_id == shop_id and p.quantity > 0)
    return tuple(p for p in here if want.variant_id in (None, p.variant_id))


def _params(piece: Piece, want: Want, since: datetime | None) -> Iterator[tuple[str, object]]:
    if piece.quantity == 1:
        yield "last_one", True
    if want.wished:
        yield "wished", True
    yield "product_id", piece.product_id
    yield "variant_id", piece.variant_id
    yield "shop_id", piece.shop_id
    yield "category", piece.category
    yield "name", piece.name
    if since:
        yield "since", iso(since)
