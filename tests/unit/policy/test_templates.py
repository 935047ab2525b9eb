"""The shipped templates, and how they are filled."""

from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from sync.errors import BadSetting
from sync.model.catalogue import Money, Product, Variant
from sync.model.customer import AppointmentKind, AppointmentState, Channel
from sync.model.outreach import Cause, FollowUp, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import load_playbook
from sync.policy.speaker import Speaker, speaks_for
from sync.policy.words import (
    Draft,
    Template,
    check_subject,
    check_words,
    no_words,
    render,
    sms_segments,
    template_for,
    templates,
)
from tests.unit.policy import build as b
from tests.unit.policy.build import NOW, TOKYO, ago, story

PLAYBOOK = load_playbook()
COAT = Product(id="p1", code="C1", name="ウールリバーコート", name_en="reversible wool coat", category="coat")
NAMES = {
    "welcome_back": Cause.RETURNED,
    "after_visit": Cause.AFTER_VISIT,
    "after_purchase": Cause.AFTER_PURCHASE,
    "first_purchase": Cause.FIRST_PURCHASE,
    "lapsed": Cause.LAPSED,
    "web_up": Cause.WEB_UP,
    "birthday": Cause.BIRTHDAY,
    "anniversary": Cause.ANNIVERSARY,
    "wanted_in_stock": Cause.WANTED_IN_STOCK,
    "due_again": Cause.DUE_AGAIN,
    "after_appointment": Cause.AFTER_APPOINTMENT,
    "cart_left": Cause.CART_LEFT,
    "rank": Cause.RANK,
    "points_expire": Cause.POINTS_EXPIRE,
    "alteration_ready": Cause.ALTERATION_READY,
    "order": Cause.ORDER,
    "correction": Cause.CORRECTION,
    "campaign": Cause.CAMPAIGN,
    "reply": Cause.REPLY,
    "hold_ready": Cause.HOLD_READY,
    "appointment": Cause.APPOINTMENT,
}
BOOKED = b.appointment(NOW + timedelta(days=3), ago(1))
STORIES = {
    "nothing": story(),
    "came": story(b.visit(ago(1)), b.order(ago(1))),
    "booked": story(BOOKED),
    "waits": story(
        FollowUp(
            id="f1",
            customer_id=b.HER,
            shop_id=b.GINZA,
            cause=Cause.ORDER,
            evidence=Reason(code="slip_ready"),
            due_at=NOW,
            created_at=NOW,
        )
    ),
    "video": story(b.appointment(NOW + timedelta(days=1), ago(5), appointment_kind=AppointmentKind.VIDEO)),
    "member": story(
        b.appointment(ago(3), ago(9), appointment_kind=AppointmentKind.VIDEO, state=AppointmentState.DONE),
        her=b.customer(points=12800, points_expire_on=date(2026, 12, 31), rank="gold"),
    ),
}
EVERY = [
    pytest.param(template, facts, products, id=f"{template.language}-{template.name}-{name}-{len(products)}")
    for template, (name, facts), products in product(
        [*templates("ja"), *templates("en")], STORIES.items(), ([], [COAT])
    )
]


def fill(template: Template, facts: CustomerFacts, products: list[Product] | None = None, **given: Any) -> Draft:
    retailer = b.retailer(ranks={"silver": "シルバー", "gold": "ゴールド"})
    values: dict[str, Any] = {"staff": b.staff(), "shop": b.shop(), "retailer": retailer, **given}
    return render(template, facts=facts, products=products or [], now=NOW, zone=TOKYO, **values)


def named(name: str, language: str = "ja") -> Template:
    return next(t for t in templates(language) if t.name == name)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_occasion_has_words_for_every_channel(language: str) -> None:
    """Each template exists in both languages, for LINE and mail and shorter for SMS and the app, titled in both screen languages."""
    found = templates(language)
    assert {t.cause for t in found} == set(Cause)
    assert {t.name for t in found} == {*NAMES, *(f"{name}_short" for name in NAMES)}
    for name, cause in NAMES.items():
        for channel in Channel:
            template = template_for(language, cause, channel, name)
            assert template is not None
            assert template.name == (f"{name}_short" if channel in (Channel.SMS, Channel.APP) else name)
            assert template.title_in("ja") != template.title_in("en")


@pytest.mark.parametrize("language", ["zh", "", "../ja", "JA", "ja/../en"])
def test_none_in_her_language_means_none(language: str) -> None:
    """Nobody is written to in a language she did not choose, and a language from a record names no other folder."""
    assert templates(language) == []
    assert template_for(language, Cause.RETURNED, Channel.LINE) is None


def test_a_region_of_a_language_has_its_templates() -> None:
    """Who speaks en-GB is written to in English."""
    assert templates("en-GB") == templates("en")


