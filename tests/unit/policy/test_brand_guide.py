"""The shipped brand guide, in the words that staff would write."""

import pytest

from sync.model.customer import Channel
from sync.model.outreach import Cause
from sync.policy.guide import opening
from sync.policy.playbook import load_playbook
from sync.policy.speaker import Speaker
from sync.policy.words import Finding, blocking_codes, check_subject, check_words, repaired

PLAYBOOK = load_playbook()
HELLO = "佐々木様\n\nエルム 銀座本店の髙橋でございます。\nいつもお引き立てを賜り、誠にありがとうございます。\n\n"
END = "\n\nまたのお越しをお待ち申し上げております。\n\nエルム 銀座本店\n髙橋 美咲"


def check(text: str, channel: Channel = Channel.LINE, items: tuple[str, ...] = (), **more: Speaker) -> list[Finding]:
    return check_words(
        text, channel=channel, language="ja", playbook=PLAYBOOK, family_name="佐々木", items=items, **more
    )


def codes(text: str, channel: Channel = Channel.LINE, items: tuple[str, ...] = ()) -> list[str]:
    return [finding.code for finding in check(text, channel, items)]


def test_a_good_letter_has_nothing_said_of_it() -> None:
    """What the house would write itself passes."""
    assert check(f"{HELLO}お直しが仕上がりました。{END}") == []


@pytest.mark.parametrize(
    "word",
    ["ご覧になったコート", "ご覧になっていたお品", "ごらんになったお品", "閲覧", "カートのお品", "ｶｰﾄ", "買い物かご"],
)
def test_nobody_is_told_that_she_was_watched(word: str) -> None:
    """ご覧になった, 閲覧 and カート stop a message, in whatever width they are written."""
    text = f"{HELLO}先日の{word}につきまして、ご案内申し上げます。{END}"
    assert codes(text) == ["watching"]
    assert "watching" in blocking_codes(PLAYBOOK, "ja", Cause.AFTER_VISIT)


@pytest.mark.parametrize(
    "said",
    [
        "三か月ぶりのご来店",
        "前回のご来店から間が空き",
        "一年近くお目にかかれず、お見えにならない",
        "しばらくお顔を拝見しておりません",
    ],
)
def test_her_absence_is_not_counted(said: str) -> None:
    """Neither in months nor by what was last: it stops a message."""
    assert "counting_absence" in codes(f"{HELLO}{said}。{END}")
    assert "counting_absence" in blocking_codes(PLAYBOOK, "ja", Cause.LAPSED)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("少しお痩せになられました", "body_or_age"),
        ("体型をきれいに見せる", "body_or_age"),
        ("五十代の方に", "body_or_age"),
        ("60代の方に", "body_or_age"),
        ("還暦のお祝いに", "body_or_age"),
        ("ご主人様もお喜びになります", "family"),
        ("お子様とご一緒に", "family"),
        ("ご結婚のお祝いに", "family"),
    ],
)
def test_no_body_no_age_no_family(said: str, code: str) -> None:
    """What is hers and nobody's business stops a message."""
    assert codes(f"{HELLO}{said}。{END}") == [code]
    assert code in blocking_codes(PLAYBOOK, "ja", Cause.BIRTHDAY)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("業界初の織りです", "claim"),
        ("人気No.1のお品です", "claim"),
        ("人気№１のお品です", "claim"),
        ("売上第一位です", "claim"),
        ("どこよりも安く", "claim"),
        ("通常価格5万円のところ", "claim"),
        ("疲労回復が期待できます", "efficacy"),
        ("肌のシミが目立たなく", "efficacy"),
        ("血行を促し", "efficacy"),
    ],
)
def test_what_the_law_forbids_to_claim(said: str, code: str) -> None:
    """To be the first or best without proof, a former price beside the present one, an effect on the body: not even in
    an answer."""
    assert code in codes(f"{HELLO}{said}。{END}")
    assert code in blocking_codes(PLAYBOOK, "ja", Cause.REPLY)


@pytest.mark.parametrize(
    "said",
    [
        "シワになりにくい生地です",
        "最高の一日となりますよう",
        "カートリッジをお取り寄せ",
        "クレープフレアスカートに合わせて",
        "コットン100%でございます",
        "綿 100％",
        "カーディガン",
        "着こなしのポイント",
        "今月もご来店",
        "年に一度のご案内",
    ],
)
def test_harmless_words_are_no_findings(said: str) -> None:
    """Words that merely resemble forbidden ones can be written."""
    assert codes(f"{HELLO}{said}。{END}") == []


@pytest.mark.parametrize(
    "said",
    [
        "¥12,800",
        "￥12,800",
        "12,800円",
        "１２，８００円",
        "３万円",
        "20%OFF",
        "Mサイズ",
        "ｍサイズ",
        "23.5cm",
        "9号",
        "ギフト",
        "プレゼント",
        "ｷﾞﾌﾄ",
    ],
)
def test_a_lock_screen_shows_no_price_size_or_gift(said: str) -> None:
    """Within the first 40 characters it stops the message; further down it may stand. A subject is all lock screen."""
    assert "lock_screen" in codes(f"佐々木様\n{said}のご案内でございます。{END}")
    assert "lock_screen" not in codes(f"{HELLO}{said}のご案内でございます。{END}")
    assert next(f.code for f in check_subject(f"{said}のご案内", language="ja", playbook=PLAYBOOK)) == "lock_screen"
    assert "lock_screen" in blocking_codes(PLAYBOOK, "ja", Cause.BIRTHDAY)


