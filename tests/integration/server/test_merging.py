"""Two customers who turn out to be one: whoever still knows her by a former id is understood."""

from sqlalchemy import Engine

from sync.identity.merge import merge
from sync.model.commands import LogInteraction
from sync.model.customer import Interaction
from sync.server.database import reading, transaction
from sync.server.merging import merge_customers
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, MovableClock, customer, write

FIRST, SECOND, THIRD = (customer(number) for number in ("2001", "2002", "2003"))


def test_every_former_id_is_understood_after_one_merge_upon_another(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """The first becomes the second, who becomes the third: a note that a tablet still writes about the first is taken,
    and is the third's."""
    write(retailer, clock, FIRST, SECOND, THIRD)
    for kept, other in ((SECOND, FIRST), (THIRD, SECOND)):
        with transaction(retailer) as conn:
            merge_customers(conn, clock, kept.id, other.id, merge)
    with reading(retailer) as conn:
        assert [Records(conn).customer_id_of(each.id) for each in (FIRST, SECOND, THIRD)] == [THIRD.id] * 3

    note = LogInteraction(interaction_id="note-1", customer_id=FIRST.id, shop_id=GINZA.id, text="青")
    assert device.do(note, MISAKI.id).accepted
    with reading(retailer) as conn:
        written = Records(conn).get(Interaction, "note-1")
    assert written is not None
    assert written.customer_id == THIRD.id
