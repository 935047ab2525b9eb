"""What staff of the sample retailer wrote down, what they wrote to customers, and what came back."""

WORN = frozenset({"dress", "knit", "blouse", "shirt", "coat", "jacket", "skirt", "trousers", "cashmere"})
FEET = frozenset({"shoes", "sandals"})
CARRIED = frozenset({"bag", "scarf", "accessory"})
SLEEVES = frozenset({"dress", "blouse", "shirt", "coat", "jacket"})
HEMS = frozenset({"skirt", "trousers", "dress"})
ANY = WORN | FEET | CARRIED

NOTES: tuple[tuple[str, frozenset[str], str], ...] = (
    ("fitting", WORN, "{item}をMとLでご試着。肩はMがきれいに落ちるとのこと。迷われたので次回もう一度。"),
    ("fitting", WORN, "{item}をお試し。丈は気に入られたが、色はもう少し落ち着いたものをご希望。"),
    ("fitting", ANY, "お時間のない中、{item}を一点だけお試し。ゆっくり見たいので平日の午前にまた、と。"),
    ("fitting", WORN, "{item}をお手持ちのパンツに合わせてご試着。ご主人様にも好評でした。"),
    ("fitting", WORN, "試着室では少しおひとりで考えたい方。お声がけは出てこられてから。"),
    ("fitting", WORN, "袖を通してすぐ{item}に決められました。着たままお帰りになるので、タグを外してお渡し。"),
    ("fitting", FEET, "{item}で店内を一周。かかとがわずかに浮くので、中敷きを入れてお渡ししました。"),
    ("size", FEET, "足の甲が高めで、23.5でも{item}は少しゆるめがお好み。夕方にお試しになりたいとのこと。"),
    ("size", SLEEVES, "上はM、肩で合わせると袖が長いので、お直し前提でおすすめするとよいです。"),
    ("size", HEMS, "ウエストはSだが腰まわりはMが楽とのこと。{item}はMでちょうど。"),
    ("alteration", SLEEVES, "{item}の袖丈を2cm詰め。できあがりは一週間後、お電話は午後がよい。"),
    ("alteration", HEMS, "{item}の裾上げ3cm。お渡しの際に一度お召しいただき、丈を確認しました。"),
    ("alteration", frozenset({"coat", "jacket", "shirt"}), "{item}のボタン付け替え。替えのボタンもお渡し済み。"),
    ("gift", CARRIED, "お母様のお誕生日に{item}を。箱とリボンはネイビー、手書きのカードを添えました。"),
    ("gift", CARRIED, "ご友人へのお祝いに{item}を。予算の中で二つ並べてお見せしました。"),
    ("gift", ANY, "奥様への贈りもの。サイズが不安とのことで、交換のご案内を添えました。"),
    ("gift", CARRIED, "退職される先輩への贈りもので、職場の5名様から。のしは無地。"),
    ("event", WORN, "来月、ご友人の結婚式。{item}に合わせる羽織ものも見たいとのこと。"),
    ("event", WORN, "お子様の入学式に着られるものを。ふだんも使えることが大事。"),
    ("event", ANY, "同窓会に着ていく一着をお探し。写真に残るので顔まわりの明るい色がよい。"),
    ("event", SLEEVES, "ピアノの発表会で伴奏をされる。腕の動かしやすい{item}をご案内。"),
    ("travel", WORN, "ご旅行が多く、しわになりにくいものをお探し。{item}は丸めても大丈夫とご案内。"),
    ("travel", ANY, "年末はご家族で北海道へ。軽くて暖かいものを重ねたいとのこと。"),
    ("travel", WORN, "海外出張の前。機内で楽な{item}を、色は濃いめで。"),
    ("stock", ANY, "{item}の色違いをご希望。当店は欠品、入荷したらご連絡するお約束。"),
    ("stock", ANY, "ほかのお店から{item}をお取り寄せ。届き次第ご連絡、受け取りは週末。"),
    ("styling", WORN, "お手持ちのグレーのジャケットに合うものを、と{item}をご提案。写真を見せてくださいました。"),
    ("styling", WORN, "通勤の着回しのご相談。{item}を軸に三通りをお見せしたところ、喜んでいただけました。"),
    ("styling", WORN, "ふだんは黒が多いが、淡い色にも挑戦したいと。まずは{item}から。"),
    ("styling", frozenset({"accessory"}), "アクセサリーは小ぶりがお好み。{item}は少し大きいとのこと。"),
    ("styling", ANY, "お連れ様のご意見を大切にされる方。姉妹でよくお越しになります。"),
    ("care", frozenset({"cashmere", "coat", "knit"}), "{item}のお手入れをご案内。ブラシのかけ方を一緒に試されました。"),
    ("care", FEET | frozenset({"bag"}), "お持ちの革に雨じみ。クリームで落ち着いたので、新しいものは急がれません。"),
    ("chat", ANY, "最近、家庭菜園を始められたとのこと。お話が弾みました。"),
    ("chat", ANY, "犬の散歩のついでにお立ち寄り。今日は見るだけ、と先におっしゃる方。"),
    ("chat", ANY, "お仕事が変わり、在宅が増えたそう。きちんと見えて楽なものをお探し。"),
    ("chat", ANY, "この春から髪を短くされ、首もとの開いた形がお好きになったとのこと。"),
    ("consultation", ANY, "衣替えのご相談を45分。手放すもの、お直しするもの、足したいものを一緒に整理。"),
    ("complaint_resolved", frozenset({"knit", "cashmere"}), "前回の{item}の毛玉の件、毛玉取りと裏からの補修をしてお渡し。ご納得いただけました。"),
)  # fmt: skip
"""Tag, categories of which it can be said, and text; `{item}` is a product's name."""

