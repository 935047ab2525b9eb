"""Registering a new customer, also without a network."""

import flet as ft
import pytest

from clienteling.actions.register import Form, katakana, phone_digits, problems
from sync.model.commands import CheckIn, RegisterCustomer
from sync.model.customer import Channel
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive


def test_a_short_form_registers_and_opens_her() -> None:
    """Names, telephone and a consent become one command with the version of the wording; her visit opens."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register")
        await screen.type("姓（必須）", "新田")
        await screen.type("名", "葵")
        await screen.type("セイ（かな）", "にった")
        await screen.type("電話番号", "０９０-1234-5678")
        await screen.check("アオバからSMSでご連絡を受け取ることに同意します。")
        await screen.tap("登録する")
        await screen.until(lambda: device.commands(CheckIn), "check-in")
        made = device.commands(RegisterCustomer)[0]
        assert (made.family_name, made.family_kana, made.phone) == ("新田", "ニッタ", "09012345678")
        assert (made.consents, made.wording_version) == ((Channel.SMS,), "registration/2026-11/ja")
        await screen.at(f"/customers/{made.customer_id}")
        await screen.sees("登録しました")

    drive(steps, device)


def test_offline_says_where_she_is_saved() -> None:
    """Without a network the sentence tells local from sent."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        device.become(online=False)
        await screen.go("/register")
        await screen.sees("接続がないため、この端末に保存し")
        await screen.type("姓（必須）", "新田")
        await screen.tap("登録する")
        await screen.sees("この端末に登録しました。接続後に送ります")

    drive(steps, device)


def test_what_is_missing_is_said_at_the_field() -> None:
    """Nothing is sent before the form is right."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register")
        await screen.tap("登録する")
        await screen.sees("姓を入力してください")
        assert device.commands(RegisterCustomer) == []

    drive(steps, device)


def test_likely_duplicates_are_offered_before_saving() -> None:
    """The telephone number of somebody known shows her."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register")
        await screen.type("電話番号", "09011112222")
        await screen.sees("すでにご登録のお客様ではありませんか")
        await screen.sees("佐々木 みどり 様")

    drive(steps)


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (Form(), {"family_name"}),
        (Form(family_name="新田"), set()),
        (Form(family_name="新田", family_kana="新田"), {"family_kana"}),
        (Form(family_name="新田", phone="12345"), {"phone"}),
        (Form(family_name="新田", phone="+81 90-1234-5678"), set()),
        (Form(family_name="新田", email="nitta@"), {"email"}),
        (Form(family_name="新田", consents=frozenset({Channel.SMS, Channel.EMAIL})), {"phone", "email"}),
    ],
)
def test_the_form_names_what_is_wrong(form: Form, fields: set[str]) -> None:
    """Each wrong field is named, right ones are not; a consent needs the address it is for."""
    assert set(problems(form)) == fields


def test_kana_and_numbers_are_tidied() -> None:
    """Hiragana, half-width kana and full-width digits come in as forms keep them."""
    assert katakana("ささき") == "ササキ"
    assert katakana("ｻｻｷ") == "ササキ"
    assert phone_digits("０３（１２３４）５６７８") == "0312345678"


def test_a_signature_goes_with_the_consent() -> None:
    """Drawn below what is ticked it becomes strokes on a grid; a signature below nothing is asked about."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register")
        await screen.type("姓（必須）", "新田")
        await screen.type("電話番号", "09012345678")
        await screen.tap("ご署名をいただく")
        await screen.sees("こちらにご署名ください")
        pad = next(c for c in screen.controls if isinstance(c, ft.GestureDetector) and c.on_pan_update)
        for event, x, y in (("pan_start", 56, 28), ("pan_update", 112, 56), ("pan_start", 280, 14)):
            at = {"x": x, "y": y}
            more = {"k": "touch"} if event == "pan_start" else {"ld": {"x": 0, "y": 0}, "gd": {"x": 0, "y": 0}}
            await screen.session.dispatch_event(pad._i, event, {"l": at, "g": at, "ts": 0, **more})
        await screen.tap("登録する")
        await screen.sees("ご署名の対象に印を付けてください")
        await screen.check("アオバからSMSでご連絡を受け取ることに同意します。")
        await screen.tap("登録する")
        await screen.until(lambda: device.commands(RegisterCustomer), "the registration")
        assert device.commands(RegisterCustomer)[0].signature == "100,50 200,100;500,25"

    drive(steps, device)
