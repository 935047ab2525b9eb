"""A message in the shop's name: nobody's name over it or in its links, and the answer is the shop's."""

import pytest
from sqlalchemy import Engine

from sync.delivery.compose import Composer
from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState
from sync.model.shop import Staff
from sync.policy.naming import mail_sender
from sync.ports import ChannelEvent, Receipt
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import CUSTOMER, SHOP, MovableClock, all_of, message, put

AOI = Staff(id="staff-suzuki", code="s1", family_name="鈴木", given_name="葵", shop_id=SHOP.id)
COMPOSE = Composer(public_url="https://shop.example.jp", mail_reply_domain="reply.example.jp")


@pytest.mark.parametrize(
    ("shop_name", "over_line", "over_mail"),
    [
        ("銀座本店", "エルム 銀座本店", "株式会社エルム 銀座本店"),
        (
            "グランフロント大阪北館二階プレミアムサロン",
            "グランフロント大阪北館二階プレミアムサロ",
            "株式会社エルム グランフロント大阪北館二階プレミアムサロン",
        ),
    ],
)
def test_the_house_stands_over_it(
    store: Delivery, engine: Engine, clock: MovableClock, shop_name: str, over_line: str, over_mail: str
) -> None:
    """As the preview shows it: brand and shop in LINE, cut to what LINE takes with the shop first; a mail from the company
    and its shop. Neither whoever wrote it, nor the person in charge, is named."""
    line = message(Channel.LINE, staff_id=None, written_by=AOI.id)
    mail = message(Channel.EMAIL, staff_id=None, written_by=AOI.id)
    put(engine, clock, AOI, SHOP.model_copy(update={"name": shop_name}), line, mail)
    claimed_line, claimed_mail = store.claim(line.id), store.claim(mail.id)
    assert claimed_line is not None
    assert claimed_mail is not None
    assert COMPOSE(claimed_line, "k1").sender_name == over_line
    out = COMPOSE(claimed_mail, "k2")
    assert mail_sender(out.sender_name, out.account) == over_mail
    assert out.reply_to == f"reply+{claimed_mail.reply_token}@reply.example.jp"


@pytest.mark.parametrize("channel", [Channel.LINE, Channel.EMAIL])
def test_the_answer_is_the_shops(store: Delivery, engine: Engine, clock: MovableClock, channel: Channel) -> None:
    """It lies in the shop's inbox, addressed to nobody: not to who wrote, not to the person in charge of her."""
    queued = message(channel, staff_id=None, written_by=AOI.id)
    put(engine, clock, AOI, queued)
    claimed = store.claim(queued.id)
    assert claimed is not None
    store.begin(queued.id, 1)
    store.record(queued.id, Receipt(state=MessageState.SENT, provider_id="P1"), 1)
    sender = CUSTOMER.line_user_id if channel is Channel.LINE else CUSTOMER.email
    recipient = "" if channel is Channel.LINE else f"reply+{claimed.reply_token}@reply.example.jp"
    store.apply_event(
        ChannelEvent(type="reply", channel=channel, event_id="e1", sender=sender, recipient=recipient, text="伺います")
    )
    [reply] = [one for one in all_of(engine, Message) if getattr(one, "in_reply_to", None) == queued.id]
    assert isinstance(reply, Message)
    assert (reply.shop_id, reply.staff_id) == (SHOP.id, None)
