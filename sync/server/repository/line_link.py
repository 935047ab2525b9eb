"""Linking her LINE account: from the code that she sends by LINE to LINE's word that the account is hers.

    concerns(event) -> bool                                   whether an event is part of it
    take(records, event, secret, now) -> Acknowledgement      what became of it, for her

The tablet's code names the customer; her message names the LINE user. We answer with an address of ours that carries a
nonce (`sync.server.repository.line_nonces`). LINE sends it back once it has made sure that the same user followed the address, and
only then is anything linked. A linked account is an address; whether we may write to it stays what she said.
"""

import re
from datetime import datetime

import structlog

from sync.model.customer import Channel, Customer
from sync.model.shop import RetailerSettings
from sync.ports import Acknowledgement, ChannelEvent
from sync.server.phone_code import BadLink, read
from sync.server.repository import audit, devices, forgotten, identity, line_nonces, scopes
from sync.server.repository.ingested import note_conflicts
from sync.server.repository.records import Records
from sync.server.web.words import words_for

MARK = "LINK-"
"""What a code begins with in her message."""
_CODE = re.compile(rf"{MARK}([A-Za-z0-9_-]{{22,400}})(?![A-Za-z0-9_-])")

log = structlog.get_logger(__name__)


def concerns(event: ChannelEvent) -> bool:
    """Say whether an event is about linking, and so no word of hers to staff."""
    if event.channel is not Channel.LINE:
        return False
    return event.type == "account_link" or (event.type == "reply" and _CODE.search(event.text) is not None)


def take(records: Records, event: ChannelEvent, secret: str, now: datetime) -> Acknowledgement | None:
    """Take her code, or LINE's answer; whatever is not in order links nothing and says precisely why."""
    if event.type == "account_link":
        return _linked(records, event, secret, now)
    return _asked(records, event, secret, now)


def _asked(records: Records, event: ChannelEvent, secret: str, now: datetime) -> Acknowledgement:
    found = _CODE.search(event.text)
    assert found is not None
    try:
        made = read(secret, found[1], now, "line_link")
    except BadLink as bad:
        return _say(event, None, bad.why)
    customer = _locked(records, made.customer_id)
    if customer is None:
        return _say(event, None, "forged")
    device = devices.by_id(records.conn, made.device_id)
    if device is None or device.revoked_at is not None:
        return _say(event, customer, "shut")
    if customer.line_user_id:
        return _say(event, customer, "used")
    if _is_others(records, event.sender, customer, now):
        return _say(event, customer, "other")
    nonce = line_nonces.issue(records.conn, secret, event.sender, customer.id, made.staff_id, now)
    retailer = records.get(RetailerSettings, "retailer")
    page = f"{retailer.public_url if retailer else ''}/line/{nonce}"
    words = words_for(customer.language)
    return Acknowledgement(
        text=words("line_link.follow"),
        answer_token=event.answer_token,
        link=page,
        link_user=event.sender,
        otherwise=words("line_link.later"),
    )


def _linked(records: Records, event: ChannelEvent, secret: str, now: datetime) -> Acknowledgement | None:
    row = line_nonces.row(records.conn, event.nonce)
    if row is None or not line_nonces.made_for(secret, event.nonce, event.sender):
        log.info("line_link_refused", why="forged")
        return _say(event, None, "forged")
    customer = _locked(records, row.customer_id)
    row = line_nonces.row(records.conn, event.nonce)  # as it is now that nobody else is at it
    if customer is None or row is None:
        return _say(event, customer, "forged")
    if row.expires_at <= now:
        return _say(event, customer, "used" if customer.line_user_id else "expired")
    line_nonces.end(records.conn, event.nonce, now)
    if not event.linked:
        log.info("line_link_refused", why="failed")
        return _say(event, customer, "failed")
    if customer.line_user_id:
        return _say(event, customer, "used")
    if _is_others(records, event.sender, customer, now):
        return _say(event, customer, "other")
    identity.link(records.conn, "line_user_id", event.sender, customer.id)
    # she stands here and gives it to us herself: it is no longer held back
    forgotten.release_names(records.conn, forgotten.key_of(secret), [("line_user_id", event.sender)])
    records.put(customer.model_copy(update={"line_user_id": event.sender}))
    audit.note(records.conn, now, "line_link", staff_id=row.staff_id, customer_id=customer.id)
    return _say(event, customer, "done")


def _is_others(records: Records, user_id: str, customer: Customer, now: datetime) -> bool:
    """Say whether the LINE account is another customer's; a person is then asked whether the two are the same."""
    owner = identity.customer_of(records.conn, "line_user_id", user_id)
    if owner is None or owner == customer.id:
        return False
    note_conflicts(records.conn, [(owner, customer.id, "line_user_id")], now)
    return True


def _say(event: ChannelEvent, customer: Customer | None, what: str) -> Acknowledgement:
    words = words_for(customer.language if customer is not None else "ja")
    return Acknowledgement(text=words(f"line_link.{what}"), answer_token=event.answer_token)


def _locked(records: Records, customer_id: str) -> Customer | None:
    hers = records.customer_id_of(customer_id)
    if hers is None:
        return None
    scopes.lock_customers(records.conn, [hers])
    return records.get(Customer, hers)
