"""What KAZAMI sells, in words: materials, forms, colours, and how each category is cut, sized and priced."""

from typing import NamedTuple

Rgb = tuple[int, int, int]


class Material(NamedTuple):
    ja: str
    en: str
    season: str
    """`ss`, `aw`, or empty for the whole year."""
    says: str


MATERIALS = {
    key: Material(*words)
    for key, words in {
        "linen": ("リネン", "Linen", "ss", "さらりと乾いた肌ざわりのリネン。洗うほどにやわらかくなります。"),
        "cotton": ("コットン", "Cotton", "", "毛足の長い綿を選び、素肌にやさしく仕上げました。"),
        "organic": (
            "オーガニックコットン",
            "Organic Cotton",
            "",
            "農薬を使わずに育てた綿を、空気を含ませてふっくらと織りました。",
        ),
        "silk": ("シルク", "Silk", "", "光をやわらかく返す、上品な艶のシルクです。"),
        "satin": ("サテン", "Satin", "", "ほどよい落ち感のサテンで、動くたびに表情が変わります。"),
        "wool": ("ウール", "Wool", "aw", "細番手のウールを使い、軽さと暖かさを両立しました。"),
        "merino": ("メリノ", "Merino", "aw", "ちくちくしない極細メリノウールです。"),
        "flannel": ("フランネル", "Flannel", "aw", "やわらかく起毛したフランネルで、冬も軽やかに。"),
        "tweed": ("ツイード", "Tweed", "aw", "糸から選んだツイード。色の重なりを近くでご覧ください。"),
        "cashmere": ("カシミヤ", "Cashmere", "aw", "内モンゴルの原毛を使い、ふんわりと編み立てました。"),
        "blend": (
            "カシミヤブレンド",
            "Cashmere Blend",
            "aw",
            "カシミヤを混ぜ、ふだんにも気兼ねなくお召しいただけます。",
        ),
        "alpaca": ("アルパカ", "Alpaca", "aw", "空気を含むアルパカで、見た目よりずっと軽い一着です。"),
        "mohair": ("モヘア", "Mohair", "aw", "キッドモヘアのやわらかな毛足が自慢です。"),
        "rib": ("リブ", "Ribbed", "", "伸びのよいリブ編みで、体の線を拾いすぎません。"),
        "summer": ("サマー", "Summer", "ss", "冷房の時季に羽織りやすい、薄手の仕立てです。"),
        "jersey": ("ジャージー", "Jersey", "", "しわになりにくく、旅先にもお持ちいただけます。"),
        "crepe": ("クレープ", "Crepe", "", "細かなしぼのあるクレープで、一年を通してお使いいただけます。"),
        "chiffon": ("シフォン", "Chiffon", "ss", "透け感を重ねた、風をはらむシフォンです。"),
        "denim": ("デニム", "Denim", "", "岡山で織ったデニムを、履き込んだ風合いに洗いました。"),
        "gabardine": ("ギャバジン", "Gabardine", "", "高密度のギャバジンで、小雨ならはじきます。"),
        "melton": ("メルトン", "Melton", "aw", "圧縮しすぎない、やわらかなメルトンです。"),
        "double": ("リバー", "Double-Faced", "aw", "裏地のない二重織りを、手まつりで仕立てました。"),
        "down": ("ダウン", "Down", "aw", "膨らみすぎない、街に合うダウンです。"),
        "leather": ("レザー", "Leather", "", "使うほどに艶の増す、植物なめしの革です。"),
        "suede": ("スエード", "Suede", "aw", "きめの細かいスエードに、はっ水の加工をしています。"),
        "nappa": ("ナッパ", "Nappa", "", "吸いつくようにやわらかなナッパレザーです。"),
        "straw": ("ストロー", "Straw", "ss", "職人がひとつずつ編んだ、軽いかごです。"),
        "canvas": ("キャンバス", "Canvas", "", "丈夫な帆布に、革の持ち手を合わせました。"),
        "pearl": ("パール", "Pearl", "", "ひと粒ずつ表情の違う、淡水パールです。"),
        "brass": ("ブラス", "Brass", "", "真鍮を磨き、金色に仕上げています。"),
        "sterling": ("シルバー", "Silver", "", "銀を使い、肌になじむ厚みにしました。"),
    }.items()
}

