"""The retailer's other systems, as a process of its own that writes beside the servers: stock, moves, merges, bookings.

python -m tests.chaos.processes.office SEED PACE        # CLIENTELING_DATABASE_URL says where
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from sync.clock import system_clock
from sync.identity.merge import merge
from sync.ids import new_id
from sync.model.customer import Appointment, AppointmentKind, AppointmentState, BrowseEvent, Customer, WebActivity
from sync.server.database import make_engine, retrying, transaction
from sync.server.merging import merge_customers
from sync.server.repository.records import Records
from sync.server.tables import appointments, web_activities
from sync.settings import ServerSettings, load
from tests.chaos.processes.world import MOVERS, SHOPS, VARIANTS, movers, stock


class Office:
    """Each step is one transaction."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._movers = [each.id for each in movers()]

    def step(self, conn: Connection) -> None:
        kinds: list[tuple[Callable[[Records], None], int]] = [
            (self._count, 4),
            (self._move, 6),
            (self._book, 3),
            (self._browse, 3),
            (self._forget, 3),
            (self._merge, 1),
        ]
        chosen = self._rng.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        chosen(Records(conn, system_clock))

    def _count(self, records: Records) -> None:
        at = self._rng.choice(SHOPS)
        records.put(stock(self._rng.randrange(VARIANTS), at, self._rng.randrange(9), system_clock()))

    def _someone(self, records: Records) -> Customer | None:
        wanted = records.customer_id_of(self._rng.choice(self._movers))
        return records.get(Customer, wanted, lock=True) if wanted else None

    def _move(self, records: Records) -> None:
        """She has another home shop from now on, or none: she leaves one shop's scope and enters another's."""
        her = self._someone(records)
        home = self._rng.choice([*SHOPS, None])
        if her is not None:
            records.put(her.model_copy(update={"home_shop_id": home.id if home else None, "points": her.points + 1}))

    def _book(self, records: Records) -> None:
        her = self._someone(records)
        if her is not None:
            records.put(
                Appointment(
                    id=new_id(),
                    customer_id=her.id,
                    shop_id=self._rng.choice(SHOPS).id,
                    appointment_kind=AppointmentKind.STORE,
                    state=AppointmentState.BOOKED,
                    at=system_clock() + timedelta(days=self._rng.randrange(1, 20)),
                    booked_at=system_clock(),
                )
            )

    def _browse(self, records: Records) -> None:
        her = self._someone(records)
        if her is not None:
            event = BrowseEvent.PRODUCT_VIEWED
            records.put(WebActivity(id=new_id(), customer_id=her.id, at=system_clock(), event=event, category="dress"))

    def _forget(self, records: Records) -> None:
        """Something is deleted for good; without an appointment there she may leave a shop's scope again."""
        for kind, table in ((WebActivity, web_activities), (Appointment, appointments)):
            found = records.conn.scalar(select(table.c.id).order_by(table.c.id).limit(1))
            if found is not None:
                records.delete(kind, found)

    def _merge(self, records: Records) -> None:
        """Two of them turn out to be one; at most half of them ever go."""
        kept, other = self._rng.sample(range(MOVERS), 2)
        found = [records.customer_id_of(self._movers[each]) for each in (kept, other)]
        if found[0] and found[1] and found[0] != found[1] and other < MOVERS // 2:
            merge_customers(records.conn, system_clock, found[0], found[1], merge)


def main(seed: str, pace: float) -> None:
    """Write at `pace` steps a second until killed; a database that is away is waited for."""
    engine = make_engine(load(ServerSettings).database_url, pool_size=2)
    rng = random.Random(seed)
    office = Office(rng)

    def once() -> None:
        with transaction(engine) as conn:
            office.step(conn)

    while True:
        try:
            retrying(once)
        except DBAPIError as error:
            print(type(error).__name__, str(error.orig).partition("\n")[0], file=sys.stderr, flush=True)
        time.sleep(rng.expovariate(pace))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
