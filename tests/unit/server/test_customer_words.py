"""The words by which customers are found."""

import pytest

from sync.model.customer import Customer
from sync.server.repository.customers import fold, words_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("すずき", "スズキ"), ("ｽｽﾞｷ", "スズキ"), ("ＡＢＣ", "abc"), ("Suzuki", "suzuki"), ("１２３", "123"), ("ゔ", "ヴ")],
)
def test_ways_of_writing_that_mean_the_same(typed: str, meant: str) -> None:
    """Hiragana, half-width kana, full-width letters and capitals make no difference."""
    assert fold(typed) == fold(meant)


def test_words_of_a_customer() -> None:
    """Names apart and together, kana, numbers (as people in Japan write them too) and the address."""
    customer = Customer(
        id="1",
        member_number="M-12",
        family_name="鈴木",
        given_name="花子",
        family_kana="スズキ",
        given_kana="ハナコ",
        phone="+819012345678",
        email="Hanako@example.jp",
    )
    assert words_of(customer) == {
        "鈴木", "花子", "鈴木花子", "スズキ", "ハナコ", "スズキハナコ", "m-12", "m12",
        "819012345678", "09012345678", "hanako@example.jp",
    }  # fmt: skip


def test_a_customer_of_whom_little_is_known_has_few_words() -> None:
    """Empty fields are no words: nobody is found by nothing."""
    assert words_of(Customer(id="1", member_number="", family_name="鈴木")) == {"鈴木"}
