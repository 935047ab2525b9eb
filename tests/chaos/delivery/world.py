"""The retailer of a run: customers with an address in each of three channels, and the messages that wait for them."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from sync.clock import Clock
from sync.ids import derived_id, imported_id
from sync.model.base import Record
from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause, Message, MessageState
from sync.policy.gate import purpose_of
from sync.sandbox.config import Folders
from sync.server.database import transaction
from sync.server.repository import customer_links
from sync.server.repository.records import Records
from sync.server.tables_edges import identities
from tests.integration.server.people import GINZA, MISAKI, RETAILER, UMEDA

CHANNELS = (Channel.LINE, Channel.SMS, Channel.EMAIL)
_CAUSES = {Channel.LINE: Cause.HOLD_READY, Channel.SMS: Cause.ALTERATION_READY, Channel.EMAIL: Cause.ORDER}
"""Things she asked for: no cap holds them back, and no two of hers say the same."""


def customer(number: int) -> Customer:
    return Customer(
        id=imported_id("customer", str(number)),
        member_number=f"{number:06}",
        family_name="佐々木",
        given_name=f"花{number}",
        phone=f"+8190{10_000_000 + number}",
        email=f"hana{number}@example.jp",
        line_user_id=f"U{number:032x}",
        home_shop_id=GINZA.id,
    )


def message(number: int, seed: str, at: datetime) -> Message:
    """Return message `number` of a run: three in a row go to one customer, one in each channel."""
    channel = CHANNELS[number % 3]
    message_id = derived_id("chaos", seed, str(number))
    return Message(
        id=message_id,
        customer_id=customer(number // 3).id,
        channel=channel,
        cause=_CAUSES[channel],
        purpose=purpose_of(_CAUSES[channel]),
        shop_id=(GINZA, UMEDA)[number % 2].id,
        staff_id=MISAKI.id,
        state=MessageState.QUEUED,
        subject="ご用意ができました",
        body=f"ご用意ができました。{message_id}",
        at=at,
        state_at=at,
    )


def fill(engine: Engine, folder: Path, secret: str, customers: int, clock: Clock) -> None:
    """Write the retailer into a migrated database, and who lives where into the outside world's folder."""
    people = [customer(number) for number in range(customers)]
    records: list[Record] = [RETAILER, GINZA, UMEDA, MISAKI, *people]
    for start in range(0, len(records), 500):
        with transaction(engine) as conn:
            Records(conn, clock).put_many(records[start : start + 500])
    with transaction(engine) as conn:
        conn.execute(identities.insert(), [row for each in people for row in _names(each)])
        for each in people:
            for channel in CHANNELS:
                token = opt_out_token(secret, each.id, channel)
                customer_links.keep(conn, token, "opt_out", customer_id=each.id, channel=channel, at=clock())
    retailer = Folders(folder).retailer
    retailer.mkdir(parents=True)
    addresses = [each.model_dump(include={"member_number", "phone", "email", "line_user_id"}) for each in people]
    (retailer / "addresses.json").write_text(json.dumps(addresses))


def opt_out_token(secret: str, customer_id: str, channel: Channel) -> str:
    """Return the token of the link by which she stops a channel."""
    return customer_links.token_for(secret, "opt_out", customer_id, channel.value)


def _names(each: Customer) -> Iterator[dict[str, str]]:
    for kind in ("line_user_id", "phone", "email"):
        yield {"kind": kind, "value": getattr(each, kind), "customer_id": each.id}
