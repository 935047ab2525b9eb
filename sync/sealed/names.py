"""Folds names, kana, Latin letters and digits to one form, so that what staff type meets what stands in a record."""

import re
import unicodedata

_VARIANTS = (
    "高髙 崎﨑嵜埼 斎斉齋齊齎 辺邊邉 沢澤 広廣 浜濱濵 島嶋嶌 国國 桜櫻 竜龍 恵惠 真眞 円圓 条條 富冨 峰峯 吉𠮷 槙槇 瀬瀨 曽曾 "
    "万萬 寿壽 栄榮 徳德 実實 静靜 清淸 弥彌 与與 鉄鐵 豊豐 黒黑 塩鹽 亀龜 滝瀧 桧檜 渋澁 芦蘆 館舘 礼禮 横橫 緑綠 剣劍 学學 "
    "岳嶽 巌巖 帯帶 来來 浅淺 湾灣 穂穗 経經 総總 継繼 荘莊 薫薰 蔵藏 頼賴 鴎鷗 桑桒 柳栁 船舩 双雙 台臺 壱壹 増增 将將 尭堯 "
    "遥遙 凛凜 翠翆 園薗 杉椙 野埜 松枩"
)
_FOLD = {ord(variant): group[0] for group in _VARIANTS.split() for variant in group[1:]}
_FOLD |= {ord(mark): "" for mark in " \t\r\n-‐‑‒–—―−ｰ.,・･'’`()（）"}
_NO_DIGIT = re.compile("[^0-9]+")
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def fold(text: str) -> str:
    """Return the form in which names are compared: NFKC, katakana, lower case, one form per character variant."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA).translate(_FOLD)
    # a lone surrogate or a NUL can be neither stored nor found
    return folded.encode("utf-8", "ignore").decode().replace("\x00", "")


def digits(text: str) -> str:
    """Return the digits of a telephone number in its national form: +81 90-1234 and 090-1234 are one."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    found = _NO_DIGIT.sub("", text)
    if text.lstrip().startswith("+81") or (found.startswith("81") and len(found) >= 11):
        return "0" + found[2:].removeprefix("0")
    return found


def is_number(text: str) -> bool:
    """Say whether a text is written like a telephone or plain number: digits and the usual marks between them."""
    text = unicodedata.normalize("NFKC", text).strip()
    return bool(text) and any(c in "0123456789" for c in text) and all(c in "0123456789+-() ‐‑–—−ー." for c in text)


_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_ROMAJI = {kana: consonant + "aiueo"[i] for consonant, row in _ROWS.items() for i, kana in enumerate(row)}
_ROMAJI |= {"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "bu", "ヂ": "zi", "ヅ": "zu"}
_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_KUNREI = (
    ("tch", "tt"), ("shi", "si"), ("sh", "sy"), ("chi", "ti"), ("ch", "ty"), ("tsu", "tu"), ("fu", "hu"),
    ("ji", "zi"), ("jy", "zy"), ("j", "zy"), ("di", "zi"), ("du", "zu"), ("l", "r"), ("mb", "nb"), ("mp", "np"),
    ("mm", "nm"), ("nn", "n"),
    ("v", "b"), ("oh", "o"), ("ou", "o"), ("oo", "o"), ("uu", "u"),
)  # fmt: skip


def romaji(text: str) -> str:
    """Return folded katakana or Latin letters in one plain spelling, or "" where there is other writing.

    Hepburn and Kunrei meet (shi/si, tsu/tu), long vowels are short (Satou, Satoh, Satō and サトウ are `sato`).
    """
    out: list[str] = []
    double = False
    for char in text:
        if char == "ッ":
            double = True
            continue
        if char == "ー":
            continue
        if char in _SMALL and out:
            glide = _SMALL[char]
            out[-1] = out[-1][:-1] + glide if out[-1].endswith("i") or len(glide) == 1 else out[-1] + glide
            continue
        syllable = _ROMAJI.get(char)
        if syllable is None:
            plain = unicodedata.normalize("NFD", char)[0]
            if not ("a" <= plain <= "z"):
                return ""
            syllable = plain
        out.append(syllable[0] + syllable if double else syllable)
        double = False
    spelled = "".join(out)
    for seen, meant in _KUNREI:
        spelled = spelled.replace(seen, meant)
    return spelled


def romaji_prefix(text: str) -> str:
    """Return `romaji` of something still being typed: `ts` may become `tsu`, `sh` may become `shi`."""
    spelled = romaji(text)
    return spelled[:-1] if spelled.endswith(("sy", "ty", "ts", "zy")) else spelled