OUTREACH: dict[str, tuple[str, ...]] = {
    "after_purchase": (
        "{name}様\n{shop}の{staff}です。先日は{item}をお選びくださり、ありがとうございました。お使いになってみていかがでしょうか。気になるところがあれば、いつでもお申し付けください。",
        "{name}様\nこんにちは、{shop}の{staff}です。{item}はその後いかがでしょうか。合わせ方に迷われたら、どうぞお気軽にお声がけください。",
    ),
    "after_visit": (
        "{name}様\n{shop}の{staff}です。本日はお立ち寄りくださり、ありがとうございました。またゆっくりご試着にいらしてください。",
        "{name}様\n{shop}の{staff}です。先日お話しした{item}、よろしければお取り置きいたします。お返事はどうぞご無理なく。",
    ),
    "birthday": (
        "{name}様\nお誕生日おめでとうございます。{shop}の{staff}です。すてきな一年になりますように。",
    ),
    "campaign": (
        "{name}様\n{shop}の{staff}です。新しい季節の品が届きました。ご都合のよいときにぜひお手に取ってご覧ください。",
    ),
    "alteration_ready": (
        "{name}様\n{shop}の{staff}です。お預かりしていた{item}のお直しが仕上がりました。ご来店をお待ちしております。",
    ),
    "lapsed": (
        "{name}様\n{shop}の{staff}です。その後いかがお過ごしでしょうか。お手持ちの品のお手入れもいたしますので、お近くにお越しの際はお立ち寄りください。",
    ),
}  # fmt: skip
"""By cause, what was written."""

SUBJECTS = {
    "after_purchase": "{item}のその後はいかがでしょうか",
    "after_visit": "ご来店のお礼",
    "birthday": "お誕生日おめでとうございます",
    "campaign": "新しい季節のお知らせ",
    "alteration_ready": "お直しが仕上がりました",
    "lapsed": "{shop}より季節のごあいさつ",
    "reply": "Re: ご連絡ありがとうございます",
}

REPLIES: tuple[tuple[str, str], ...] = (
    (
        "ありがとうございます。とても着やすくて、毎週のように着ています。",
        "うれしいお言葉をありがとうございます。またお目にかかれるのを楽しみにしております。",
    ),
    ("来週の金曜日、夕方に伺ってもいいですか？", "ありがとうございます。金曜日の夕方、お待ちしております。"),
    (
        "丈が少し長いので、お直しをお願いしたいです。",
        "かしこまりました。ご都合のよい日にお持ちください。お直しは無料です。",
    ),
    ("助かりました、金曜に伺います。", "ありがとうございます。気をつけてお越しください。"),
    (
        "しばらく忙しくて伺えませんが、また落ち着いたら寄らせてください。",
        "お忙しい中お返事をありがとうございます。どうぞご無理なさらず、またのお越しをお待ちしております。",
    ),
    ("同じ形で黒はありますか？", "黒もご用意がございます。Mサイズをお取り置きしておきますね。"),
)
"""What a customer wrote back, and what she was answered."""

SUBJECTS_OF_APPOINTMENTS = (
    "冬のコートのご試着", "お直しの受け取りとご試着", "通勤服のご相談", "お取り置きのご試着 2点", "ご家族への贈りもののご相談", "式典のお召しもののご相談",
)  # fmt: skip
