"""The crowd of a Monday morning, as the simulation behind docs/scaling.md has it."""

from dataclasses import replace

from tests.bench.storm import Scenario, simulate

CROWD = Scenario("crowd", tablets=3000, within=5.0, processes=1, cost=0.02)
"""120 seconds of work that come within five: four times what a tablet waits for one answer."""


def test_a_crowd_is_served_because_the_rest_is_turned_away() -> None:
    """Everybody is up to date about when the work is done; without turning away the server works for those who left."""
    assert simulate(CROWD).never == 0
    assert simulate(CROWD).last < 120 * 1.5
    assert simulate(replace(CROWD, most_at_once=None)).never > 2000


def test_after_an_outage_they_do_not_come_as_one() -> None:
    """Back-off with its jitter spreads those who wait for the server's return."""
    back = replace(CROWD, down_until=120.0, cost=0.005)
    assert simulate(back).never == 0
    assert simulate(back).longest_queue < 300
    assert simulate(back, seed=2) == simulate(back, seed=2)
