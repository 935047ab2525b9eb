"""Whether a customer's message asks us to stop writing: at once where it is clear, else a person reads it."""

import re
from enum import StrEnum
from unicodedata import category, normalize


class Stop(StrEnum):
    NO = "no"
    PERHAPS = "perhaps"
    """Something in it may mean that: a person decides."""
    CLEAR = "clear"
    """The whole message says so and nothing else."""


_CLEAR = re.compile(
    r"""(?:すみませんが|申し訳ありませんが|恐れ入りますが|please|pls)?
    (?:
        (?:今後の?|以後の?)?
        (?:line|メール|メルマガ|sms|ショートメッセージ|お?知らせ|ご?案内|ご?連絡|ご?配信|ニュースレター)?
        (?:の|は|を)? (?:配信|送信|連絡)? (?:の|は|を)?
        (?:停止|中止|ストップ|止めて|やめて|stop)
        (?:を|で)?
      |
        (?:メール|メルマガ|line|sms)?(?:の|を)?配信(?:の|を)?解除(?:を)?
      |
        (?:unsubscribe|unsubscribeme|optout|stopall|stop(?:sending)?(?:me)?(?:messages|emails|mails|texts)?)
    )
    (?:して|希望|希望です|希望します|お願い|お願いします|お願いいたします|お願い致します|お願い申し上げます|します|です
       |いただけますか|please|thankyou|thanks|ありがとうございます|ありがとうございました)*
    (?:ください|下さい|ほしいです|欲しいです|いただきたいです|頂きたいです)?
    (?:お願いします|お願いいたします|お願い致します|please|thankyou|thanks)?""",
    re.VERBOSE,
)
_PERHAPS = re.compile(
    r"""停止|配信解除|ストップ|退会|迷惑|送らないで|送ってこないで|送信しないで|連絡しないで|連絡は?(?:不要|いりません|要りません|いらない)
    |(?:メール|line|sms|案内|お?知らせ|配信|連絡)[はを]?(?:もう)?(?:不要|いりません|要りません|いらない|要らない|やめて|止めて|結構)
    |もう(?:送|いりません|要りません|いらない|結構|やめ|止め)|しつこい
    |unsubscribe|opt.?out|\bstop\b|don'?t\s+(?:send|contact|write|text|e?mail)|do\s+not\s+(?:send|contact|write|text|e?mail)
    |no\s+more\s+(?:messages|mails?|emails?|texts?)|remove\s+me|leave\s+me\s+alone|take\s+me\s+off""",
    re.VERBOSE,
)


def asks_to_stop(text: str) -> Stop:
    """Judge a message of hers, written in any width, case and punctuation.

    CLEAR only where nothing else is said: "停止", "配信停止をお願いします。", "STOP!". Anything that needs reading is at
    most PERHAPS, "お直しを停止" as well as "メールはもう結構です": an opt-out that she did not mean would silence a shop
    she likes, and one that she did mean is a person's to enter today.
    """
    plain = normalize("NFKC", text).casefold()
    letters = "".join(c for c in plain if category(c)[0] in "LN" or c == "ー")
    if letters and _CLEAR.fullmatch(letters):
        return Stop.CLEAR
    return Stop.PERHAPS if _PERHAPS.search(plain) else Stop.NO
