"""What the rules share when they run over everybody: days where the customer is, her days with us, and what we wrote."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir

from sync.insight.tables import Tables
from sync.model.customer import CAME, NOTHING_CAME_OF_IT, AppointmentState, Channel, ConsentPurpose, ConsentState
from sync.model.outreach import Direction
from sync.policy.contact import COUNTED_STATES
from sync.policy.playbook import Playbook

OUTCOME = ibis.schema(
    {"customer_id": "string", "cause": "string", "about": "string", "day": "date", "strength": "float64"}
)
"""What each rule gives: whom, why, by which record or which day (as its file says), and how strongly (0..1)."""

_ANYWHERE = 2
"""Days by which the calendars of two places may differ from a count of 24 hours, and one to spare."""


def plain(at: datetime) -> datetime:
    """Return a moment as the tables hold it: in UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Everybody:
    """The tables as of a moment, under a playbook."""

    tables: Tables
    now: datetime
    playbook: Playbook
    tills_known: bool = True
    """False where nobody looked up to when the tills have reported: then nothing waits for them."""

    def before(self, **span: float) -> ir.TimestampScalar:
        """Return the moment so long before now, for `timedelta`'s arguments."""
        return ibis.literal(plain(self.now - timedelta(**span)), type="timestamp")

    @cached_property
    def at(self) -> ir.TimestampScalar:
        return self.before()

    def since_days(self, table: ir.Table, days: int) -> ir.Table:
        """Leave out records of before the day that lies so many days back, wherever on earth she is: what remains is little,
        and only that needs to be dated."""
        return table.filter(table.at >= self.before(days=days + _ANYWHERE))

    def dated(self, table: ir.Table, column: str = "at", name: str = "day") -> ir.Table:
        """Return a table of customers' records with the day of a moment, by the calendar where the customer is."""
        homes = self.tables.customers.select("customer_id", "zone")
        zoned = table.join(homes, "customer_id").join(self.tables.zones, "zone")
        zoned = zoned.filter(zoned[column] >= zoned.from_at, zoned[column] < zoned.until_at)
        local = zoned[column] + zoned.offset_seconds.as_interval("s")
        return zoned.mutate(local.date().name(name)).drop("zone", "from_at", "until_at", "offset_seconds")

    def begun(self, table: ir.Table, column: str, name: str) -> ir.Table:
        """Return a table with one row for each customer with the first moment of the day in a column, where she is."""
        homes = self.tables.customers.select("customer_id", "zone")
        zoned = table.join(homes, "customer_id").join(self.tables.zones, "zone")
        zoned = zoned.mutate((zoned[column].cast("timestamp") - zoned.offset_seconds.as_interval("s")).name(name))
        # Where the clock jumps at midnight, the day begins with the jump, or with the earlier of two midnights.
        zoned = zoned.filter(zoned[name] >= zoned.from_at, zoned[name] <= zoned.until_at)
        return first_of(zoned, ibis.asc(name)).drop("zone", "from_at", "until_at", "offset_seconds")

    @cached_property
    def today(self) -> ir.Table:
        """customer_id, today: what day it is where she is."""
        here = self.tables.customers.select("customer_id", now=self.at)
        return self.dated(here, "now", "today").drop("now")

    @cached_property
    def moments(self) -> ir.Table:
        """customer_id, at: when she was with us, in a shop or buying in the web shop, whenever it was."""
        t = self.tables
        done = t.appointments.filter(t.appointments.state.isin(sorted(CAME)))
        return ibis.union(*(each.select("customer_id", "at") for each in (t.orders, t.visits, done)))

    @cached_property
    def past_moments(self) -> ir.Table:
        return self.moments.filter(self.moments.at < self.at)

    def days(self, moments: ir.Table, of: ir.Table) -> ir.Table:
        """Return customer_id and day, each once, of the moments of some customers."""
        return self.dated(moments.semi_join(of, "customer_id")).select("customer_id", "day").distinct()

    @cached_property
    def booked(self) -> ir.Table:
        """Appointments that lie ahead."""
        all_of_them = self.tables.appointments
        return all_of_them.filter(all_of_them.state == AppointmentState.BOOKED.value, all_of_them.at > self.at)

    @cached_property
    def written(self) -> ir.Table:
        """customer_id, cause, purpose, at, reached: our messages that went or will go; `reached` is the later of both."""
        m = self.tables.messages
        states = sorted(state.value for state in COUNTED_STATES)
        ours = m.filter(m.direction == Direction.OUT.value, m.state.isin(states))
        return ours.select("customer_id", "cause", "purpose", "at", reached=ibis.greatest(ours.at, ours.contact_at))

    def reported(self, found: ir.Table, since: str) -> ir.Table:
        """Leave out for whose shop (column `shop_id`) the tills have not reported past the moment in a column."""
        if not self.tills_known:
            return found
        both = found.join(self.tables.tills, "shop_id")
        return both.filter(both.until_at > both[since]).drop("until_at")

    def reported_where_last(self, found: ir.Table, since: str) -> ir.Table:
        """Leave out for whom the tills of the place she was in last have not reported past the moment in a column, as
        `sync.policy.signals.proposal.tills_reported` says."""
        if not self.tills_known:
            return found
        t = self.tables
        been = ibis.union(*(each.select("customer_id", "at", "shop_id") for each in (t.visits, t.orders)))
        been = been.filter(been.at <= self.at).semi_join(found, "customer_id")
        last = first_of(been, ibis.desc("at"), ibis.asc("shop_id")).left_join(t.tills, "shop_id")
        told = last.select("customer_id", "until_at").join(found.select("customer_id", asked=since), "customer_id")
        return found.anti_join(told.filter(told.until_at.isnull() | (told.until_at <= told.asked)), "customer_id")

    def reached(self, found: ir.Table) -> ir.Table:
        """Leave out to whom no channel could ever carry a campaign, as `sync.policy.signals.campaigns_reach` says."""
        c, addressed = self.tables.consents, self.tables.customers.semi_join(found, "customer_id")
        relevant = c.filter(c.purpose.isin([ConsentPurpose.ALL.value, ConsentPurpose.CAMPAIGN.value]))
        relevant = relevant.semi_join(found, "customer_id")
        open_ones = ibis.union(*(_agreed(addressed, relevant, channel.value) for channel in Channel))
        return found.semi_join(open_ones, "customer_id")

    def took_place(self) -> ir.Table:
        """Appointments that lie behind and took place, as `sync.policy.signals.after_appointment.took_place` says."""
        a = self.tables.appointments
        held = a.state.isin(sorted(CAME)) | (a.call_ended_at <= self.at).fill_null(False)
        return a.filter(a.at <= self.at, ~a.state.isin(sorted(NOTHING_CAME_OF_IT)), held)

    def unwritten(self, found: ir.Table, cause: str, since: str) -> ir.Table:
        """Leave out whom we wrote to, or are about to, for a cause since the moment in a column."""
        of_cause = self.written.filter(self.written.cause == cause)
        last = of_cause.group_by("customer_id").aggregate(last_written=of_cause.reached.max())
        joined = found.left_join(last, "customer_id").drop("customer_id_right")
        return joined.filter(joined.last_written.isnull() | (joined.last_written < joined[since])).drop("last_written")

    def unwritten_day(self, found: ir.Table, cause: str, since: str) -> ir.Table:
        """The same since the beginning of the day in a column."""
        of_cause = self.dated(self.written.filter(self.written.cause == cause), "reached", "written_day")
        last = of_cause.group_by("customer_id").aggregate(last_written=of_cause.written_day.max())
        joined = found.left_join(last, "customer_id").drop("customer_id_right")
        return joined.filter(joined.last_written.isnull() | (joined.last_written < joined[since])).drop("last_written")


