"""What a customer owns, with what the catalogue knows of each piece; and a new item to lay beside it."""

from dataclasses import dataclass

from clienteling.device import Cache
from clienteling.queries.stock import Item, items
from sync.model.catalogue import Variant
from sync.model.customer import Customer
from sync.model.shop import Shop
from sync.policy.belongings import Owned, owned
from sync.policy.facts import CustomerFacts, facts_from


@dataclass(frozen=True)
class Piece:
    owned: Owned
    variant: Variant | None
    """As the catalogue has it; None for what came from elsewhere or is not listed any more."""
    image: str

    @property
    def size(self) -> str:
        told = self.owned.told
        return (told.size if told else "") or (self.variant.size if self.variant else "")

    @property
    def colour(self) -> str:
        told = self.owned.told
        return (told.colour if told else "") or (self.variant.colour if self.variant else "")


@dataclass(frozen=True)
class Beside:
    """Her pieces, and the new one."""

    customer: Customer
    pieces: tuple[Piece, ...]
    new: Item | None
    variants: tuple[Variant, ...]
    """Of the new item: its sizes and colours."""


def pieces_of(cache: Cache, facts: CustomerFacts) -> tuple[Piece, ...]:
    """Return what she owns, the newest first. Blocks for milliseconds."""
    known: dict[str, Variant | None] = {}

    def variant(variant_id: str) -> Variant | None:
        if variant_id not in known:
            found = cache.record("variant", variant_id)
            known[variant_id] = found if isinstance(found, Variant) else None
        return known[variant_id]

    def product_of(variant_id: str) -> str | None:
        found = variant(variant_id)
        return found.product_id if found else None

    made = []
    for one in owned(facts, product_of):
        of = variant(one.variant_id) if one.variant_id else None
        product = cache.product(of.product_id) if of else None
        image = (of.image if of else "") or (product.image if product else "")
        made.append(Piece(one, of, image))
    return tuple(made)


def load_beside(cache: Cache, customer_id: str, product_id: str, shop: Shop | None) -> Beside | None:
    """Read her pieces and a new item; None where this tablet does not hold her."""
    records = cache.customer_range(customer_id)
    if not any(isinstance(one, Customer) for one in records):
        return None
    facts = facts_from(records)
    new = next(iter(items(cache, [(product_id, None)], shop)), None) if product_id else None
    variants = tuple(cache.variants_of(product_id)) if product_id else ()
    return Beside(facts.customer, pieces_of(cache, facts), new, variants)
