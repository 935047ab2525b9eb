"""One spelling for each name of a customer, so that the same person written twice is found again.

What staff and customers read stays as it was written (only widths and spaces are put in order); what machines compare
is folded further by `matching_key`.
"""

import re
import unicodedata

import idna
import phonenumbers

_COMPATIBILITY_KANJI = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f])")
"""NFKC would turn these into another letter, and with it somebody's name (U+FA19 into U+795E, as in 神谷)."""
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPACES = re.compile(r"\s+")
_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_HYPHEN_AFTER_KANA = re.compile("(?<=[\u30a1-\u30ff])[-\u2010-\u2015\u2212]")
_JAPANESE_NUMBER = re.compile(r"[5789]0\d{8}|(?![5789]0)[1-9]\d{8}")
"""Ten digits after 0 for mobile and IP telephones, nine for all others; new ranges open before libraries know them."""
_LOCAL_PART = re.compile(r'[^\s@<>(),:;"\\\[\]\x00-\x1f]{1,64}')
"""Looser than RFC 5321: Japanese carriers gave out addresses with dots in a row and before the @."""

_VARIANTS = (
    "高髙 崎﨑嵜 辺邊邉 斎齋斉齊 沢澤 浜濱濵 広廣 国國 島嶋嶌 吉𠮷 桜櫻 真眞 恵惠 徳德 渕淵 桑桒 柳栁 槙槇 瀬瀨 条條 万萬 竜龍 豊豐 静靜 栄榮 蔵藏 寿壽 円圓 県縣 増增 児兒 実實 曽曾 会會 富冨 館舘 園薗 薮藪籔 篭籠 鴎鷗 遥遙 凛凜 磯礒 桧檜 晋晉 "
    "彦彥 清淸 教敎 緒緖 禄祿 穂穗 糸絲 与與 来來 亜亞 岳嶽 峰峯 渉涉 滝瀧 満滿 為爲 礼禮 稲稻 黒黑 寛寬 郎郞 巌巖 応應 学學 仏佛 関關 鉄鐵 塩鹽 団團 芦蘆 戸戶 黄黃 横橫 歩步 毎每 賢贒 頼賴 薫薰 弥彌 奥奧 将將 聡聰 総總 顕顯 勲勳"
)
_FOLDED = {ord(variant): group[0] for group in _VARIANTS.split() for variant in group[1:]}


def tidy(text: str) -> str:
    """Return the text with full-width letters and digits narrow, half-width kana wide, and single spaces.

    Variant kanji (髙, 﨑, and the compatibility ideographs that NFKC would replace) stay as they were written.
    """
    parts = _COMPATIBILITY_KANJI.split(text)
    parts[::2] = (unicodedata.normalize("NFKC", part) for part in parts[::2])
    return _SPACES.sub(" ", "".join(parts)).strip()


def kana(text: str) -> str:
    """Return a reading in full-width katakana, whichever kana it was written in."""
    return _HYPHEN_AFTER_KANA.sub("ー", tidy(text).translate(_TO_KATAKANA))


def matching_key(text: str) -> str:
    """Return what two spellings of one name share: no spaces, widths, kana kinds or variant kanji. Never shown."""
    plain = _VARIATION_SELECTORS.sub("", unicodedata.normalize("NFKC", text)).translate(_FOLDED)
    return _SPACES.sub("", plain).translate(_TO_KATAKANA).casefold()


def phone(text: str, region: str = "JP") -> str:
    """Return a telephone number in E.164, e.g. +819012345678; an empty text stays empty.

    Raises ValueError, whose message completes "the field ...", for what is no telephone number.
    """
    plain = tidy(text)
    if not plain:
        return ""
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError("is not a telephone number") from error
    national = phonenumbers.national_significant_number(number)
    japanese = number.country_code == 81 and _JAPANESE_NUMBER.fullmatch(national) is not None
    if number.extension or not (japanese or phonenumbers.is_valid_number(number)):
        raise ValueError("is not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """Return a mail address in lower case with its domain in ASCII (IDNA 2008); an empty text stays empty.

    Raises ValueError, whose message completes "the field ...", for what is no mail address.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if not plain:
        return ""
    local, at, domain = plain.rpartition("@")
    try:
        host = idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError("is not a mail address") from error
    if not at or "." not in host or not _LOCAL_PART.fullmatch(local) or len(local) + 1 + len(host) > 254:
        raise ValueError("is not a mail address")
    return f"{local}@{host}"


_NOBODY = frozenset(
    [
        "null",
        "undefined",
        "none",
        "nil",
        "nan",
        "0",
        "-1",
        "n/a",
        "na",
        "unknown",
        "guest",
        "anonymous",
        "anon",
        "true",
        "false",
        "[object object]",
        "00000000-0000-0000-0000-000000000000",
    ]
)
"""What broken pages send in place of an id. Taken for a name, one of these would make thousands of people one."""


def opaque(text: str) -> str:
    """Return another system's id of a person without outer spaces, or an empty text where it is known to mean nobody."""
    plain = text.strip()
    return "" if plain.lower() in _NOBODY else plain
