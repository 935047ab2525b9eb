"""What a scan means: each text has one outcome, most of them without the network."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from sync.client import IdentifyOutcome as Outcome
from sync.model.commands import CheckIn
from sync.policy.membership import make_code
from tests.unit.client.build import APP, KEY, RETAILER, World, customer, history
from tests.unit.client.fake import SHOP, START

FORGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
BEYOND = f"{9:018x}"


def _code(app_id: str = APP, key: Ed25519PrivateKey = KEY, retailer: int = RETAILER, seconds: float = 0) -> str:
    return make_code(key, retailer, app_id, START + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (_code(), Outcome.FOUND),
        (_code().lower() + "\r", Outcome.FOUND),
        (_code(seconds=-15), Outcome.FOUND),
        (_code(seconds=-31), Outcome.EXPIRED),
        (_code(seconds=30), Outcome.TOO_EARLY),
        (_code(key=FORGER), Outcome.FORGED),
        (_code(retailer=1), Outcome.OTHER_RETAILER),
        (_code()[:-1], Outcome.NOT_WHOLE),
        (_code()[40:64], Outcome.NOT_WHOLE),
        (_code()[1:].lower() + "\r", Outcome.NOT_WHOLE),
        (_code()[:-1] + "0", Outcome.NOT_A_CODE),
        ("490123456789449012345678", Outcome.NOT_A_CODE),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", Outcome.NOT_A_CODE),
        ("https://example.com/coupon", Outcome.NOT_A_CODE),
        ("100001", Outcome.FOUND),
        ("090-1234-0001", Outcome.FOUND),
        ("１００００１", Outcome.FOUND),
        ("999999", Outcome.NOT_A_CODE),
        ("髙橋", Outcome.NOT_A_CODE),
        ("", Outcome.NOT_A_CODE),
        ("x" * 100_000, Outcome.NOT_A_CODE),
    ],
)
def test_without_the_network(synced: World, code: str, outcome: Outcome) -> None:
    """Codes, member and telephone numbers are told apart on the tablet alone."""
    synced.server.down = True
    found = synced.client.identify(code)
    assert found.outcome is outcome
    assert found.customer_id == ("customer-1" if outcome is Outcome.FOUND else None)


def test_a_lost_part_is_noted_without_the_rest(synced: World) -> None:
    """The log says how long what came was, and nothing of what it said."""
    piece = _code()[:100]
    with capture_logs() as said:
        assert synced.client.identify(piece).outcome is Outcome.NOT_WHOLE
    assert said == [{"event": "code_not_read_whole", "length": 100, "log_level": "warning"}]


def test_two_people_with_one_telephone_are_not_guessed(synced: World) -> None:
    """A number that two customers share leads to the search."""
    synced.server.put(customer(2, phone="+819012340001"))
    synced.client.sync_once()
    assert synced.client.identify("09012340001").outcome is Outcome.NOT_A_CODE
    assert len(synced.client.cache.search_customers("09012340001", 10)) == 2


def test_the_same_code_reopens_and_then_expires(synced: World) -> None:
    """While it is valid a code opens her profile again on this device; later it is out of date like any other."""
    code = _code()
    assert synced.client.identify(code).outcome is Outcome.FOUND
    assert synced.client.identify(code).outcome is Outcome.FOUND
    assert synced.reopen().identify(code).outcome is Outcome.FOUND
    synced.clock.advance(seconds=31)
    assert synced.client.identify(code).outcome is Outcome.EXPIRED


def test_a_code_that_the_server_saw_elsewhere_is_a_replay(synced: World) -> None:
    """When the server answers the check-in with `replayed`, staff are told, and the code does not open her profile again."""
    found = synced.client.identify(_code())
    assert found.by_code
    synced.server.remark = {"check_in": "replayed"}
    command = CheckIn(
        visit_id="visit-9", customer_id="customer-1", shop_id=SHOP, source="scan", code_digest=found.code_digest
    )
    synced.client.submit(command, "staff-1")
    synced.client.sync_once()
    assert synced.client.identify(_code()).outcome is Outcome.REPLAYED
    (notice,) = synced.client.status().notices
    assert (notice.customer_id, notice.reason and notice.reason.code) == ("customer-1", "replayed")
    synced.client.dismiss_refused(notice.command_id)
    assert synced.client.status().notices == ()


def test_codes_are_read_by_the_servers_time(synced: World) -> None:
    """A tablet whose own clock is ten minutes slow still takes her code, and says that it is slow."""
    synced.clock.advance(minutes=-10)
    synced.server.clock = type(synced.clock)(START)
    synced.client.sync_once()
    assert synced.client.identify(_code()).outcome is Outcome.FOUND
    status = synced.client.status()
    assert status.skew_seconds == 600
    assert "clock_skew" in status.messages


def test_a_customer_of_another_shop_is_fetched(synced: World) -> None:
    """With the network, a good code of somebody not on this tablet opens her profile; she stays for a day."""
    synced.server.beyond["customer-9"] = history(9)
    found = synced.client.identify(_code(BEYOND))
    assert (found.outcome, found.customer_id) == (Outcome.FOUND, "customer-9")
    assert len(synced.client.cache.customer_range("customer-9")) == 5
    synced.server.down = True
    assert synced.client.identify(_code(BEYOND)).outcome is Outcome.FOUND
    assert [one.id for one in synced.client.cache.search_customers("100009", 5)] == ["customer-9"]
    synced.server.down = False
    synced.clock.advance(hours=25)
    synced.client.sync_once()
    assert synced.client.cache.customer_range("customer-9") == []
    assert synced.client.cache.search_customers("100009", 5) == []


def test_not_on_this_tablet_is_neither_forged_nor_unknown(synced: World) -> None:
    """Offline the tablet says that it does not hold her; online, that the server does not know her."""
    synced.server.down = True
    assert synced.client.identify(_code(BEYOND)).outcome is Outcome.NOT_ON_TABLET
    synced.server.down = False
    assert synced.client.identify(_code(BEYOND)).outcome is Outcome.UNKNOWN


def test_a_forged_code_of_a_fetched_customer_is_forged(synced: World) -> None:
    """The signature is checked with the key that the server gave."""
    synced.server.beyond["customer-9"] = history(9)
    assert synced.client.identify(_code(BEYOND, key=FORGER)).outcome is Outcome.FORGED


@given(
    st.one_of(
        st.text(max_size=300),
        st.binary(max_size=100).map(bytes.hex),
        st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=120, max_size=136),
        st.tuples(st.integers(0, 127), st.characters()).map(lambda at: _code()[: at[0]] + at[1] + _code()[at[0] + 1 :]),
        st.text(st.characters(categories=["Cs", "Cc", "Nd", "Lo"]), max_size=140),
    )
)
@settings(max_examples=1000, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_1000_malformed_scans(synced: World, text: str) -> None:
    """Whatever is scanned has a defined outcome; nothing but her own code opens a profile as hers."""
    found = synced.client.identify(text)
    assert found.outcome in Outcome
    assert (found.customer_id is not None) == (found.outcome is Outcome.FOUND)
    if found.by_code and found.outcome is Outcome.FOUND:
        assert text.upper() == _code()


CARDS = "2800(?P<number>[0-9]{6})[0-9]"


def _with_cards(world: World) -> None:
    retailer = world.client.cache.retailer()
    assert retailer is not None
    world.server.put(retailer.model_copy(update={"member_barcode": CARDS}))
    world.client.sync_once()


def test_a_member_card_names_her_and_proves_nothing(synced: World) -> None:
    """Bars of the house's form find her without the network, as not verified; without a pattern they are nobody's."""
    assert synced.client.identify("28001000013").outcome is Outcome.NOT_A_CODE
    _with_cards(synced)
    synced.server.down = True
    found = synced.client.identify("２８００１００００１３\r")
    assert (found.outcome, found.customer_id, found.unverified) == (Outcome.FOUND, "customer-1", True)
    assert not found.by_code
    assert not synced.client.identify("100001").unverified  # a number that staff typed is theirs


def test_a_card_of_another_shop_s_customer_is_asked_for(synced: World) -> None:
    """With the network she is fetched; without it she is not on this tablet; a number of nobody is unknown."""
    _with_cards(synced)
    synced.server.beyond["customer-9"] = history(9)
    synced.server.down = True
    assert synced.client.identify("28001000093").outcome is Outcome.NOT_ON_TABLET
    synced.server.down = False
    found = synced.client.identify("28001000093")
    assert (found.outcome, found.customer_id, found.unverified) == (Outcome.FOUND, "customer-9", True)
    assert synced.client.identify("28009999993").outcome is Outcome.UNKNOWN
