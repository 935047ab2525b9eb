"""Her rank is about to be reached, or lost."""

from sync.model.outreach import Cause
from sync.policy.playbook import load_playbook
from sync.policy.playbook_rules import Rank
from sync.policy.signals import rank as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

RANKS = Rank(
    days=365,
    spend={"regular": 0, "silver": 100_000, "gold": 300_000},
    near_share=0.1,
    ahead_days=30,
    fresh_days=45,
    quiet_days=90,
)
SHIPPED = load_playbook()
HOUSE = SHIPPED.model_copy(update={"signals": SHIPPED.signals.model_copy(update={"rank": RANKS})})
SILVER, GOLD = b.customer(rank="silver"), b.customer(rank="gold")

STORIES = (
    Story(
        "ゴールドまであと二万円",
        "20,000 yen from gold",
        story(b.order(ago(5), price=180_000), b.order(ago(100), price=100_000), her=SILVER),
        Heard(
            "あと¥20,000でゴールドです。ご案内はお店かブランドの名前で",
            "¥20,000 from ゴールド; for the shop or the brand to write",
            {"to": "reach", "rank": "gold", "missing": 20_000},
            "2026-11-16",
        ),
        playbook=HOUSE,
    ),
    Story(
        "まだ五万円足りない",
        "50,000 yen are too far",
        story(b.order(ago(5), price=250_000), her=SILVER),
        playbook=HOUSE,
    ),
    Story(
        "ちょうど一割手前",
        "A tenth exactly is near",
        story(b.order(ago(5), price=270_000), her=SILVER),
        Heard(
            "あと¥30,000でゴールドです。ご案内はお店かブランドの名前で",
            "¥30,000 from ゴールド; for the shop or the brand to write",
        ),
        playbook=HOUSE,
    ),
    Story(
        "来月、ゴールドを外れる",
        "Will lose gold next month",
        story(b.order(ago(345), price=200_000), b.order(ago(60), price=150_000), her=GOLD),
        Heard(
            "12月10日(木)からゴールドを外れます（あと¥150,000で継続）。ご案内はお店かブランドの名前で",
            "¥150,000 short of keeping ゴールド, until Thu 10 Dec; for the shop or the brand to write",
            {"to": "keep", "until": "2026-12-10"},
            "2026-11-10",
        ),
        playbook=HOUSE,
    ),
    Story(
        "外れるのは31日後",
        "It is lost in 31 days: not yet",
        story(b.order(ago(334), price=200_000), b.order(ago(60), price=150_000), her=GOLD),
        playbook=HOUSE,
    ),
    Story(
        "外れるのはちょうど30日後",
        "It is lost in 30 days exactly",
        story(b.order(ago(335), price=200_000), b.order(ago(60), price=150_000), her=GOLD),
        Heard(
            "12月20日(日)からゴールドを外れます（あと¥150,000で継続）。ご案内はお店かブランドの名前で",
            "¥150,000 short of keeping ゴールド, until Sun 20 Dec; for the shop or the brand to write",
            {"spent": 350_000},
            "2026-11-20",
        ),
        playbook=HOUSE,
    ),
    Story(
        "今日のお買い上げで近づいたばかり",
        "Only today's purchase brought her near",
        story(b.order(ago(hours=2), price=280_000), her=SILVER),
        playbook=HOUSE,
    ),
    Story(
        "ご返品の分は数えない",
        "What was taken back does not count",
        story(b.order(ago(5), price=180_000, refunded=True), b.order(ago(100), price=100_000), her=SILVER),
        playbook=HOUSE,
    ),
    Story(
        "ランクの決まりのない店",
        "A house that wrote no section on ranks",
        story(b.order(ago(5), price=280_000), her=SILVER),
    ),
    Story(
        "決まりにないランク",
        "A rank that the section does not know",
        story(b.order(ago(5), price=280_000), her=b.customer(rank="blue")),
        playbook=HOUSE,
    ),
    Story(
        "もうお知らせした",
        "Was told",
        story(b.order(ago(5), price=280_000), b.message(ago(1), Cause.RANK), her=SILVER),
        playbook=HOUSE,
    ),
)