COLOURS: dict[str, tuple[str, str, Rgb]] = {
    "NV": ("ネイビー", "Navy", (44, 62, 92)),
    "BK": ("ブラック", "Black", (43, 42, 44)),
    "OW": ("オフホワイト", "Off White", (238, 232, 220)),
    "EC": ("生成り", "Ecru", (226, 212, 186)),
    "BG": ("ベージュ", "Beige", (206, 184, 152)),
    "GG": ("グレージュ", "Greige", (174, 162, 148)),
    "CM": ("キャメル", "Camel", (180, 132, 84)),
    "BR": ("ブラウン", "Brown", (106, 76, 58)),
    "BD": ("ボルドー", "Bordeaux", (110, 40, 52)),
    "TC": ("テラコッタ", "Terracotta", (178, 98, 70)),
    "OL": ("オリーブ", "Olive", (112, 112, 74)),
    "MG": ("モスグリーン", "Moss Green", (78, 94, 72)),
    "SX": ("サックス", "Pale Blue", (158, 184, 208)),
    "LV": ("ラベンダー", "Lavender", (172, 160, 194)),
    "PK": ("ローズ", "Dusty Rose", (204, 152, 150)),
    "GY": ("グレー", "Grey", (146, 148, 152)),
    "CH": ("チャコール", "Charcoal", (78, 80, 86)),
    "GD": ("ゴールド", "Gold", (196, 160, 92)),
    "SV": ("シルバー", "Silver", (188, 190, 194)),
}

CLOTHES = ("S", "M", "L")
SHOES = ("22.5", "23.0", "23.5", "24.0", "24.5")
ONE = ("F",)


class Category(NamedTuple):
    prefix: str
    products: int
    low: int
    high: int
    sizes: tuple[str, ...]
    size_key: str
    """Which of a customer's sizes fits it; empty where there is one size."""
    summer: float
    """How well it sells in July; 1 is as well as in any month."""
    winter: float
    """How well it sells in December."""
    materials: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    colours: str
    says: str


