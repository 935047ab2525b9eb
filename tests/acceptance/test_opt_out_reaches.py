"""Whichever way a customer ends messages, what waits is cancelled and every online tablet knows; no draft goes after it.

How soon is measured by `python -m tests.bench.opt_out`."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from sync.model.customer import Consent, ConsentState
from sync.model.outreach import MessageState
from sync.server.database import reading
from sync.server.repository.records import Records
from sync.server.tables_edges import link_revocations
from tests.acceptance.opting_out import WAYS, House, running_house, take

pytestmark = pytest.mark.processes
EVERYWHERE = {"link", "staff"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_reaches_the_queue_and_both_tablets(house: House, way: str) -> None:
    """The waiting message is cancelled with the reason on the server and on two tablets, one entry is in the ledger, and the
    manager who approves the draft afterwards is told why it cannot go."""
    number = 2000 + list(WAYS).index(way)
    reached = take(house, way, number)
    expected = "do_not_contact" if way in EVERYWHERE else "blocked" if way == "LINE unfollow" else "opted_out"
    assert reached.refused == expected
    with reading(house.engine) as conn:
        records = Records(conn)
        (hers,) = (each for each in records.of_kind("customer") if each.member_number == str(number))  # type: ignore[attr-defined]
        refusals = [each for each in records.find(Consent, customer_id=hers.id) if each.state is ConsentState.REFUSED]
        states = [each.state for each in records.find("message", customer_id=hers.id)]  # type: ignore[attr-defined]
    assert len(refusals) == 1
    assert MessageState.QUEUED not in states


def test_an_operator_revokes_a_customers_links(house: House) -> None:
    """By her member number on the command line; whoever is not known is said to be unknown."""
    hers, *_ = house.new_customer(2900)
    assert hers.id in house.server.run("admin", "revoke-links", hers.member_number)
    with reading(house.engine) as conn:
        assert conn.scalar(select(link_revocations.c.number).where(link_revocations.c.customer_id == hers.id)) == 1
    with pytest.raises(RuntimeError, match="no such customer"):
        house.server.run("admin", "revoke-links", "9999999")
