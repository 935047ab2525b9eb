"""Words written in one name and sent in another."""

import pytest

from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.renaming import renamed, says_another

RETAILER = RetailerSettings(
    id="retailer",
    number=1,
    brand="アオバ",
    legal_name="株式会社アオバ",
    postal_address="東京都",
    contact="a@aoba.example",
)
GINZA = Shop(id="ginza", code="ginza", name="銀座本店", name_en="Ginza", brand="アオバ", controller="株式会社アオバ")


def staff(code: str, family: str, given: str, name_en: str) -> Staff:
    return Staff(id=code, code=code, family_name=family, given_name=given, name_en=name_en, shop_id=GINZA.id)


MISAKI, MINORU = staff("t1", "高橋", "美咲", "Misaki Takahashi"), staff("t2", "高橋", "実", "Minoru Takahashi")
SUZUKI = staff("s1", "鈴木", "陽菜", "Hina Suzuki")
HERE = (MISAKI, MINORU, SUZUKI)


def change(text: str, old: Staff | None, new: Staff | None, language: str = "ja") -> str:
    made = {"shop": GINZA, "retailer": RETAILER, "language": language, "colleagues": HERE}
    changed = renamed(text, old, new, **made)  # type: ignore[arg-type]
    assert says_another(text, old, new, **made) == (changed != text)  # type: ignore[arg-type]
    assert not says_another(changed, old, new, **made), "said once, it is said"  # type: ignore[arg-type]
    return changed


@pytest.mark.parametrize(
    ("old", "new", "text", "expected"),
    [
        (SUZUKI, MISAKI, "銀座本店の鈴木でございます。\n\n鈴木 陽菜", "銀座本店の高橋美咲でございます。\n\n高橋 美咲"),
        (MINORU, MISAKI, "銀座本店の高橋実です。", "銀座本店の高橋美咲です。"),
        (MISAKI, SUZUKI, "高橋様\n銀座本店の高橋美咲です。", "高橋様\n銀座本店の鈴木です。"),
        (MISAKI, None, "アオバ 銀座本店の高橋美咲でございます。\n\n高橋 美咲\nアオバ 銀座本店", "アオバ 銀座本店でございます。\n\nアオバ 銀座本店"),
        (None, SUZUKI, "アオバ 銀座本店でございます。お待ちしております。", "アオバ 銀座本店の鈴木でございます。お待ちしております。"),
        (SUZUKI, None, "鈴木がお待ちしております。", "アオバ 銀座本店がお待ちしております。"),
        (MISAKI, SUZUKI, "お待ちしております。", "お待ちしております。"),
    ],
)  # fmt: skip
def test_each_form_of_a_name_becomes_the_same_form_of_the_other(
    old: Staff | None, new: Staff | None, text: str, expected: str
) -> None:
    """In a sentence, as a signature, with or without the shop before it; a customer of that name keeps hers."""
    assert change(text, old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "text", "expected"),
    [
        (MISAKI, SUZUKI, "This is Misaki Takahashi from Ginza.", "This is Hina Suzuki from Ginza."),
        (MISAKI, None, "This is Misaki Takahashi from Ginza.\n\nMisaki Takahashi\n", "This is Ginza.\n\n"),
        (None, MISAKI, "This is Ginza.", "This is Misaki Takahashi from Ginza."),
        (None, MISAKI, "Dear Emma, Ginza here. Thank you.", "Dear Emma, Misaki Takahashi from Ginza here. Thank you."),
    ],
)
def test_in_english_too(old: Staff | None, new: Staff | None, text: str, expected: str) -> None:
    """Whole Latin names, before the shop or alone on a line."""
    assert change(text, old, new, "en") == expected


def test_the_same_name_is_nothing_to_change() -> None:
    """Writing as oneself, being in charge oneself."""
    made = {"shop": GINZA, "retailer": RETAILER, "language": "ja", "colleagues": HERE}
    assert not says_another("銀座本店の鈴木です。", SUZUKI, SUZUKI, **made)  # type: ignore[arg-type]
