"""Member cards: what their bars hold is what the house says, and no more."""

import pytest
from pydantic import ValidationError

from sync.model.source import RetailerFact
from sync.policy.barcode import number_in

EAN = "2800(?P<number>[0-9]{8})[0-9]"


@pytest.mark.parametrize(
    ("pattern", "text", "number"),
    [
        (EAN, "2800100200305", "10020030"),
        (EAN, "２８００１００２００３０５", "10020030"),
        (EAN, "2800 1002 0030 5", "10020030"),
        (EAN, "4901234567894", None),
        (EAN, "28001002003055", None),
        (EAN, "280010020030", None),
        ("AOB[0-9]{6}", "aob-123456", "AOB123456"),
        ("(?P<number>)X", "X", None),
        ("", "2800100200305", None),
        ("(", "2800100200305", None),
        (".*", "9" * 61, None),
    ],
    ids=["ean", "full width", "spaces", "a product", "longer", "cut", "code 128", "nothing in it", "no cards", "no pattern", "too long"],
)  # fmt: skip
def test_a_number_is_read_by_the_house_s_pattern(pattern: str, text: str, number: str | None) -> None:
    """The group `number`, or all of it; None for whatever is not the bars of a card."""
    assert number_in(pattern, text) == number


def test_a_pattern_that_is_none_is_refused_where_it_is_told() -> None:
    """The file with the house's facts is turned away, rather than every card later on."""
    told = {"number": 1, "brand": "b", "legal_name": "l", "postal_address": "p", "contact": "c"}
    assert RetailerFact.model_validate({**told, "member_barcode": EAN}).member_barcode == EAN
    with pytest.raises(ValidationError):
        RetailerFact.model_validate({**told, "member_barcode": "("})
