"""Several messages approved at once: how many go which way, what that costs, and which cannot go."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from clienteling.device import Cache
from clienteling.queries.compose import Writer, preview
from clienteling.queries.queue import Group, Line, judge_waiting
from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState, Purpose, Reason
from sync.model.shop import LineQuota, Shop
from sync.policy.playbook import Playbook
from sync.policy.quota import HELD_BACK, Quota
from sync.policy.sms import sms_segments


@dataclass(frozen=True)
class Bulk:
    """What a tap would do. Prices are in yen and None where the playbook does not tell them."""

    going: tuple[Line, ...] = ()
    refused: tuple[tuple[Line, Reason], ...] = ()
    """Those that the gate does not let go now, each with its first reason."""
    ways: Mapping[Channel, int] = field(default_factory=dict)
    later: int = 0
    """How many of those that go wait for the end of quiet hours."""
    sms_parts: int = 0
    sms_yen: float | None = None
    quota: LineQuota | None = None
    """LINE's month, as the server told it last; None where nobody did."""
    line_beyond: int = 0
    """How many LINE messages the month's quota does not cover any more."""
    line_yen: float | None = None
    """What those cost where they go by LINE all the same."""
    line_kept: int = 0
    """How many of the others meet the part of the quota that is kept for service: another way is offered for them."""

    @property
    def yen(self) -> int | None:
        """The price of all of it at most, as far as it is known."""
        known = [one for one in (self.sms_yen, self.line_yen) if one is not None]
        return round(sum(known)) if known else None


def load_bulk(
    cache: Cache, lines: Sequence[Line], shop: Shop | None, now: datetime, zone: tzinfo, playbook: Playbook
) -> Bulk:
    """Ask the gate about each and count. Blocks for about a millisecond a message."""
    retailer = cache.retailer()
    if shop is None or retailer is None:
        return Bulk()
    going: list[tuple[Line, Message]] = []
    refused: list[tuple[Line, Reason]] = []
    later = 0
    for line in lines:
        decision = judge_waiting(cache, line, now, zone, playbook)
        if decision is None or line.message is None or line.group is not Group.APPROVAL:
            continue
        if not decision.allowed:
            refused.append((line, decision.refusals[0]))
            continue
        going.append((line, line.message))
        later += decision.send_after is not None
    writer = Writer(None, shop, retailer, (), now, zone, playbook)
    parts = sum(
        sms_segments(
            preview(
                one.body, Channel.SMS, line.customer.language, writer, products=bool(one.product_ids)
            )
        )
        for line, one in going
        if one.channel is Channel.SMS
    )  # fmt: skip
    quota = retailer.line_quota
    by_line = [one.purpose for _, one in going if one.channel is Channel.LINE]
    beyond, kept = _beyond(quota, by_line)
    return Bulk(
        going=tuple(line for line, _ in going),
        refused=tuple(refused),
        ways=Counter(one.channel for _, one in going),
        later=later,
        sms_parts=parts,
        sms_yen=parts * playbook.sms_part_yen if parts and playbook.sms_part_yen is not None else None,
        quota=quota,
        line_beyond=beyond,
        line_yen=beyond * playbook.line_extra_yen if beyond and playbook.line_extra_yen is not None else None,
        line_kept=kept,
    )


def _beyond(quota: LineQuota | None, purposes: Sequence[Purpose]) -> tuple[int, int]:
    """Return how many of these the quota does not cover, and how many of our own accord meet what is kept for service."""
    left = Quota(quota.limit, quota.used).left if quota is not None else None
    if left is None or quota is None:
        return 0, 0
    ours = sum(1 for one in purposes if one in HELD_BACK)
    beyond = max(0, len(purposes) - left)
    return beyond, max(0, ours - max(0, left - quota.kept) - beyond)


class Came(StrEnum):
    """What became of one of them."""

    WAITS = "waits"
    """The server has not answered yet, or it is still held here to be taken back."""
    DONE = "done"
    REFUSED = "refused"
    RECALLED = "recalled"


def what_came(cache: Cache, given: Iterable[tuple[Line, str]], refused: Mapping[str, Reason | None]) -> dict[str, Came]:
    """Return by command id what became of each; `given` are lines with their commands, `refused` all that were."""
    found: dict[str, Came] = {}
    for line, command_id in given:
        message = cache.record("message", line.message.id) if line.message is not None else None
        if command_id in refused:
            found[command_id] = Came.REFUSED
        elif line.message is not None and line.message.id in cache.unanswered(line.customer.id):
            found[command_id] = Came.WAITS
        elif isinstance(message, Message) and message.state is MessageState.AWAITING_APPROVAL:
            found[command_id] = Came.RECALLED
        else:
            found[command_id] = Came.DONE
    return found
