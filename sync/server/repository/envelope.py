"""What a message takes along on its way out: whom it reaches, who stands behind it, and the links that are hers alone."""

from datetime import datetime

from sqlalchemy import Connection

from sync.model.customer import Customer
from sync.model.outreach import Message
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.naming import colleagues_in
from sync.ports import Claimed
from sync.server.repository import customer_links
from sync.server.repository.records import Records


def envelope(records: Records, message: Message, customer: Customer, now: datetime, *, secret: str) -> Claimed | None:
    """Return what to send, with its links kept; None where the retailer or the shop is not set up. `secret` signs them."""
    shop = records.get(Shop, message.shop_id)
    retailer = records.get(RetailerSettings, "retailer")
    if shop is None or retailer is None:
        return None
    conn, hers = records.conn, message.customer_id
    reply = customer_links.token_for(secret, "reply", message.id)
    opt_out = customer_links.stop_link(conn, secret, hers, message.channel, now)
    customer_links.keep(
        conn,
        reply,
        "reply",
        customer_id=hers,
        channel=message.channel,
        at=now,
        message_id=message.id,
        staff_id=message.staff_id,
    )
    return Claimed(
        message=message,
        to=customer.address(message.channel),
        staff=records.get(Staff, message.staff_id) if message.staff_id else None,
        colleagues=colleagues_in(shop.id, records.of_kind(Staff)),
        shop=shop,
        retailer=retailer,
        language=customer.language,
        reply_token=reply,
        opt_out_token=opt_out,
        products_token=_products_link(conn, message, now, secret) if message.product_ids else "",
    )


def _products_link(conn: Connection, message: Message, now: datetime, secret: str) -> str:
    token = customer_links.token_for(secret, "products", message.id)
    hers, channel = message.customer_id, message.channel
    customer_links.keep(conn, token, "products", customer_id=hers, channel=channel, at=now, message_id=message.id)
    return token
