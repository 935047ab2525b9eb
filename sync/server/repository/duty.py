"""When somebody is at work who can answer for a message in a person's name."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from sync.model.outreach import Reason
from sync.model.shop import Shift, Shop, Staff
from sync.policy.contact import contact_time
from sync.policy.whose import PLANNED_NEAR, answering, speaking_time
from sync.ports import Claimed
from sync.server.repository.records import Records
from sync.server.tables import shifts


def answered_from(
    records: Records,
    person: Staff,
    writer_id: str | None,
    shop: Shop,
    after: datetime,
    opens: Callable[[datetime], datetime] = lambda at: at,
) -> datetime | None:
    """Return the first moment from `after` on at which a message may go in a person's name; None where no shift to come
    of hers or of who stands in for her is known.

    With no shift known at all for the shop around that time (retailers without shift data) the rule does not hold, and
    it is the moment that `opens` gives for `after`, as it is where somebody is on duty. `opens` gives the first moment
    from another on at which customers may be written to.
    """
    wanted = [one for one in (person.stand_in_id, writer_id) if one is not None and one != person.id]
    others = records.get_many(Staff, wanted).values() if wanted else ()
    staff_ids = answering(person, writer_id, others, shop.id)
    if not _plan_known(records, shop.id, after):
        return opens(after)
    recent = shifts.c.starts_at > after - PLANNED_NEAR
    query = select(shifts.c.data).where(shifts.c.staff_id.in_(staff_ids), recent)
    theirs = [Shift.model_validate(document) for document in records.conn.scalars(query)]
    return speaking_time(theirs, staff_ids, after, opens)


def _plan_known(records: Records, shop_id: str, at: datetime) -> bool:
    """`sync.policy.whose.plan_known`, asked of the database."""
    after, before = shifts.c.starts_at > at - PLANNED_NEAR, shifts.c.starts_at < at + PLANNED_NEAR
    query = select(shifts.c.id).where(shifts.c.shop_id == shop_id, after, before).limit(1)
    return records.conn.scalar(query) is not None


def unanswered(
    records: Records, claimed: Claimed, now: datetime, wait_at_most: timedelta
) -> tuple[Reason | None, datetime | None]:
    """Return why a message may not go in a person's name, or until when it waits; (None, None) where it may go now.

    It was planned for a time when somebody could answer, so this is for plans that changed since. It waits for the next
    such time, unless that is further than `wait_at_most` from when it was to go: then the code is `off_duty` (staff_id),
    rather than words that come too late. Quiet hours are not asked here; the claim at that time asks them.
    """
    message, person = claimed.message, claimed.staff
    if person is None:
        return None, None
    at = answered_from(records, person, message.writer_id, claimed.shop, now)
    if at is None or at > contact_time(message) + wait_at_most:
        return Reason(code="off_duty", params={"staff_id": person.id}), None
    return None, at if at > now else None
