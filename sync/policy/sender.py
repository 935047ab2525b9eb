"""Who a message comes from, and whether it can go from there: the person is still employed, the sender's details are
complete, and the text fits with the footer that the law asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sync.model.customer import Channel
from sync.model.outreach import Reason
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.employment import employed
from sync.policy.legal import full_text, missing
from sync.policy.sms import utf16_units
from sync.policy.wordcheck import LONGEST

TOKEN_LENGTH = 26
"""Characters of the token in the link that each message carries."""


@dataclass(frozen=True, slots=True)
class Sender:
    shop: Shop
    retailer: RetailerSettings
    staff: Staff | None = None
    """In whose name; None where it comes from the shop."""

    @property
    def opt_out_url(self) -> str:
        """Stands for the link that the server makes for each message, and is as long."""
        return f"{self.retailer.public_url.rstrip('/')}/c/{'x' * TOKEN_LENGTH}"


def unfit(sender: Sender, channel: Channel, *, language: str, body: str | None, at: datetime) -> Iterator[Reason]:
    """Yield why nothing can go from this sender by this channel at a moment: `staff_left` (staff_id), `not_set_up` (channel), `not_complete` (field),
    `too_long` (limit: UTF-16 units, the footer within; not judged where there are no words yet)."""
    staff, retailer = sender.staff, sender.retailer
    if staff is not None and not employed(staff, at, sender.shop):
        yield Reason(code="staff_left", params={"staff_id": staff.id})
    if channel is Channel.APP and not retailer.app_name:
        yield Reason(code="not_set_up", params={"channel": channel.value})
    by_law = channel in (Channel.EMAIL, Channel.SMS)
    lacking = missing(retailer, sender.opt_out_url) if by_law else None
    if lacking is not None:
        yield Reason(code="not_complete", params={"field": lacking})
    elif body is not None:
        whole = full_text(
            body,
            channel=channel,
            retailer=retailer,
            shop=sender.shop,
            language=language,
            opt_out_url=sender.opt_out_url,
        )
        if utf16_units(whole) > LONGEST[channel]:
            yield Reason(code="too_long", params={"limit": LONGEST[channel]})
