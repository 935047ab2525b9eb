"""Which messages of hers stop ours at once, which are for a person to read, and which are about something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.policy.stop_words import Stop, asks_to_stop


@pytest.mark.parametrize(
    "text",
    [
        "配信停止",
        "停止",
        "停止。",
        "　配信停止　\n",
        "配信停止希望",
        "配信停止をお願いします。",
        "配信の停止を希望します",
        "メール配信停止お願いいたします",
        "LINEの配信を停止してください",
        "すみませんが、配信を停止してください🙏",
        "配信解除",
        "ストップ",
        "ＳＴＯＰ",
        "stop",
        "STOP!",
        "Stop please",
        "Please stop.",
        "unsubscribe",
        "Unsubscribe me, thank you",
        "opt-out",
        "stop sending me messages",
    ],
)
def test_a_message_that_says_nothing_else_stops_at_once(text: str) -> None:
    """Whatever its width, case, punctuation and politeness."""
    assert asks_to_stop(text) is Stop.CLEAR


@pytest.mark.parametrize(
    "text",
    [
        "メールはもう結構です",
        "案内は不要です。予約はそのままでお願いします",
        "しばらく送らないでください",
        "お直しを停止していただけますか？",
        "配信停止の方法を教えてください",
        "停止しないでください",
        "I'll stop by tomorrow",
        "Please don't send me so many mails",
        "迷惑でなければ、また教えてください",
    ],
)
def test_what_needs_reading_is_for_a_person(text: str) -> None:
    """It may mean to stop, something less, or quite another thing."""
    assert asks_to_stop(text) is Stop.PERHAPS


@pytest.mark.parametrize(
    "text", ["", "ありがとうございます！", "予約を解除してください", "cancel", "やはりLサイズで", "👍", "Thank you"]
)
def test_everything_else(text: str) -> None:
    """Thanks, orders and cancelled appointments stop nothing."""
    assert asks_to_stop(text) is Stop.NO


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    """No text breaks it, and a clear one stays clear with blanks and full stops around it."""
    judged = asks_to_stop(text)
    if judged is Stop.CLEAR:
        assert asks_to_stop(f"  {text}。 ") is Stop.CLEAR
