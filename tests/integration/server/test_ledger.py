"""The consent ledger in the database: entries are only ever added."""

from sqlalchemy import Engine

from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.server.database import reading, transaction
from sync.server.repository.records import Records
from tests.integration.server.people import NOON, YUMI

SAID = Consent(
    id="said",
    customer_id=YUMI.id,
    channel=Channel.EMAIL,
    purpose=ConsentPurpose.ALL,
    state=ConsentState.REFUSED,
    at=NOON,
    source="opt_out_link",
)


def test_no_entry_is_ever_changed(retailer: Engine) -> None:
    """Whoever writes under the id of an entry, with whatever content, leaves it as it was."""
    with transaction(retailer) as conn:
        assert Records(conn).put(SAID)
    with transaction(retailer) as conn:
        assert not Records(conn).put(SAID.model_copy(update={"state": ConsentState.GRANTED, "source": "import"}))
    with reading(retailer) as conn:
        assert Records(conn).get(Consent, SAID.id) == SAID
