"""Names of goods and places in the language of the screen."""

from clienteling.words import Words
from sync.model.catalogue import Product, Variant
from sync.model.shop import Shop


def product_name(_: Words, product: Product) -> str:
    return product.name_en if _.language == "en" and product.name_en else product.name


def shop_name(_: Words, shop: Shop) -> str:
    return shop.name_en if _.language == "en" and shop.name_en else shop.name


def variant_words(_: Words, variant: Variant) -> str:
    """Colour and size, e.g. `ネイビー M`."""
    return " ".join(part for part in (colour_name(_, variant), variant.size) if part)


def colour_name(_: Words, variant: Variant) -> str:
    return variant.colour_en if _.language == "en" and variant.colour_en else variant.colour
