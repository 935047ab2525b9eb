"""A note while it is written: as the form holds it, and as it goes with a visit to a colleague's tablet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from clienteling.actions.drafts import Form
from sync.model.catalogue import Product
from sync.model.customer import Feeling, VisitDraft

LONGEST = 4000
MOST_PRODUCTS = 12


@dataclass(frozen=True)
class NoteDraft:
    """What the screen holds of the note."""

    tags: tuple[str, ...] = ()
    feeling: str = ""
    text: str = ""
    products: tuple[Product, ...] = ()
    confidential: bool = False
    taken: VisitDraft | None = None
    """What came with the visit, where this one goes on with it."""

    @property
    def is_empty(self) -> bool:
        return not (self.tags or self.feeling or self.text.strip() or self.products)


FORM = Form(TypeAdapter(NoteDraft), may=lambda one: not one.confidential)
"""Confidential words are for their writer and managers: no disk of a shared tablet holds them."""


def note_key(customer_id: str) -> str:
    """Return the key under which a note about her is kept while it is written."""
    return f"note {customer_id}"


def taken_up(mine: NoteDraft, given: VisitDraft, known: Iterable[Product]) -> NoteDraft:
    """Return a note that goes on with what came with the visit: its words stand before one's own. `known` are the things that
    it names, as far as this tablet has them."""
    chosen = {one.id: one for one in known}
    named = [chosen[product_id] for product_id in given.product_ids if product_id in chosen]
    things = {one.id: one for one in (*named, *mine.products)}
    return replace(
        mine,
        tags=tuple(dict.fromkeys((*given.tags, *mine.tags))),
        feeling=mine.feeling or (given.feeling or ""),
        text="\n".join(filter(None, (given.text, mine.text)))[:LONGEST],
        products=tuple(things.values())[:MOST_PRODUCTS],
        taken=given,
    )


def goes_along(mine: NoteDraft, writer: str, before: VisitDraft | None) -> VisitDraft | None:
    """Return what goes with a visit that is handed over; None leaves `before`, what came with it earlier, as it is.

    A confidential note goes nowhere, and neither does what it was made of.
    """
    goes_on = before is not None and mine.taken == before
    if mine.confidential or mine.is_empty:
        return VisitDraft() if goes_on else None
    whole = mine if before is None or goes_on else taken_up(mine, before, ())
    named = (*(before.product_ids if before is not None and not goes_on else ()), *(one.id for one in mine.products))
    return VisitDraft(
        begun_by=before.begun_by if before is not None else writer,
        text=whole.text.strip(),
        tags=whole.tags,
        feeling=Feeling(whole.feeling) if whole.feeling else None,
        product_ids=tuple(dict.fromkeys(named))[:MOST_PRODUCTS],
    )
