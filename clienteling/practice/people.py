"""The invented customers of practice. Nobody real is called so, and no number of theirs can be rung."""

from datetime import datetime, timedelta

from sync.model.base import Record
from sync.model.customer import (
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    Visit,
    VisitSource,
)

CODE = "RENSHU0001"
"""What the first of them shows at the scan screen of practice."""
_NAMES = (
    ("練習", "花子", "レンシュウ", "ハナコ"),
    ("見本", "桜", "ミホン", "サクラ"),
    ("例文", "葵", "レイブン", "アオイ"),
)


def people(now: datetime, shop_id: str, staff_id: str) -> list[Record]:
    """Return three customers of this shop, with a past that gives something to talk about."""
    made: list[Record] = []
    for number, (family, given, family_kana, given_kana) in enumerate(_NAMES, 1):
        who, then = f"practice-{number}", now - timedelta(days=20 * number)
        made += [
            Customer(
                id=who, member_number=f"R{number:04}", family_name=family, given_name=given, family_kana=family_kana,
                given_kana=given_kana, email=f"renshu{number}@example.invalid", home_shop_id=shop_id,
                member_since=(now - timedelta(days=400)).date(), person_in_charge_id=staff_id,
            ),
            Consent(
                id=f"{who}-consent", customer_id=who, channel=Channel.EMAIL, purpose=ConsentPurpose.RELATIONSHIP,
                state=ConsentState.GRANTED, at=then, source="registration", wording="", recorded_by=staff_id,
            ),
            Visit(
                id=f"{who}-visit", customer_id=who, shop_id=shop_id, staff_id=staff_id, at=then,
                ended_at=then + timedelta(hours=1), source=VisitSource.STAFF,
            ),
            Interaction(id=f"{who}-note", customer_id=who, shop_id=shop_id, staff_id=staff_id, at=then, text="紺のお色がお好き。ご旅行が多い"),
        ]  # fmt: skip
    return made