def test_a_lock_screen_names_no_item() -> None:
    """The names of what the message is about stand below the first 40 characters, line breaks not counted."""
    coat = ("ウールリバーコート",)
    text = "佐々木様\n\n\n\n\n\n\n\n\n\n\n\n\n銀座本店の髙橋です。ウールリバーコートが届きました。" + END
    (found,) = check(text, items=coat)
    assert (found.code, found.word) == ("lock_screen", "ウールリバーコート")
    assert check(f"{HELLO}ウールリバーコートが届きました。{END}", items=coat) == []
    assert opening("佐々木様\n\nようこそ" + "あ" * 50, 10) == "佐々木様 ようこそああ"
    edge = "あ" * 39 + "ウールリバーコート" + END
    assert "lock_screen" in codes(edge, items=coat), "its first letter shows already"
    assert "lock_screen" not in codes(f"あ{edge}", items=coat)


@pytest.mark.parametrize(
    "said", ["500ポイントございます", "ポイントの有効期限が", "会員ランクにつきまして", "ランクアップまで"]
)
def test_points_and_ranks_are_the_shops_talk(said: str) -> None:
    """A person does not speak of her account; the shop may, and so may whoever is asked."""
    text = f"{HELLO}{said}、ご案内申し上げます。{END}"
    assert codes(text) == ["shops_talk"]
    assert check(text, speaker=Speaker.SHOP) == []
    assert "shops_talk" in blocking_codes(PLAYBOOK, "ja", Cause.AFTER_VISIT)
    assert "shops_talk" not in blocking_codes(PLAYBOOK, "ja", Cause.REPLY)


def test_an_answer_may_take_up_what_she_said() -> None:
    """She asks about her カート, or for her husband: the answer has to be able to name it. Law holds all the same."""
    assert blocking_codes(PLAYBOOK, "ja", Cause.REPLY) == {"empty", "too_long", "claim", "efficacy"}
    assert blocking_codes(PLAYBOOK, "zh", Cause.REPLY) == {"empty", "too_long"}


def test_emoji_are_few_and_ours() -> None:
    """One of ours may stand; a second, or another, is marked whole (joined, flagged, coloured) and taken out by one tap."""
    assert codes(f"{HELLO}お待ちしております🌸") == []
    assert codes(f"{HELLO}お待ちしております🌸✨") == ["too_many_emoji"]
    for odd in ("👩‍👩‍👧", "🇯🇵", "👍🏽", "♪", "☆"):
        (found,) = check(f"お待ちしております{odd}。")
        assert (found.code, found.word) == ("emoji", odd)
        assert repaired(f"お待ちしております{odd}。", found) == "お待ちしております。"
    assert codes("①②→お待ちしております") == []


def test_a_letter_ends_politely() -> None:
    """Where it does not, the closing is offered above the signature; a text message needs none."""
    text = f"{HELLO.strip()}\n\nお直しの件。{'あ' * 160}\n\n銀座本店\n髙橋"
    (found,) = check(text)
    assert found.code == "closing_missing"
    assert repaired(text, found).endswith(
        "あ\n\nまたお目にかかれますことを、楽しみにいたしております。\n\n銀座本店\n髙橋"
    )
    assert check(repaired(text, found)) == []
    assert codes(text, Channel.SMS) == ["long"]


def test_the_house_likes_short_letters() -> None:
    """Longer than the guide says is said, with its limit, and goes all the same."""
    (found,) = check("あ" * 600 + "お待ちしております")
    assert (found.code, found.start, found.word, found.fix) == ("long", 600, "600", None)
    assert "long" not in blocking_codes(PLAYBOOK, "ja", Cause.CAMPAIGN)


def test_one_tap_writes_what_the_house_would() -> None:
    """Each suggestion is put in its place; nothing is changed where the text has moved on."""
    text = f"{HELLO}了解しました。お安い、ではなく安い商品を、お客さんに。{END}"
    done = text
    while found := next((f for f in check(done) if f.fix is not None), None):
        done = repaired(done, found)
    assert "かしこまりました。お安い、ではなく" not in text
    assert "かしこまりました" in done
    assert "お客様に" in done
    assert check(done) == []
    (first, *_) = check(text)
    assert repaired("まったく別の文", first) == "まったく別の文"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("a gift for you", "lock_screen"),
        ("now ¥12,800", "lock_screen"),
        ("in your size", "lock_screen"),
        ("the No. 1 coat", "claim"),
        ("it heals", "efficacy"),
        ("for your husband", "family"),
        ("your points", "shops_talk"),
    ],
)
def test_the_same_in_english(said: str, code: str) -> None:
    """The English guide knows the same things."""
    text = f"Dear Emma, {said}.\n\nWith kind regards,\nGinza"
    assert code in [f.code for f in check_words(text, channel=Channel.LINE, language="en", playbook=PLAYBOOK)]
