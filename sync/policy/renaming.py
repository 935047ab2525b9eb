"""Words that were written in one name and go in another: what still says the old one, and the same words in the new."""

import re
from collections.abc import Iterable, Sequence

from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.naming import full_name, house_name, shop_name, spoken_name, work_name

_HERS = r"(?!\s*(?:様|さま|さん))"
"""A customer of that name is none of ours."""


def says_another(
    text: str, old: Staff | None, new: Staff | None, *, shop: Shop, retailer: RetailerSettings, language: str,
    colleagues: Sequence[Staff],
) -> bool:  # fmt: skip
    """Return whether a text still introduces `old` (None: only the shop) although it goes in the name of `new`."""
    if (old.id if old else None) == (new.id if new else None):
        return False
    return renamed(text, old, new, shop=shop, retailer=retailer, language=language, colleagues=colleagues) != text


def renamed(
    text: str, old: Staff | None, new: Staff | None, *, shop: Shop, retailer: RetailerSettings, language: str,
    colleagues: Sequence[Staff],
) -> str:  # fmt: skip
    """Return a text with one name in place of another, each in its form: in a sentence, on a label, as a signature.

    To the shop's name the person's is left out (「銀座本店の髙橋でございます」 becomes 「銀座本店でございます」); from it, the person's
    is put where the shop introduces itself. A text without the old name, or without such a place, stays as it is.
    """
    houses = sorted({house_name(shop, retailer, language), shop_name(shop, language)}, key=len, reverse=True)
    if old is None:
        return _named(text, new, houses, language, colleagues) if new is not None else text
    if new is None:
        return _unnamed(text, _forms(old, language, colleagues), houses, language)
    mine = _forms(old, language, colleagues)
    ours, others = _kinds(old, language, colleagues), _kinds(new, language, colleagues)
    if len(ours) != len(others):  # one of them has no Latin name
        others = [spoken_name(new, language, colleagues)] * len(ours)
    theirs = dict(zip(ours, [*others[:-1], spoken_name(new, language, colleagues)], strict=True))
    keep = _forms(new, language, colleagues)  # 「髙橋」 in 「髙橋実」 is no name of the other 髙橋 any more

    def swap(found: re.Match[str]) -> str:
        said = found.group()
        return said if said in keep else theirs[said]

    return _any([*mine, *keep]).sub(swap, text)


def _kinds(person: Staff, language: str, colleagues: Iterable[Staff]) -> list[str]:
    """Full, written together, on a label, in a sentence, and the family name alone, which stands for that of a sentence."""
    if language != "ja" and person.name_en:
        return [person.name_en]
    others = list(colleagues)
    spoken = spoken_name(person, language, others)
    together = f"{person.family_name}{person.given_name}"
    return [full_name(person, language), together, work_name(person, language, others), spoken, person.family_name]


def _forms(person: Staff, language: str, colleagues: Iterable[Staff]) -> list[str]:
    return sorted({one for one in _kinds(person, language, colleagues) if one}, key=len, reverse=True)


def _any(forms: Iterable[str]) -> re.Pattern[str]:
    longest = sorted(set(forms), key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(one) for one in longest) + ")" + _HERS)


def _unnamed(text: str, forms: Sequence[str], houses: Sequence[str], language: str) -> str:
    who = _any(forms).pattern
    text = re.sub(rf"^[ \u3000]*{who}[ \u3000]*(?:\n|\Z)", "", text, flags=re.MULTILINE)  # a signature
    if language == "ja":
        text = re.sub(rf"の{who}(?=で(?:ございます|す))", "", text)
    else:
        text = re.sub(rf"{who} (?:from|at|of) (?=(?:the )?(?:{'|'.join(map(re.escape, houses))}))", "", text)
    return _any(forms).sub(houses[0], text)


def _named(text: str, new: Staff, houses: Sequence[str], language: str, colleagues: Sequence[Staff]) -> str:
    if _any(_forms(new, language, colleagues)).search(text):
        return text
    who, house = spoken_name(new, language, colleagues), "|".join(map(re.escape, houses))
    if language == "ja":
        return re.sub(rf"({house})(?=で(?:ございます|す))", rf"\1の{who}", text, count=1)
    return re.sub(
        rf"(?<=This is )(?={house})|(?:{house})(?= here\b)", lambda m: f"{who} from {m.group()}", text, count=1
    )
