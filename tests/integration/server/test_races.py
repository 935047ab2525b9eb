"""Two at the same moment: nothing is done twice, and nothing is missed."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from sync.ids import new_id
from sync.model.commands import LogInteraction
from sync.model.customer import Interaction, Visit
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, UMEDA, WEB, YUMI, MovableClock, shop, write


def test_one_command_pushed_by_several_connections_is_done_once(retailer: Engine, device: Device) -> None:
    """A device that sends again before the first answer came gets the same answer on every connection."""
    commands = [
        device.envelope(
            LogInteraction(interaction_id=new_id(), customer_id=YUMI.id, shop_id=GINZA.id, text="青"), MISAKI.id
        )
        for _ in range(5)
    ]
    together = threading.Barrier(4)

    def push() -> list[bool]:
        together.wait()
        return [device.push(command)[0].accepted for command in commands]

    with ThreadPoolExecutor(4) as pool:
        answers = [future.result() for future in [pool.submit(push) for _ in range(4)]]
    assert answers == [[True] * 5] * 4
    with reading(retailer) as conn:
        assert len(Records(conn).of_kind(Interaction)) == 5


def test_a_customer_who_enters_two_shops_at_once_is_whole_in_both(retailer: Engine, clock: MovableClock) -> None:
    """Writers that each bring her into another shop wait for each other: no shop misses what the other one wrote."""
    write(retailer, clock, YUMI.model_copy(update={"home_shop_id": None}))
    shops = [UMEDA, WEB, *(shop(code) for code in ("kyoto", "nagoya"))]
    write(retailer, clock, *shops)
    tablets = [Device(retailer, clock, each.code, seed=bytes([number] * 32)) for number, each in enumerate(shops, 1)]
    together = threading.Barrier(len(shops))

    def visit(shop_id: str, number: int) -> None:
        def work() -> None:
            with transaction(retailer) as conn:
                Records(conn, clock).put(Visit(id=f"{shop_id}-{number}", customer_id=YUMI.id, shop_id=shop_id, at=NOON))

        together.wait()
        retrying(work)

    with ThreadPoolExecutor(len(shops)) as pool:
        for number in range(3):
            for future in [pool.submit(visit, each.id, number) for each in shops]:
                future.result()
    expected = {f"{each.id}-{number}" for each in shops for number in range(3)}
    for tablet in tablets:
        tablet.pull(limit=3)
        assert tablet.ids("visit") == expected
        assert tablet.ids("customer") == {YUMI.id}
