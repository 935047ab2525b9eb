"""Makes one customer of two: what the survivor becomes, and which records change hands. Pure; storing it is the server's."""

from collections.abc import Iterable

from sync.model.base import CustomerRecord
from sync.model.customer import Customer, Pace

_FILLED = [
    "member_number",
    "phone",
    "email",
    "line_user_id",
    "app_token",
    "birthday",
    "anniversary",
    "rank",
    "member_since",
    "home_shop_id",
    "person_in_charge_id",
    "preferred_channel",
    "time_zone",
    "registered_by",
]


def merge(
    kept: Customer, other: Customer, belongings: Iterable[CustomerRecord]
) -> tuple[Customer, list[CustomerRecord]]:
    """Return the survivor and the other's records as hers.

    What the kept one says stands; the other fills what is empty. Points are added up, sizes, likes and dislikes joined,
    the quieter pace and what either declined stand (nobody is approached more for having been merged), and the other's ids live on as aliases,
    so that a tablet that still knows her by one of them is understood. A name is filled whole or not at all: halves
    of two names are nobody's.
    """
    said = {field: getattr(other, field) for field in _FILLED if not getattr(kept, field) and getattr(other, field)}
    if not kept.family_name:
        said |= {field: getattr(other, field) for field in ("family_name", "given_name", "family_kana", "given_kana")}
    paces = (Pace.QUIET, Pace.MODEST, Pace.ACTIVE)
    survivor = kept.model_copy(
        update={
            **said,
            "points": kept.points + other.points,
            "points_expire_on": min(filter(None, (kept.points_expire_on, other.points_expire_on)), default=None),
            "pace": min(kept.pace, other.pace, key=paces.index),
            "declined_topics": tuple(dict.fromkeys((*kept.declined_topics, *other.declined_topics))),
            "sizes": {**other.sizes, **kept.sizes},
            "likes": tuple(dict.fromkeys((*kept.likes, *other.likes))),
            "dislikes": tuple(dict.fromkeys((*kept.dislikes, *other.dislikes))),
            "aliases": tuple(dict.fromkeys((*kept.aliases, other.id, *other.aliases))),
        }
    )
    return survivor, [record.model_copy(update={"customer_id": kept.id}) for record in belongings]
