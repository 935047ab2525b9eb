"""Names that people in Japan bear, each with its reading, weighted roughly as they are met in a shop."""

import unicodedata
from dataclasses import dataclass
from itertools import accumulate
from random import Random


def _family(text: str) -> tuple[tuple[str, str, int], ...]:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple((name, kana, int(weight)) for name, kana, weight in rows)


FAMILY = _family("""
佐藤 サトウ 60
鈴木 スズキ 56
高橋 タカハシ 38
髙橋 タカハシ 8
田中 タナカ 42
伊藤 イトウ 36
渡辺 ワタナベ 28
渡邊 ワタナベ 6
渡邉 ワタナベ 4
山本 ヤマモト 34
中村 ナカムラ 33
小林 コバヤシ 32
加藤 カトウ 28
吉田 ヨシダ 26
山田 ヤマダ 26
佐々木 ササキ 22
山口 ヤマグチ 20
松本 マツモト 20
井上 イノウエ 20
木村 キムラ 18
林 ハヤシ 18
斎藤 サイトウ 9
斉藤 サイトウ 8
齋藤 サイトウ 4
清水 シミズ 17
山崎 ヤマザキ 10
山﨑 ヤマザキ 5
森 モリ 15
池田 イケダ 14
橋本 ハシモト 14
阿部 アベ 13
石川 イシカワ 13
山下 ヤマシタ 12
中島 ナカジマ 12
石井 イシイ 12
小川 オガワ 12
前田 マエダ 12
岡田 オカダ 12
長谷川 ハセガワ 12
藤田 フジタ 11
後藤 ゴトウ 11
近藤 コンドウ 11
村上 ムラカミ 10
遠藤 エンドウ 10
青木 アオキ 10
坂本 サカモト 10
福田 フクダ 9
太田 オオタ 9
西村 ニシムラ 9
藤井 フジイ 9
金子 カネコ 9
岡本 オカモト 9
藤原 フジワラ 9
中野 ナカノ 8
三浦 ミウラ 8
原田 ハラダ 8
中川 ナカガワ 8
松田 マツダ 8
竹内 タケウチ 8
小野 オノ 8
田村 タムラ 8
中山 ナカヤマ 7
和田 ワダ 7
石田 イシダ 7
森田 モリタ 7
上田 ウエダ 7
原 ハラ 7
内田 ウチダ 7
柴田 シバタ 7
酒井 サカイ 7
宮崎 ミヤザキ 5
宮﨑 ミヤザキ 2
横山 ヨコヤマ 6
高木 タカギ 6
安藤 アンドウ 6
宮本 ミヤモト 6
大野 オオノ 6
小島 コジマ 6
谷口 タニグチ 6
今井 イマイ 6
工藤 クドウ 6
高田 タカダ 5
増田 マスダ 5
丸山 マルヤマ 5
杉山 スギヤマ 5
村田 ムラタ 5
大塚 オオツカ 5
新井 アライ 5
小山 コヤマ 5
平野 ヒラノ 5
藤本 フジモト 5
河野 コウノ 5
上野 ウエノ 5
武田 タケダ 5
野口 ノグチ 5
松井 マツイ 5
千葉 チバ 5
菅原 スガワラ 5
岩崎 イワサキ 3
岩﨑 イワサキ 1
久保 クボ 4
木下 キノシタ 4
佐野 サノ 4
野村 ノムラ 4
松尾 マツオ 4
市川 イチカワ 4
菊地 キクチ 4
吉野 ヨシノ 3
𠮷野 ヨシノ 2
𠮷田 ヨシダ 2
古川 フルカワ 3
島田 シマダ 3
水野 ミズノ 3
桜井 サクライ 3
櫻井 サクライ 1
濱田 ハマダ 2
浜田 ハマダ 2
久保田 クボタ 3
白石 シライシ 2
片山 カタヤマ 2
篠原 シノハラ 2
早川 ハヤカワ 2
川口 カワグチ 2
小松 コマツ 2
秋山 アキヤマ 2
二階堂 ニカイドウ 1
五十嵐 イガラシ 2
勅使河原 テシガワラ 1
東海林 ショウジ 1
""")
"""Family name, reading in katakana, weight."""


