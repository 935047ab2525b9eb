"""One more question per later visit, above the profile."""

from datetime import timedelta

from sync.model.commands_visits import NoteAnswer
from sync.model.customer import Asked, Customer, Visit
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, NOW

HER = Customer(id="new-1", member_number="", family_name="新田", given_name="葵", phone="+819099998888")
BEFORE = Visit(id="before", customer_id="new-1", shop_id=GINZA, at=NOW - timedelta(days=9))
HERE = Visit(id="here", customer_id="new-1", shop_id=GINZA, at=NOW)


def shop(*visits: Visit, her: Customer = HER) -> FakeDevice:
    device = FakeDevice()
    for record in (her, *visits):
        device.cache.put(record)
    return device


def test_the_reading_of_the_name_is_typed_once() -> None:
    """What is no kana is said at the field; then it is kept in katakana, and nothing more is asked in this visit."""
    device = shop(BEFORE, HERE)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/new-1")
        await screen.sees("お名前の読み方は？")
        await screen.type("お名前（かな）", "新田")
        await screen.tap("保存")
        await screen.sees("かなで入力してください")
        await screen.type("お名前（かな）", "にった あおい")
        await screen.tap("保存")
        await screen.sees_no("ひとつだけ伺いましょう")
        assert device.commands(NoteAnswer)[0].answer == "ニッタ アオイ"
        assert [one.family_kana for one in device.cache.of(Customer) if one.id == "new-1"] == ["ニッタ"]

    drive(steps, device)


def test_a_skipped_question_is_not_asked_again_in_this_visit() -> None:
    """The birthday is next here, since the reading is known; a tap puts it away."""
    device = shop(BEFORE, HERE, her=HER.model_copy(update={"family_kana": "ニッタ"}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/new-1")
        await screen.sees("お誕生日はいつですか")
        await screen.tap("今回は伺わない")
        await screen.sees_no("ひとつだけ伺いましょう")
        assert [(one.question, one.answer) for one in device.commands(NoteAnswer)] == [(Asked.BIRTHDAY, "")]

    drive(steps, device)


def test_one_tap_says_the_way() -> None:
    """Who can be reached by several ways is asked which, and answers with a tap."""
    device = shop(BEFORE, HERE, her=HER.model_copy(update={"family_kana": "ニッタ", "email": "n@example.jp"}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/new-1")
        await screen.sees("どの方法がよろしいですか")
        await screen.tap("メール")
        await screen.until(lambda: device.commands(NoteAnswer), "the answer")
        assert device.commands(NoteAnswer)[0].answer == "email"

    drive(steps, device)


def test_nothing_is_asked_in_the_first_visit() -> None:
    """She has just come for the first time: the profile begins as ever."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/new-1")
        await screen.sees("新田 葵 様")
        assert not screen.shows("ひとつだけ伺いましょう")

    drive(steps, shop(HERE))
