"""Every sentence and code has words in both languages, and dates are said as shops say them."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clienteling.formats import Frame, ago, column_date, money, short_date, span, tiny_date
from clienteling.i18n import code_text, plurals, table
from clienteling.words import Words, word
from sync.client.types import IdentifyOutcome
from sync.model.catalogue import Money
from sync.model.customer import AppointmentKind, Channel, Feeling, Pace
from sync.model.outreach import Cause, MessageState, Reason
from sync.model.shop import Role
from sync.policy.receipt import NoReceipt

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 1, 32, tzinfo=UTC)
SOURCES = sorted(Path(__file__).parents[2].joinpath("clienteling").rglob("*.py"))


def sentences(path: Path) -> set[str]:
    """Return the literal msgids of a file: what `_(...)` and `gettext(...)` are called with."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"_", "gettext"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_every_sentence_has_japanese_words(path: Path) -> None:
    """No sentence of a screen is left in English."""
    assert {said for said in sentences(path) if (None, said) not in table("ja")} == set()


def test_translations_keep_their_parameters() -> None:
    """What is filled in the English sentence is filled in the Japanese one, and nothing else."""
    for (context, msgid), said in table("ja").items():
        if context is None:
            wanted, found = (set(re.findall(r"\{(\w+)", text)) for text in (msgid, said))
            assert wanted == found, msgid


def test_what_is_counted_is_said_in_the_form_of_its_number() -> None:
    """English says one thing in another way than several or none; Japanese has one form."""
    english, japanese = Words("en"), Words("ja")
    assert [english("{n} slips", n=n) for n in (0, 1, 2)] == ["0 slips", "1 slip", "2 slips"]
    assert [japanese("{n} slips", n=n) for n in (0, 1, 2)] == ["0件", "1件", "2件"]
    assert english("{n} of these wait for the end of the quiet hours.", n=1).startswith("1 of these waits")


COUNTING = re.compile(r"\{n\} (?:(?:more|other|SMS) )?(?!this )[a-z]+s\b")
ALWAYS_MANY = ("the first {n} products", "or more customers", "within {n} days")
"""Where the number is never one: a full list, a threshold, the playbook's period."""


def test_every_english_sentence_that_counts_has_its_plural_forms() -> None:
    """A noun in the plural behind a number is also said of one; every entry is of a sentence that a screen says, with its parameters."""
    said = {sentence for path in SOURCES for sentence in sentences(path)}
    counting = {one for one in said if COUNTING.search(one) and not any(many in one for many in ALWAYS_MANY)}
    assert counting - set(plurals("en")) == set()
    for many, forms in plurals("en").items():
        assert many in said
        assert len(forms) == 2
        assert forms[0] != forms[1] == many
        assert set(re.findall(r"\{(\w+)", forms[0])) | {"n"} == set(re.findall(r"\{(\w+)", many))


def test_english_words_have_the_straight_apostrophe() -> None:
    """The house's font draws the round one as wide as a letter: `the shop’ s` instead of `the shop's`."""
    said = [*table("en").values(), *(msgid for context, msgid in table("ja") if context is None)]
    assert [one for one in said if "’" in one] == []


def test_both_languages_have_the_same_codes() -> None:
    """A code is no sentence: it needs an entry in English as well."""
    ja, en = ({key for key in table(language) if key[0]} for language in ("ja", "en"))
    assert ja ^ en == set()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_code_of_the_records_is_worded(language: str) -> None:
    """Causes, channels, roles, states and outcomes all have words."""
    kinds = {
        "cause": Cause, "channel": Channel, "role": Role, "pace": Pace, "feeling": Feeling,
        "message_state": MessageState, "appointment_kind": AppointmentKind, "outcome": IdentifyOutcome,
        "no_receipt": NoReceipt,
    }  # fmt: skip
    for kind, codes in kinds.items():
        for code in codes:
            assert code_text(kind, code, language), (kind, code)