def _given(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (item.split("/") for item in text.split())
    return tuple((name, kana) for name, kana in pairs)


WOMEN = _given("""
美咲/ミサキ 陽子/ヨウコ 恵子/ケイコ 由美子/ユミコ 久美子/クミコ 典子/ノリコ 真由美/マユミ 明美/アケミ 智子/トモコ 裕子/ユウコ
麻衣/マイ 愛/アイ 彩/アヤ 恵/メグミ 舞/マイ 香織/カオリ 沙織/サオリ 真理/マリ 真理子/マリコ 直子/ナオコ
千尋/チヒロ 千春/チハル 千夏/チナツ 千晶/チアキ 朋子/トモコ 静香/シズカ 涼子/リョウコ 玲子/レイコ 礼子/レイコ 弘子/ヒロコ
幸子/サチコ 和子/カズコ 和代/カズヨ 節子/セツコ 洋子/ヨウコ 京子/キョウコ 順子/ジュンコ 純子/ジュンコ 悦子/エツコ 文子/フミコ
葵/アオイ 凛/リン 結衣/ユイ 陽菜/ヒナ 結菜/ユナ 莉子/リコ 美羽/ミウ 心春/コハル 紬/ツムギ 芽依/メイ
さくら/サクラ みどり/ミドリ ひかり/ヒカリ あかり/アカリ かおり/カオリ ゆかり/ユカリ まどか/マドカ しおり/シオリ めぐみ/メグミ さやか/サヤカ
彩花/アヤカ 彩香/アヤカ 遥/ハルカ 遥香/ハルカ 優子/ユウコ 優香/ユウカ 奈々/ナナ 菜々子/ナナコ 奈緒/ナオ 奈津子/ナツコ
瑞穂/ミズホ 瑞希/ミズキ 美穂/ミホ 美香/ミカ 美紀/ミキ 美和/ミワ 美里/ミサト 美帆/ミホ 美樹/ミキ 美保/ミホ
里美/サトミ 里奈/リナ 里香/リカ 理恵/リエ 理沙/リサ 梨花/リカ 梨沙/リサ 絵里/エリ 絵美/エミ 絵理子/エリコ
亜希子/アキコ 亜由美/アユミ 晶子/アキコ 昌子/マサコ 雅子/マサコ 雅美/マサミ 緑/ミドリ 翠/ミドリ 奈美/ナミ 香奈/カナ
佳奈/カナ 佳子/ヨシコ 佳代/カヨ 佳織/カオリ 桂子/ケイコ 敬子/ケイコ 啓子/ケイコ 小百合/サユリ 早紀/サキ 早苗/サナエ
友美/トモミ 朱里/アカリ 杏奈/アンナ 杏/アン 詩織/シオリ 志保/シホ 志乃/シノ 琴音/コトネ 真央/マオ 真由/マユ
""")
"""Given names of women with their reading."""

MEN = _given("""
健/ケン 誠/マコト 隆/タカシ 浩/ヒロシ 浩一/コウイチ 健太/ケンタ 大輔/ダイスケ 拓也/タクヤ 翔太/ショウタ 直樹/ナオキ
和也/カズヤ 達也/タツヤ 哲也/テツヤ 英樹/ヒデキ 正人/マサト 雅之/マサユキ 智也/トモヤ 亮/リョウ 亮太/リョウタ 純/ジュン
陸/リク 蓮/レン 湊/ミナト 悠真/ユウマ 陽斗/ハルト 樹/イツキ 大和/ヤマト 颯太/ソウタ 修/オサム 茂/シゲル
豊/ユタカ 勇気/ユウキ 慎一/シンイチ 剛/ツヨシ 学/マナブ 洋平/ヨウヘイ 圭介/ケイスケ 雄大/ユウダイ 康平/コウヘイ 伸一/シンイチ
""")
"""Given names of men with their reading."""

ABROAD: tuple[tuple[str, str, str, str], ...] = (
    ("Carter", "Emily", "カーター", "エミリー"),
    ("Novak", "Petra", "ノヴァク", "ペトラ"),
    ("Lindqvist", "Astrid", "リンドクヴィスト", "アストリッド"),
    ("Moreau", "Camille", "モロー", "カミーユ"),
    ("O'Brien", "Siobhán", "オブライエン", "シボーン"),
    ("Rossi", "Giulia", "ロッシ", "ジュリア"),
    ("Nguyễn", "Thị Mai", "グエン", "ティ・マイ"),
    ("Fernández", "Lucía", "フェルナンデス", "ルシア"),
    ("Müller", "Katharina", "ミュラー", "カタリーナ"),
    ("Bennett", "Grace", "ベネット", "グレース"),
    ("김", "서연", "キム", "ソヨン"),
    ("이", "지우", "イ", "ジウ"),
    ("박", "민지", "パク", "ミンジ"),
    ("陳", "思妤", "チェン", "スーユー"),
    ("王", "雅婷", "ワン", "ヤーティン"),
    ("李", "晓彤", "リー", "シャオトン"),
    ("張", "詠詩", "チョン", "ウィンシー"),
)
"""Family name, given name and their readings, of customers who read English rather than Japanese."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as staff write it, with the reading that they file it under."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    language: str = "ja"

    @property
    def latin(self) -> tuple[str, str]:
        """Family and given name in plain lower-case Latin letters, for mail addresses."""
        return latin(self.family, self.family_kana), latin(self.given, self.given_kana)


_FAMILY_CUMULATIVE = tuple(accumulate(weight for _, _, weight in FAMILY))


def draw_name(random: Random, *, men: float = 0.14, abroad: float = 0.02) -> Name:
    """Return a name; `men` and `abroad` are the shares of men and of customers who read English."""
    if random.random() < abroad:
        family, given, family_kana, given_kana = random.choice(ABROAD)
        return Name(family, given, family_kana, given_kana, "en")
    family, family_kana, _ = random.choices(FAMILY, cum_weights=_FAMILY_CUMULATIVE)[0]
    given, given_kana = random.choice(MEN if random.random() < men else WOMEN)
    return Name(family, given, family_kana, given_kana)


_ROMAN = {
    "キャ": "kya", "キュ": "kyu", "キョ": "kyo", "シャ": "sha", "シュ": "shu", "ショ": "sho", "チャ": "cha", "チュ": "chu",
    "チョ": "cho", "ニャ": "nya", "ニュ": "nyu", "ニョ": "nyo", "リャ": "rya", "リュ": "ryu", "リョ": "ryo", "ジャ": "ja",
    "ジュ": "ju", "ジョ": "jo", "ア": "a", "イ": "i", "ウ": "u", "エ": "e", "オ": "o", "カ": "ka", "キ": "ki", "ク": "ku",
    "ケ": "ke", "コ": "ko", "サ": "sa", "シ": "shi", "ス": "su", "セ": "se", "ソ": "so", "タ": "ta", "チ": "chi", "ツ": "tsu",
    "テ": "te", "ト": "to", "ナ": "na", "ニ": "ni", "ヌ": "nu", "ネ": "ne", "ノ": "no", "ハ": "ha", "ヒ": "hi", "フ": "fu",
    "ヘ": "he", "ホ": "ho", "マ": "ma", "ミ": "mi", "ム": "mu", "メ": "me", "モ": "mo", "ヤ": "ya", "ユ": "yu", "ヨ": "yo",
    "ラ": "ra", "リ": "ri", "ル": "ru", "レ": "re", "ロ": "ro", "ワ": "wa", "ン": "n", "ガ": "ga", "ギ": "gi", "グ": "gu",
    "ゲ": "ge", "ゴ": "go", "ザ": "za", "ジ": "ji", "ズ": "zu", "ゼ": "ze", "ゾ": "zo", "ダ": "da", "デ": "de", "ド": "do",
    "バ": "ba", "ビ": "bi", "ブ": "bu", "ベ": "be", "ボ": "bo", "パ": "pa", "ピ": "pi", "プ": "pu", "ペ": "pe", "ポ": "po",
}  # fmt: skip


def latin(name: str, kana: str) -> str:
    """Return the name in plain lower-case Latin letters: as it is written, where it is, else by its reading."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name).lower() if "a" <= c <= "z")
    return bare or romanise(kana)


def romanise(kana: str) -> str:
    """Return a plain Latin spelling of a reading, for mail addresses; what has none (long vowel marks) is left out."""
    out, index = [], 0
    while index < len(kana):
        width = 2 if kana[index : index + 2] in _ROMAN else 1
        out.append(_ROMAN.get(kana[index : index + width], ""))
        index += width
    return "".join(out)
