"""One more question per later visit: which missing thing staff may ask for, and what an answer changes.

next_question(customer, visit, visits) -> Asked | None
change(customer, question, answer) -> fields to change, {} for a skipped one or what is known by now; None: no answer to it
"""

import re
from collections import Counter
from collections.abc import Iterable

from sync.model.customer import Asked, Channel, Customer, Topic, Visit

AT_MOST = 2
"""In how many visits the same thing is asked: who did not answer twice does not want to."""
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LONGEST = 60


def next_question(customer: Customer, visit: Visit, visits: Iterable[Visit]) -> Asked | None:
    """Return what to ask in an open visit: one thing that is missing, what was asked least often first.

    Nothing in her first visit, in which she has just registered or is only looking; and nothing once one was asked in it.
    """
    earlier = [one for one in visits if one.id != visit.id and one.at < visit.at]
    if not earlier or visit.ended_at is not None or visit.asked is not None:
        return None
    times = Counter(one.asked for one in earlier if one.asked is not None)
    open_ = [one for one in Asked if missing(customer, one) and times[one] < AT_MOST]
    return min(open_, key=lambda one: times[one], default=None)


def missing(customer: Customer, question: Asked) -> bool:
    """Return whether it is of use to ask: we do not know, and she wants what it is for."""
    match question:
        case Asked.KANA:
            return not customer.family_kana
        case Asked.CHANNEL:
            return customer.preferred_channel is None and len(ways(customer)) > 1
        case Asked.BIRTHDAY:
            return not customer.birthday and Topic.CARE not in customer.declined_topics


def ways(customer: Customer) -> list[Channel]:
    """Return the channels of which she can prefer one."""
    return [one for one in customer.channels if customer.address(one)]


def change(customer: Customer, question: Asked, answer: str) -> dict[str, object] | None:
    """Return what an answer changes of her. What is known by now stands: she may have said it herself on her page."""
    if not answer or not missing(customer, question):
        return {}
    match question:
        case Asked.KANA:
            family, _, given = answer.partition(" ")
            right = re.fullmatch(r"[ァ-ヺー・]+( [ァ-ヺー・]+)?", answer) and max(len(family), len(given)) <= _LONGEST
            return {"family_kana": family, "given_kana": given or customer.given_kana} if right else None
        case Asked.CHANNEL:
            return {"preferred_channel": Channel(answer)} if answer in ways(customer) else None
        case Asked.BIRTHDAY:
            return {"birthday": answer} if _is_day(answer) else None


def _is_day(text: str) -> bool:
    found = re.fullmatch(r"(\d\d)-(\d\d)", text, re.ASCII)
    if found is None:
        return False
    month, day = int(found[1]), int(found[2])
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]
