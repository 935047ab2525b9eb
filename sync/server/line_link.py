"""A code with which a customer links her LINE account, for a tablet to show (`sync.server.repository.line_link` takes it)."""

from urllib.parse import quote

from sync.errors import Conflict, NotAllowed, NotFound
from sync.model.customer import Customer
from sync.model.own_phone import OwnPhoneLink
from sync.server.asker import Asker
from sync.server.core import Core
from sync.server.database import transaction
from sync.server.phone_code import GOOD_FOR, Invitation, token_of
from sync.server.repository import audit
from sync.server.repository.line_link import MARK
from sync.server.repository.records import Records
from sync.server.web.words import words_for


def invite(core: Core, secret: str, account: tuple[str, str], asked: Asker, customer_id: str) -> OwnPhoneLink:
    """Return the address that opens LINE with the code in the message field; it is on record.

    `account` is where LINE opens the chat with an account, a text in its field
    (https://developers.line.biz/en/docs/line-login/using-line-url-scheme/), and the basic id of ours.

    Raises NotFound for a customer who is not in scope, NotAllowed for whoever does not look after her shop, Conflict
    (`linked`, `no_account`) where she has a linked account or the house told us none of its own.
    """
    if asked.staff_id is None:
        raise NotAllowed("A code is shown by somebody.", reason="unknown_staff")
    now, (chat, basic_id) = core.clock(), account
    with transaction(core.engine) as conn:
        records = Records(conn, core.clock)
        hers = records.customer_id_of(customer_id)
        customer = records.get(Customer, hers) if hers is not None else None
        if customer is None or not asked.has(conn, core.clock, customer.id):
            raise NotFound("There is no such customer here.", what="customer")
        if not asked.answers_for(conn, core.clock, customer.id):
            raise NotAllowed("This role may not do that for this customer.", reason="role")
        if not basic_id:
            raise Conflict("The house's LINE account is not set up here.", reason="no_account")
        if customer.line_user_id:
            raise Conflict("This customer has a linked LINE account.", reason="linked")
        made = Invitation(customer.id, asked.device.shop_id, asked.staff_id, asked.device.id, now + GOOD_FOR)
        audit.note(
            conn, now, "line_invite", device_id=asked.device.id, staff_id=asked.staff_id, customer_id=customer.id
        )
    text = f"{words_for(customer.language)('line_link.message')}\n{MARK}{token_of(secret, made, 'line_link')}"
    return OwnPhoneLink(
        url=f"{chat}/{quote(basic_id, safe='')}/?{quote(text, safe='')}",
        customer_id=customer.id,
        expires_at=made.expires_at,
        server_time=now,
    )
