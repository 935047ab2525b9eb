"""She looks more often online, and does not come. The invitation lets her feel nothing of it."""

from collections import Counter
from datetime import datetime, timedelta, tzinfo

from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import start_of_day
from sync.policy.signals.proposal import Proposal, follow_up_id, tills_reported, written_since

VIEWS = frozenset(
    {
        BrowseEvent.PRODUCT_VIEWED,
        BrowseEvent.PRODUCT_LIST_VIEWED,
        BrowseEvent.PRODUCTS_SEARCHED,
        BrowseEvent.PRODUCT_ADDED_TO_WISHLIST,
        BrowseEvent.MY_PAGE_VIEWED,
    }
)
"""What counts as looking. Her cart is not ours to talk about."""


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to invite her when she looked at least twice as often as in the weeks before, without a visit or booking.

    Waits until the tills of the place she was in last have reported past the first of these looks: what they have not
    told yet may be the purchase that she looked for. One in the web shop explains her looking as well.
    Evidence `web_up`: views, days, usual (views she would have had in as many days by the weeks before, one decimal),
    categories (codes, most looked at first, three at most). Categories only, never items.
    """
    rules = playbook.signals.web_up
    recent_from = now - timedelta(days=rules.days)
    earlier_from = recent_from - timedelta(days=rules.before_days)
    views = [w for w in facts.web if w.event in VIEWS and earlier_from <= w.at <= now]
    recent = [w for w in views if w.at > recent_from]
    usual = (len(views) - len(recent)) * rules.days / rules.before_days
    if len(recent) < rules.least_views or len(recent) < usual * rules.factor:
        return None
    here = facts.contact_days(now, zone)
    day = now.astimezone(zone).date()
    if facts.booked(now) or (here and (day - here[0]).days < rules.no_visit_days):
        return None
    first = min(w.at for w in recent)
    if written_since(facts, Cause.WEB_UP, earlier_from) or not tills_reported(facts, now, first):
        return None
    categories = [c for c, _ in Counter(w.category for w in recent if w.category).most_common(3)]
    last = max(w.at for w in recent)
    return Proposal(
        cause=Cause.WEB_UP,
        evidence=Reason(
            code="web_up",
            params={
                "views": len(recent),
                "days": rules.days,
                "usual": round(usual, 1),
                "since": first.astimezone(zone).date().isoformat(),
                "categories": categories,
            },
        ),
        strength=round(min(0.7, 0.45 + 0.05 * len(recent) / max(usual, 1.0)), 3),
        due_at=start_of_day(day, zone),
        stale_after=last + timedelta(days=rules.fresh_days),
        template="web_up",
        channel=None,
        episode=_episode(facts, f"web_up:{here[0].isoformat() if here else 'never'}", last, earlier_from, zone),
    )


def _episode(facts: CustomerFacts, away: str, last: datetime, since: datetime, zone: tzinfo) -> str:
    """One invitation per time away and rise, named after the month in which it was first seen: the looking may go on past
    the end of a month, and is no other then. Long after, it is."""
    weeks = ((last - timedelta(weeks=n)).astimezone(zone) for n in range((last - since).days // 7 + 2))
    names = list(dict.fromkeys(f"{away}:{day:%Y-%m}" for day in weeks))
    made = {f.id for f in facts.follow_ups if f.cause is Cause.WEB_UP and f.created_at >= since}
    return next((name for name in names if follow_up_id(facts.customer.id, name) in made), names[0])
