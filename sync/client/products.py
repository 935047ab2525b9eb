"""Finding products by what staff type or scan: name, code, brand, category, colour, size, SKU, JAN, in any order."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sync.sealed.names import fold

MOST_WORDS = 6
Row = tuple[str, str, str]
"""Id, the id of the product, and the folded words, a line for each field (`sync.sealed.schema.WORD_FIELDS`)."""


class Found(NamedTuple):
    """A product, and those of its variants that were meant; none where the words are of the product as a whole."""

    product_id: str
    variant_ids: tuple[str, ...]


def typed_words(text: str) -> list[str]:
    """Return the folded words of what was typed, at most six."""
    folded = (fold(word) for word in text[:200].split())
    return [word for word in folded if word][:MOST_WORDS]


def find(
    words: list[str], products: Iterable[Row], variants: Iterable[Row], categories: Mapping[str, str]
) -> list[Found]:
    """Return the products for which every word is the product's own, or is of one and the same variant.

    `products` in the order in which they are to be found, their last line being the category's code; `categories` gives the
    names of each. A size is meant only whole: `M` is not the m in a name.
    """
    if not words:
        return []
    by_product: dict[str, list[tuple[str, list[str]]]] = {}
    for variant_id, product_id, lines in variants:
        by_product.setdefault(product_id, []).append((variant_id, lines.split("\n")))
    found = []
    for product_id, _, lines in products:
        *own, category = lines.split("\n")
        hay = "\n".join((*own, category, categories.get(category, "")))
        mine = by_product.get(product_id, [])
        sizes = {word for word in words if any(word == fields[-1] for _, fields in mine)}
        # beside another word what can be a size is one; alone it may as well be how a name begins
        left = [word for word in words if word not in hay or (word in sizes and len(words) > 1)]
        meant = [each for each, fields in mine if all(_is_of(word, fields, sizes) for word in left or sizes)]
        if left and not meant:
            continue
        found.append(Found(product_id, tuple(meant) if left or sizes else ()))
    return found


def _is_of(word: str, fields: list[str], sizes: set[str]) -> bool:
    *parts, size = fields
    return word == size if word in sizes else any(word in part for part in parts)