def test_reasons_are_worded_with_their_parameters() -> None:
    """A reason's code and parameters become a sentence in the shop's zone."""
    frame = Frame(TOKYO, NOW, {"s1": "銀座本店"}.__getitem__)
    came = Reason(
        code="returned", params={"by": "visit", "at": (NOW - timedelta(days=1)).isoformat(), "away_days": 212}
    )
    assert word(came, "ja", frame) == "昨日、約7か月ぶりにご来店"
    assert word(came, "en", frame) == "Came in yesterday, after about 7 months"
    seen = Reason(code="after_visit", params={"at": NOW.isoformat(), "shop_id": "s1"})
    assert word(seen, "ja", frame) == "今日のご来店（銀座本店）"
    assert word(Reason(code="never_heard_of"), "ja", frame) == "never heard of"


def test_a_missing_parameter_never_fails_a_screen() -> None:
    """It is shown as an ellipsis."""
    assert word(Reason(code="lapsed"), "en") == "Last here … ago; usual gap …"


@pytest.mark.parametrize(
    ("days", "ja", "en"),
    [(1, "1日", "1 day"), (5, "5日", "5 days"), (21, "約3週間", "about 3 weeks"), (212, "約7か月", "about 7 months"), (800, "約2年", "about 2 years")],
)  # fmt: skip
def test_spans_are_said_as_people_say_them(days: int, ja: str, en: str) -> None:
    """Days, then weeks, months and years, rounded."""
    assert span(days, "ja") == ja
    assert span(days, "en") == en


def test_dates_money_and_ages() -> None:
    """Near days by name, this year's by month and day, others with the year; yen without decimals."""
    assert short_date(NOW, "ja", TOKYO, NOW) == "今日"
    assert short_date(NOW + timedelta(days=12), "ja", TOKYO, NOW) == "12月2日(水)"
    assert short_date(NOW - timedelta(days=400), "ja", TOKYO, NOW) == "2025年10月16日"
    assert short_date(NOW + timedelta(days=12), "en", TOKYO, NOW) == "Wed 2 Dec"
    before = NOW - timedelta(days=400)
    assert [tiny_date(before, one, TOKYO, NOW) for one in ("ja", "en")] == ["2025/10/16", "16 Oct 25"]
    assert [column_date(before, one, TOKYO, NOW) for one in ("ja", "en")] == [("10/16", "2025"), ("16 Oct", "2025")]
    assert column_date(NOW - timedelta(days=1), "ja", TOKYO, NOW) == ("昨日", "")
    assert ago(NOW - timedelta(minutes=25), NOW, "ja") == "25分前"
    assert ago(NOW - timedelta(seconds=5), NOW, "en") == "just now"
    assert money(Money(amount=32000), "ja") == "¥32,000"
    assert money(Money(amount=129900, currency="USD"), "en") == "$1,299.00"


def test_names_are_honoured() -> None:
    """Staff read 様 in Japanese, the bare name in English."""
    assert Words("ja").honour("佐々木") == "佐々木 様"
    assert Words("en").honour("Sasaki") == "Sasaki"


def test_no_entry_is_dead() -> None:
    """Every sentence of a catalogue stands in a screen, so that nobody polishes words that are never seen."""
    literals = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {msgid for context, msgid in table("ja") if context is None} - literals == set()


def test_english_says_nothing_of_a_customers_sex() -> None:
    """Customers are anybody: no "she" and no "her" on an English screen."""
    sentences_in_english = [msgid for context, msgid in table("ja") if context is None]
    said = [*sentences_in_english, *table("en").values()]
    assert [one for one in said if re.search(r"\b(she|her|hers|he|his|him)\b", one, re.IGNORECASE)] == []


def test_japanese_calls_one_thing_by_one_name() -> None:
    """The tablet is この端末, the web is Web, and brackets and colons are full-width."""
    for said in table("ja").values():
        plain = re.sub(r"\{[^}]*\}", "", said)
        assert not re.search(r"タブレット|オンライン(?!相談|スタイリスト|ストア)|[():]", plain), said