@pytest.mark.parametrize(("template", "facts", "products"), EVERY)
def test_shipped_templates_keep_the_house_rules(
    template: Template, facts: CustomerFacts, products: list[Product]
) -> None:
    """Whatever is known of her: her name with 様 first, then who writes and from where; no watched word; no item, price
    or size on the lock screen (the first 40 characters); no hole where a fact is missing."""
    draft = fill(template, facts, products)
    opening = draft.body[:40]
    assert opening.startswith("佐々木様" if template.language == "ja" else "Dear 由美 佐々木")
    if template.speaker is Speaker.PERSON:
        assert "髙橋" in opening if template.language == "ja" else "Misaki Takahashi" in draft.body[:80]
    else:
        assert not any(name in draft.body for name in ("髙橋", "美咲", "Misaki", "Takahashi"))
    assert "銀座本店" in opening if template.language == "ja" else "Ginza" in draft.body[:80]
    assert not any(item in opening for item in (COAT.name, COAT.name_en, "ワンピース", "円", "¥"))
    assert not any(item in draft.subject for item in (COAT.name, COAT.name_en, "ワンピース", "円", "¥"))
    assert bool(draft.subject) == (Channel.EMAIL in template.channels)
    assert "\n\n\n" not in draft.body
    assert draft.body == draft.body.strip()
    assert not any(hole in draft.body for hole in ("None", "{", "}", "、、", "  "))
    for channel in template.channels:
        found = check_words(
            draft.body,
            channel=channel,
            language=template.language,
            playbook=PLAYBOOK,
            family_name="佐々木",
            items=[COAT.name, COAT.name_en],
            speaker=template.speaker,
        )
        assert found == []
    assert check_subject(draft.subject, language=template.language, playbook=PLAYBOOK, items=[COAT.name]) == []
    if template.channels == (Channel.SMS,) and template.language == "ja":
        assert sms_segments(draft.body) <= 2


@pytest.mark.parametrize("name", ["web_up", "lapsed", "birthday"])
def test_invitations_name_no_item(name: str) -> None:
    """An invitation after she looked online lets her feel nothing: no item stands in it, even where staff chose some."""
    for language in ("ja", "en"):
        assert fill(named(name, language), story(), [COAT]) == fill(named(name, language), story(), [])


def test_welcome_back_after_a_visit_and_after_a_booking() -> None:
    """Who came is thanked for coming; who booked is looked forward to, on that day. Neither hears how long it was."""
    came = fill(named("welcome_back"), STORIES["came"]).body
    booked = fill(named("welcome_back"), STORIES["booked"]).body
    assert "ご来店くださいまして" in came
    assert "11月23日(月)にお目にかかれますことを" in booked
    assert "ぶり" not in came + booked


def test_appointment_says_when_and_how() -> None:
    """The reminder gives day and time in her zone, and whether it is in the shop or by video."""
    assert "日時：11月23日(月) 13:00\n場所：エルム 銀座本店" in fill(named("appointment"), STORIES["booked"]).body
    assert "方法：ビデオ通話" in fill(named("appointment"), STORIES["video"]).body
    assert "When: Monday 23 November, 1:00 PM" in fill(named("appointment", "en"), STORIES["booked"]).body.replace(
        "\u202f", " "
    )


def test_what_she_bought_is_named_from_the_order_or_by_staff() -> None:
    """Without a choice of staff the dearest thing of her last order is meant; with one, that is."""
    assert "ウールワンピースは、その後いかがでしょうか" in fill(named("after_purchase"), STORIES["came"]).body
    assert "ウールリバーコートは、その後いかがでしょうか" in fill(named("after_purchase"), STORIES["came"], [COAT]).body


@pytest.mark.parametrize("name", ["hold_ready", "hold_ready_short", "alteration_ready", "order"])
def test_what_waits_for_her_is_named_with_its_colour_and_size(name: str) -> None:
    """She knows which one is meant: as she reads it in her language, and only of the piece that waits."""
    navy = Variant(
        id="v1", product_id=COAT.id, sku="1", colour="ネイビー", colour_en="Navy", size="M", price=Money(amount=1)
    )
    scarf = Product(id="p2", code="C2", name="カシミヤストール", category="accessory")
    facts = STORIES["waits"]
    draft = fill(named(name), facts, [COAT, scarf], ready=navy).body
    assert "ウールリバーコート（ネイビー M）" in draft
    assert "カシミヤストール（" not in draft
    assert "reversible wool coat (Navy M)" in fill(named(name, "en"), facts, [COAT], ready=navy).body


def test_what_has_come_in_is_said_to_have_come_in() -> None:
    """An order that waits for her is not only "kept informed of"."""
    waits, other = (fill(named("order"), STORIES[one], [COAT]).body for one in ("waits", "came"))
    assert "ご注文のお品が入荷いたしました" in waits
    assert "入荷" not in other


def test_two_of_one_family_name_introduce_themselves_in_full() -> None:
    """Where a colleague has the same name, also in its other spelling, the given name is said with it."""
    colleague = b.staff(id="staff-2", family_name="高橋", given_name="健")
    body = fill(named("welcome_back"), story(), colleagues=[b.staff(), colleague]).body
    assert "銀座本店の髙橋美咲でございます" in body
    assert "銀座本店の髙橋でございます" in fill(named("welcome_back"), story(), colleagues=[b.staff()]).body
    assert body.endswith("エルム 銀座本店\n髙橋 美咲")