CATEGORIES: dict[str, Category] = {
    "dress": Category("DR", 44, 26000, 68000, CLOTHES, "tops", 1.6, 0.7, ("linen", "cotton", "silk", "satin", "wool", "jersey", "crepe", "chiffon"),
        (("ワンピース", "Dress"), ("ノースリーブワンピース", "Sleeveless Dress"), ("シャツワンピース", "Shirt Dress"), ("ラップワンピース", "Wrap Dress"), ("ティアードワンピース", "Tiered Dress"), ("タックドレス", "Pleated Dress"), ("ロングドレス", "Long Dress")),
        "NV BK OW EC BG BD MG SX LV TC", "一枚で装いの決まる、きれいな縦の線です。"),
    "knit": Category("KN", 44, 14000, 36000, CLOTHES, "tops", 0.5, 1.7, ("merino", "wool", "cotton", "rib", "alpaca", "mohair", "summer", "linen"),
        (("クルーネックニット", "Crew Neck Knit"), ("Vネックニット", "V-Neck Knit"), ("ハイネックニット", "High Neck Knit"), ("ボートネックニット", "Boat Neck Knit"), ("ケーブルニット", "Cable Knit"), ("ニットプルオーバー", "Knit Pullover"), ("カーディガン", "Cardigan"), ("ショートカーディガン", "Cropped Cardigan"), ("ロングカーディガン", "Long Cardigan")),
        "NV BK OW EC BG GG CM BD OL GY CH PK", "肩まわりがもたつかない、きれいめの編み地です。"),
    "blouse": Category("BL", 16, 15000, 34000, CLOTHES, "tops", 1.2, 0.8, ("cotton", "silk", "satin", "organic", "crepe", "chiffon"),
        (("ボウタイブラウス", "Bow Blouse"), ("ギャザーブラウス", "Gathered Blouse"), ("ドルマンブラウス", "Dolman Blouse"), ("ピンタックブラウス", "Pintuck Blouse")),
        "OW BK NV SX EC BG LV PK GG", "ジャケットの下でも、一枚でもさまになります。"),
    "cashmere": Category("CS", 16, 38000, 98000, CLOTHES, "tops", 0.2, 2.4, ("cashmere", "blend"),
        (("クルーネックセーター", "Crew Sweater"), ("タートルネックセーター", "Turtleneck Sweater"), ("Vネックセーター", "V-Neck Sweater"), ("カーディガン", "Cardigan"), ("ポンチョ", "Poncho"), ("ハーフスリーブセーター", "Half-Sleeve Sweater"), ("ロングガウン", "Long Robe"), ("パーカ", "Hoodie")),
        "NV BK OW EC BG GG CM BD GY CH", "お手入れのしかたを書いた札とブラシをお付けします。"),
    "shirt": Category("SH", 32, 14000, 32000, CLOTHES, "tops", 1.3, 0.8, ("cotton", "linen", "silk", "satin", "organic", "flannel", "denim", "crepe"),
        (("シャツ", "Shirt"), ("バンドカラーシャツ", "Band Collar Shirt"), ("オーバーシャツ", "Overshirt"), ("ワイドシャツ", "Wide Shirt"), ("プルオーバーシャツ", "Popover Shirt")),
        "OW NV SX EC BK BG LV PK GY OL", "前を少し開けても、首もとが美しく見える衿です。"),
    "coat": Category("CT", 30, 62000, 168000, CLOTHES, "tops", 0.1, 2.2, ("wool", "melton", "double", "down", "gabardine", "blend"),
        (("チェスターコート", "Chesterfield Coat"), ("ステンカラーコート", "Balmacaan Coat"), ("ラップコート", "Wrap Coat"), ("トレンチコート", "Trench Coat"), ("ノーカラーコート", "Collarless Coat"), ("ショートコート", "Short Coat")),
        "CM NV BK GG BG CH MG BR", "袖丈と着丈は、お店で無料でお直しいたします。"),
    "jacket": Category("JK", 28, 36000, 88000, CLOTHES, "tops", 0.7, 1.0, ("wool", "tweed", "linen", "jersey", "leather", "flannel"),
        (("テーラードジャケット", "Tailored Jacket"), ("ノーカラージャケット", "Collarless Jacket"), ("ダブルジャケット", "Double-Breasted Jacket"), ("ショートジャケット", "Short Jacket"), ("シャツジャケット", "Shirt Jacket")),
        "NV BK GY BG EC CH BR OL", "肩の力が抜けて見える、軽い仕立てです。"),
    "skirt": Category("SK", 34, 16000, 42000, CLOTHES, "bottoms", 1.1, 0.9, ("wool", "linen", "satin", "cotton", "crepe", "tweed", "leather"),
        (("プリーツスカート", "Pleated Skirt"), ("フレアスカート", "Flared Skirt"), ("タイトスカート", "Pencil Skirt"), ("ラップスカート", "Wrap Skirt"), ("ロングスカート", "Long Skirt")),
        "NV BK BG GG BR BD MG GY EC", "歩いたときの揺れ方まで確かめて、丈を決めました。"),
    "trousers": Category("TR", 36, 17000, 44000, CLOTHES, "bottoms", 1.0, 1.0, ("wool", "linen", "cotton", "denim", "crepe", "flannel", "jersey"),
        (("テーパードパンツ", "Tapered Trousers"), ("ワイドパンツ", "Wide Trousers"), ("センタープレスパンツ", "Creased Trousers"), ("ストレートパンツ", "Straight Trousers"), ("クロップドパンツ", "Cropped Trousers"), ("タックパンツ", "Pleated Trousers")),
        "NV BK BG GY CH OL EC BR", "座ってもしわの目立ちにくい、ほどよい厚みです。"),
    "shoes": Category("SO", 30, 24000, 62000, SHOES, "shoes", 0.8, 1.1, ("leather", "suede", "nappa"),
        (("パンプス", "Pumps"), ("ローファー", "Loafers"), ("バレエシューズ", "Ballet Flats"), ("ショートブーツ", "Ankle Boots"), ("ロングブーツ", "Tall Boots"), ("スリッポン", "Slip-Ons"), ("ストラップシューズ", "Mary Janes"), ("レースアップ", "Lace-Ups"), ("ミュール", "Mules"), ("サイドゴアブーツ", "Chelsea Boots"), ("モカシン", "Moccasins")),
        "BK NV BR BG GG BD", "足なりの木型で、一日歩いても疲れにくい靴です。"),
    "sandals": Category("SD", 18, 19000, 38000, SHOES, "shoes", 3.0, 0.1, ("leather", "suede", "nappa", "straw"),
        (("サンダル", "Sandals"), ("クロスサンダル", "Cross-Strap Sandals"), ("フラットサンダル", "Flat Sandals"), ("ウェッジサンダル", "Wedge Sandals"), ("ストラップサンダル", "Strappy Sandals")),
        "BR BK CM BG GD SV", "素足のまま履ける、内側までやわらかな革です。"),
    "bag": Category("BG", 30, 22000, 96000, ONE, "", 1.0, 1.2, ("leather", "suede", "nappa", "canvas", "straw"),
        (("トートバッグ", "Tote Bag"), ("ショルダーバッグ", "Shoulder Bag"), ("ハンドバッグ", "Handbag"), ("クラッチバッグ", "Clutch"), ("バケットバッグ", "Bucket Bag"), ("ミニバッグ", "Mini Bag")),
        "BK BR CM NV BG GG BD OL", "底に鋲を打ち、置いても汚れにくくしました。"),
    "scarf": Category("SC", 20, 9000, 38000, ONE, "", 0.5, 1.9, ("silk", "cashmere", "wool", "linen", "merino"),
        (("スカーフ", "Scarf"), ("ストール", "Stole"), ("マフラー", "Muffler"), ("大判ストール", "Large Stole"), ("チェックストール", "Checked Stole")),
        "NV EC BG BD MG GY SX PK CM TC", "巻き方の小さな手引きをお付けします。"),
    "accessory": Category("AC", 22, 7000, 32000, ONE, "", 1.0, 1.3, ("pearl", "brass", "sterling", "leather"),
        (("ネックレス", "Necklace"), ("ピアス", "Earrings"), ("イヤーカフ", "Ear Cuff"), ("ブレスレット", "Bracelet"), ("リング", "Ring"), ("ブローチ", "Brooch")),
        "GD SV", "箱に収めて、贈りものの包みもいたします。"),
}  # fmt: skip
"""Fourteen categories and 400 products in all."""

ODD = {
    ("linen", "マフラー"),
    ("silk", "マフラー"),
    ("down", "トレンチコート"),
    ("down", "チェスターコート"),
    ("down", "ステンカラーコート"),
    ("leather", "シャツジャケット"),
}
"""Materials and forms that nobody would put together."""

LOOKS = {
    "dress": "1021102",
    "knit": "012001345",
    "blouse": "0001",
    "cashmere": "01342051",
    "shirt": "01001",
    "coat": "012210",
    "jacket": "01211",
    "skirt": "01221",
    "trousers": "010120",
    "shoes": "01122101021",
    "sandals": "01212",
    "bag": "012321",
    "scarf": "21011",
    "accessory": "013324",
}
"""For each form of a category, in order, the outline that shows it."""
