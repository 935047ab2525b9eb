"""The catalogue: 400 products in 2,000 variants, with codes, seasons, prices and in-store JAN codes."""

from datetime import date, timedelta
from typing import Any

from sync.sandbox.retailer.catalogue_words import CATEGORIES, COLOURS, LOOKS, MATERIALS, ODD
from sync.sandbox.retailer.organisation import BRAND, SHOPS
from sync.sandbox.retailer.world import WEB, Product, Variant, World

VARIANTS = 2000


def check_digit(twelve: str) -> str:
    """Return the last digit of a JAN/EAN-13 code whose first twelve digits are given (GS1 General Specifications, 7.9)."""
    return str(-(sum(map(int, twelve[::2])) + 3 * sum(map(int, twelve[1::2]))) % 10)


def jan(number: int) -> str:
    """Return an in-store JAN code: prefix 21, set aside by GS1 for use inside one company, so it is nobody's product."""
    twelve = f"21{number:010d}"
    return twelve + check_digit(twelve)


def seasons(today: date) -> list[tuple[str, str, date]]:
    """Return the last four seasons up to today: name (e.g. 26AW), kind, first day (1 February or 1 August)."""
    found: list[tuple[str, str, date]] = []
    for year in range(today.year, today.year - 4, -1):
        for kind, month in (("AW", 8), ("SS", 2)):
            first = date(year, month, 1)
            if first <= today:
                found.append((f"{year % 100:02d}{kind}", kind.lower(), first))
    return found[:4]


def make_catalogue(world: World) -> None:
    """Fill the world's products."""
    random = world.random("catalogue")
    latest = seasons(world.today)
    serial = 0
    for code, category in CATEGORIES.items():
        pairs = [
            (material, form)
            for material in category.materials
            for form in category.forms
            if (material, form[0]) not in ODD
        ]
        chosen = random.sample(pairs, category.products)
        for key, form in chosen:
            material = MATERIALS[key]
            fits = [entry for entry in latest if material.season in ("", entry[1])]
            if not material.season and random.random() < 0.45:
                season, launched = "", world.today - timedelta(days=random.randint(800, 1500))
            else:
                season, _, launched = random.choices(fits, weights=range(len(fits), 0, -1))[0]
                launched += timedelta(days=random.randint(0, 40))
                launched = min(launched, world.today - timedelta(days=3))
            serial += 1
            price = round(random.triangular(category.low, category.high, category.low * 1.3) / 1000) * 1000
            world.products.append(
                Product(
                    code=f"{category.prefix}{season or 'CO'}{serial:03d}",
                    name=material.ja + form[0],
                    name_en=f"{material.en} {form[1]}",
                    category=code,
                    description=material.says + category.says,
                    season=season,
                    launched=launched,
                    silhouette=int(LOOKS[code][category.forms.index(form)]),
                    rgb=(0, 0, 0),
                    variants=[Variant("", "", "", "", "", price - random.choice((0, 0, 100, 200)))],
                )
            )
    _make_variants(world)


def _make_variants(world: World) -> None:
    """Give every product one colour, then more colours by chance until there are 2,000 variants in all."""
    random = world.random("variants")
    palettes = {p.code: [random.choice(CATEGORIES[p.category].colours.split())] for p in world.products}
    sizes = {p.code: len(CATEGORIES[p.category].sizes) for p in world.products}
    total = sum(sizes.values())
    while total < VARIANTS:
        product = random.choice(world.products)
        palette = palettes[product.code]
        unused = [c for c in CATEGORIES[product.category].colours.split() if c not in palette]
        if unused and len(palette) < 4 and total + sizes[product.code] <= VARIANTS:
            palette.append(random.choice(unused))
            total += sizes[product.code]
    serial = 0
    for product in world.products:
        price = product.variants[0].price
        product.variants = []
        product.rgb = COLOURS[palettes[product.code][0]][2]
        for colour in palettes[product.code]:
            ja, en, _ = COLOURS[colour]
            for size in CATEGORIES[product.category].sizes:
                serial += 1
                sku = f"{product.code}-{colour}-{size.replace('.', '')}"
                product.variants.append(Variant(sku, jan(4_100_000 + serial * 7), ja, en, size, price))


def product_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of products.csv."""
    return [
        {
            "code": product.code,
            "name": product.name,
            "name_en": product.name_en,
            "brand": BRAND,
            "category": product.category,
            "description": product.description,
            "image": product.image,
            "season": product.season,
        }
        for product in world.products
    ]


def variant_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of variants.csv."""
    return [
        {
            "product_code": product.code,
            "sku": variant.sku,
            "jan": variant.jan,
            "colour": variant.colour,
            "colour_en": variant.colour_en,
            "size": variant.size,
            "price": variant.price,
            "currency": "JPY",
        }
        for product in world.products
        for variant in product.variants
    ]


def stock_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of stock.csv, counted some minutes ago: each variant in each shop, none of what a shop does not keep."""
    random = world.random("stock")
    rows: list[dict[str, Any]] = []
    for shop in SHOPS:
        counted = world.now - timedelta(minutes=2 if shop.code == WEB else random.randint(3, 25))
        for product in world.products:
            kept = random.random() < shop.carries + (0.15 if not product.season else 0)
            for variant in product.variants:
                chance = random.random()
                told = world.lies.get((variant.sku, shop.code))
                if told is not None:
                    rows.append({"sku": variant.sku, "shop_code": shop.code, "quantity": told, "at": counted})
                    continue
                many, here = (24, True) if shop.code == WEB else (5, kept)
                quantity = (
                    0 if chance < 0.16 or not here else 1 + int((chance - 0.16) / 0.84 * many * (0.4 + 0.6 * chance))
                )
                rows.append({"sku": variant.sku, "shop_code": shop.code, "quantity": quantity, "at": counted})
    return rows
