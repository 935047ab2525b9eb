"""What people are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.policy.naming import app_title, form_of_address, house_name, sender_name, work_name
from sync.policy.sms import utf16_units
from tests.unit.policy.build import customer, retailer, shop, staff

KEN = staff(id="staff-2", family_name="高橋", given_name="健", name_en="Ken Takahashi")
MIHO = staff(id="staff-3", family_name="髙橋", given_name="美穂", name_en="Miho Takahashi")


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ({}, "ja", "佐々木様"),
        ({"family_name": "", "family_kana": "ササキ"}, "ja", "ササキ様"),
        ({"family_name": "", "given_name": ""}, "ja", "お客様"),
        ({"family_name": "Sato", "given_name": "Emma"}, "en", "Dear Emma Sato"),
        ({"family_name": "", "given_name": ""}, "en", "Dear customer"),
    ],
)
def test_form_of_address(name: dict[str, str], language: str, expected: str) -> None:
    """The family name with 様, in English the whole name; something polite where no name is known."""
    assert form_of_address(customer(**name), language) == expected


def test_the_title_of_a_push() -> None:
    """The person and the shop, as much as a lock screen shows; without a person the house. A name may have any letters."""
    caroline = staff(name_en="Caroline Lindemann")
    assert app_title(staff(), shop(), retailer(), "ja") == "髙橋（銀座本店）"
    assert app_title(caroline, shop(), retailer(), "en") == "Caroline Lindemann, Ginza"
    assert app_title(caroline, shop(name_en="Ginza Main Store"), retailer(), "en") == "Caroline Lindemann"
    assert app_title(None, shop(), retailer(), "ja") == "エルム 銀座本店"


def test_two_of_one_family_name_are_told_apart() -> None:
    """As much of the given name as is needed, whichever way the family name is written; those who left do not count."""
    me = staff()
    assert work_name(me, "ja", [me]) == "髙橋"
    assert work_name(me, "ja", [me, KEN]) == "髙橋(美)"
    assert work_name(KEN, "ja", [me, KEN]) == "高橋(健)"
    assert work_name(me, "ja", [me, KEN, MIHO]) == "髙橋(美咲)"
    assert work_name(me, "ja", [me, KEN.model_copy(update={"active": False})]) == "髙橋"


@pytest.mark.parametrize(
    ("who", "place", "language", "expected"),
    [
        ({}, {}, "ja", "髙橋（銀座本店）"),
        ({}, {"name": "エルム 新宿サザンテラス口駅前本館店"}, "ja", "髙橋"),
        ({}, {"name": "ONLINE STORE"}, "ja", "髙橋"),
        ({}, {}, "en", "M. Takahashi, Ginza"),
        ({"name_en": "Yui Ito"}, {}, "en", "Yui Ito, Ginza"),
        ({"name_en": "Caroline Ito"}, {}, "en", "C. Ito, Ginza"),
        ({"name_en": "Ann Featherstonehaugh-Line"}, {}, "en", "A. Featherstonehaugh"),
    ],
)
def test_sender_name(who: dict[str, str], place: dict[str, str], language: str, expected: str) -> None:
    """Name and shop where they fit into LINE's 20 characters and do not contain "LINE"; else the name alone."""
    assert sender_name(staff(**who), shop(**place), language) == expected


def test_sender_name_tells_namesakes_apart() -> None:
    """Two of one family name in one shop reach the customer under two names."""
    names = {sender_name(person, shop(), "ja", [staff(), KEN, MIHO]) for person in (staff(), KEN, MIHO)}
    assert names == {"髙橋(美咲)（銀座本店）", "高橋(健)（銀座本店）", "髙橋(美穂)（銀座本店）"}


names = st.text(st.one_of(st.sampled_from("LINEline 𠮷髙"), st.characters(categories=["L", "N"])), max_size=30)


@given(names, names.filter(str.strip), names, names, st.sampled_from(["ja", "en"]))
def test_any_name_fits_the_rules_of_line(family: str, given_: str, latin: str, place: str, language: str) -> None:
    """Whatever people and shops are called, the sender name has at most 20 UTF-16 units and no "LINE" in it."""
    person = staff(family_name=family or "髙橋", given_name=given_, name_en=latin)
    name = sender_name(person, shop(name=place or "銀座", name_en=place), language, [KEN, MIHO])
    assert utf16_units(name) <= 20
    assert "line" not in name.casefold()


def test_the_brand_is_said_once() -> None:
    """A shop whose name has the brand in it is not given it twice; Japanese letters do not go into English."""
    assert house_name(shop(), retailer(), "ja") == "エルム 銀座本店"
    assert house_name(shop(name="エルム銀座本店"), retailer(), "ja") == "エルム銀座本店"
    assert house_name(shop(), retailer(), "en") == "Ginza"
    assert house_name(shop(brand="ELM"), retailer(), "en") == "ELM Ginza"