def test_the_shop_can_write_without_a_person() -> None:
    """Without a member of staff it is the shop that writes."""
    draft = fill(named("hold_ready"), story(), [COAT], staff=None)
    assert "エルム 銀座本店でございます。" in draft.body
    assert "・ウールリバーコート" in draft.body
    assert draft.body.endswith("エルム 銀座本店")


def test_names_are_text_and_never_templates() -> None:
    """Whatever a customer is called, nothing of it is executed or breaks the subject in two lines."""
    odd = story(her=b.customer(family_name="{{ 7*7 }}{% for %}"))
    assert fill(named("birthday"), odd).body.startswith("{{ 7*7 }}{% for %}様")


def test_only_the_shop_speaks_of_baskets_points_and_ranks() -> None:
    """Each template says whose voice it has, and it is the one that its cause asks for."""
    for template in (*templates("ja"), *templates("en")):
        assert template.speaker is speaks_for(template.cause)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_points_and_rank_are_told_as_they_are(language: str) -> None:
    """Points with their date and the rank by its name; what is not known, is over, or cannot be read leaves no hole."""
    points, rank = (fill(named(name, language), STORIES["member"]).body for name in ("points_expire", "rank"))
    assert "12,800" in points
    assert ("次の有効期限：12月31日(木)" if language == "ja" else "Next date: Thursday 31 December") in points
    assert ("現在のランク：ゴールド" in rank) == (language == "ja"), "Japanese letters are none to who reads English"
    over = story(her=b.customer(points=0, points_expire_on=date(2026, 11, 19)))
    assert not any(
        hole in fill(named("points_expire", language), over).body
        for hole in ("有効期限：", "Next", "現在の", "Your points:")
    )


def test_who_was_met_on_a_screen_is_thanked_for_that() -> None:
    """An appointment by video and one in the shop are remembered as what they were."""
    shop = story(b.appointment(ago(3), ago(9), state=AppointmentState.DONE))
    assert "画面越しではございましたが" in fill(named("after_appointment"), STORIES["member"]).body
    assert "画面越し" not in fill(named("after_appointment"), shop).body


def test_a_day_of_long_ago_is_no_fact_for_a_letter(tmp_path: Path) -> None:
    """The last visit can be named while it is fresh; after a month its day would count her absence."""
    own(tmp_path, body="\"{{ last_visit.day if last_visit else 'いつも' }}・{{ owned | join }}・{{ in_charge }}\"")
    (template,) = templates("ja", tmp_path)
    her = b.customer(person_in_charge_id="staff-2")
    colleague = b.staff(id="staff-2", family_name="森", given_name="さくら")
    fresh = fill(template, story(b.visit(ago(2)), b.order(ago(200)), her=her), colleagues=[b.staff(), colleague])
    assert fresh.body == "11月18日(水)・ウールワンピース・森"
    assert fill(template, story(b.visit(ago(200)))).body == "いつも・・"


def test_none_in_her_language_means_none_sent() -> None:
    """Without a template for the cause in hers nothing is written to her, except an answer to what she wrote herself."""
    refused = no_words("zh", Cause.AFTER_VISIT)
    assert refused is not None
    assert (refused.code, refused.params) == ("no_template", {"language": "zh"})
    assert no_words("zh", Cause.REPLY) is None
    assert no_words("ja", Cause.AFTER_VISIT) is None
    assert no_words("en-GB", Cause.POINTS_EXPIRE) is None


def own(folder: Path, **changes: str) -> None:
    values = {
        "name": '"mine"',
        "cause": '"birthday"',
        "channels": '["line"]',
        "title": '{ ja = "祝" }',
        "body": '"{{ to }}"',
    }
    lines = (f"{key} = {value}" for key, value in {**values, **changes}.items())
    (folder / "ja").mkdir(parents=True)
    (folder / "ja" / "mine.toml").write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cause": '"party"'}, "cause"),
        ({"channels": "[]"}, "channels"),
        ({"bodi": '"x"'}, "bodi"),
        ({"cause": '"rank"'}, "talk for the shop"),
        ({"body": '"{% if %}"'}, "Expected an expression"),
        ({"name": "mine"}, "line 1"),
    ],
)
def test_a_wrong_template_names_file_and_key(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    """A template of one's own that cannot be read says which file and what in it."""
    own(tmp_path, **changes)
    with pytest.raises(BadSetting, match=r"ja/mine\.toml") as caught:
        templates("ja", tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize("body", ["{{ nobody }}", "{{ to.__class__.__mro__ }}", "{{ items.append('x') }}"])
def test_a_template_cannot_reach_beyond_its_facts(tmp_path: Path, body: str) -> None:
    """Unknown names, the inside of Python and changes to values are refused, not rendered."""
    own(tmp_path, body=f'"{body}"')
    (template,) = templates("ja", tmp_path)
    with pytest.raises(BadSetting, match="ja/mine"):
        fill(template, story())
