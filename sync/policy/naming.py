"""What people are called: the customer by us, the member of staff before the customer."""

from collections.abc import Iterable

from sync.model.customer import Customer
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.sms import utf16_units

SENDER_LENGTH = 20
"""LINE shows a sender name of at most 20 characters, and refuses one that contains "LINE"."""


TITLE_LENGTH = 30
"""What a lock screen shows of a push's title in one line, in UTF-16 units of Japanese."""


def form_of_address(customer: Customer, language: str) -> str:
    """Return how a message opens: 「佐々木様」, in English "Dear Emma Sato"."""
    if language == "ja":
        name = customer.family_name or customer.family_kana or customer.given_name or customer.given_kana
        return f"{name}様" if name else "お客様"
    name = f"{customer.given_name} {customer.family_name}".strip()
    return f"Dear {name}" if name else "Dear customer"


def shop_name(shop: Shop, language: str) -> str:
    """Return the shop's name in a language."""
    return shop.name_en or shop.name if language != "ja" else shop.name


def house_name(shop: Shop, retailer: RetailerSettings, language: str) -> str:
    """Return brand and shop, the brand only once: 「エルム 銀座本店」. A brand in Japanese letters is left out of other
    languages."""
    name, brand = shop_name(shop, language), shop.brand or retailer.brand
    readable = language == "ja" or brand.isascii()
    return f"{brand} {name}" if readable and brand.casefold() not in name.casefold() else name


def colleagues_in(shop_id: str, everybody: Iterable[Staff]) -> tuple[Staff, ...]:
    """Return those beside whom a name must tell a person apart in a shop: who works or lends a hand there. The preview
    and the sending both ask this, so that the name in the preview is the one that goes out."""
    return tuple(one for one in everybody if one.active and shop_id in (one.shop_id, *one.helps_shop_ids))


def work_name(staff: Staff, language: str, colleagues: Iterable[Staff] = ()) -> str:
    """Return the name in which she writes: the family name, and where a colleague has the same one as much of the given
    name as tells them apart, 「髙橋(美)」. In other languages than Japanese the whole Latin name."""
    if language != "ja" and staff.name_en:
        return staff.name_en
    same = _namesakes(staff, colleagues)
    if not same or not staff.given_name:
        return staff.family_name
    length = next(
        (n for n in range(1, len(staff.given_name)) if all(staff.given_name[:n] != g[:n] for g in same)),
        len(staff.given_name),
    )
    return f"{staff.family_name}({staff.given_name[:length]})"


def spoken_name(staff: Staff, language: str, colleagues: Iterable[Staff] = ()) -> str:
    """Return how she introduces herself in a sentence: by family name, with the given name where a colleague has the
    same one (「髙橋美咲」: brackets belong on a label)."""
    if language != "ja" and staff.name_en:
        return staff.name_en
    return f"{staff.family_name}{staff.given_name}" if _namesakes(staff, colleagues) else staff.family_name


def full_name(staff: Staff, language: str) -> str:
    """Return how she signs: 「髙橋 美咲」."""
    if language != "ja" and staff.name_en:
        return staff.name_en
    return f"{staff.family_name} {staff.given_name}".strip()


def _namesakes(staff: Staff, colleagues: Iterable[Staff]) -> list[str]:
    return [
        other.given_name
        for other in colleagues
        if other.id != staff.id and other.active and _plain(other.family_name) == _plain(staff.family_name)
    ]


_VARIANTS = str.maketrans("髙﨑邊邉齋齊斎濵濱嶋澤櫻國廣德惠", "高崎辺辺斉斉斉浜浜島沢桜国広徳恵")


def _plain(family_name: str) -> str:
    """高橋 and 髙橋 are one name to a customer who has to tell two people apart."""
    return family_name.translate(_VARIANTS)


def sender_name(staff: Staff, shop: Shop, language: str, colleagues: Iterable[Staff] = ()) -> str:
    """Return the sender's name as the customer sees it, e.g. 「髙橋（銀座本店）」 or "Misaki Takahashi, Ginza".

    At most 20 characters and without "LINE", as LINE asks: the shop is left out where both do not fit, then the name is
    cut. A name that itself contains "LINE" ("Caroline") is written with its initial: "C. Takahashi".
    """
    name = work_name(staff, language, colleagues)
    place = shop_name(shop, language)
    short = _initialled(name) if language != "ja" else name
    pattern = "{}（{}）" if language == "ja" else "{}, {}"
    choices = [pattern.format(name, place), pattern.format(short, place), name, short]
    fitting = (c for c in choices if utf16_units(c) <= SENDER_LENGTH and "line" not in c.casefold())
    return next(fitting, None) or _cut(short)


def line_name(
    staff: Staff | None, shop: Shop, retailer: RetailerSettings, language: str, colleagues: Iterable[Staff] = ()
) -> str:
    """Return the name over a message in LINE: the person's, or without one that of the house. Empty where LINE would not
    take it (it contains "LINE"); the account then stands alone."""
    if staff is not None:
        return sender_name(staff, shop, language, colleagues)
    name = house_name(shop, retailer, language)
    if utf16_units(name) > SENDER_LENGTH:
        name = shop_name(shop, language)
    while utf16_units(name) > SENDER_LENGTH:
        name = name[:-1]
    return "" if "line" in name.casefold() else name.strip()


def app_title(
    staff: Staff | None, shop: Shop, retailer: RetailerSettings, language: str, colleagues: Iterable[Staff] = ()
) -> str:
    """Return the title of a push, which stands under the app's name: the person and the shop, 「髙橋（銀座本店）」, or
    without a person the house. The shop is left out where a lock screen would cut it off."""
    if staff is None:
        return house_name(shop, retailer, language)
    name = work_name(staff, language, colleagues)
    whole = ("{}（{}）" if language == "ja" else "{}, {}").format(name, shop_name(shop, language))
    return whole if utf16_units(whole) <= TITLE_LENGTH else name


def mail_account(shop: Shop, retailer: RetailerSettings, language: str) -> str:
    """Return who stands behind a person's mail: the company by its legal name (特定電子メール法, Art. 4), and the shop."""
    return f"{retailer.legal_name} {shop_name(shop, language)}"


def mail_sender(name: str, account: str) -> str:
    """Return the name over a mail as she reads it, 「髙橋(美) / 株式会社カザミ 銀座本店」."""
    return f"{name} / {account}" if name else account


def _initialled(name: str) -> str:
    first, _, rest = name.strip().partition(" ")
    return f"{first[0]}. {rest}" if rest else name


def _cut(name: str) -> str:
    at = name.casefold().find("line")
    name = name if at < 0 else (name[:at] + name[at + 4 :]).strip() or name[:1]
    while utf16_units(name) > SENDER_LENGTH:
        name = name[:-1]
    return name.strip()