def _agreed(customers: ir.Table, consents: ir.Table, channel: str) -> ir.Table:
    """customer_id of those with an address in a channel whose consent to campaigns stands there (`sync.policy.consent`)."""
    here = consents.filter(consents.channel.isnull() | (consents.channel == channel))
    refused = here.state == ConsentState.REFUSED.value
    keyed = here.mutate(refusal=refused, key=here.customer_id + " " + here.purpose)
    last = first_of(keyed, ibis.desc("at"), ibis.desc("refusal"), ibis.desc("id"), by="key")
    general = last.filter(last.purpose == ConsentPurpose.ALL.value).select("customer_id", general="state")
    narrow = last.filter(last.purpose == ConsentPurpose.CAMPAIGN.value).select("customer_id", narrow="state")
    asked = customers.filter(customers[channel]).select("customer_id")
    asked = asked.left_join(general, "customer_id").drop("customer_id_right")
    asked = asked.left_join(narrow, "customer_id").drop("customer_id_right")
    not_refused = asked.general.isnull() | (asked.general != ConsentState.REFUSED.value)
    standing = ibis.coalesce(asked.narrow, asked.general) == ConsentState.GRANTED.value
    return asked.filter(not_refused, standing.fill_null(False)).select("customer_id")


def first_of(table: ir.Table, *order: ir.Value, by: str = "customer_id") -> ir.Table:
    """Return the first row of each customer by an order."""
    place = ibis.row_number().over(group_by=by, order_by=list(order))
    return table.mutate(place=place).filter(ibis._.place == 0).drop("place")


def days_between(later: ir.DateValue, earlier: ir.DateValue) -> ir.IntegerValue:
    return later.delta(earlier, unit="day")


def outcome(
    found: ir.Table,
    cause: str,
    strength: ir.NumericValue | float,
    *,
    about: str | None = None,
    day: str | None = None,
) -> ir.Table:
    """Return what a rule found, in the form of `OUTCOME`."""
    return found.select(
        customer_id=found.customer_id,
        cause=ibis.literal(cause),
        about=found[about] if about else ibis.null("string"),
        day=found[day] if day else ibis.null("date"),
        strength=(strength if isinstance(strength, ir.Value) else ibis.literal(strength)).cast("float64"),
    )
