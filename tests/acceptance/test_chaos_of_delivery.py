"""A short run of `make chaos-delivery`: the whole of it in little, over each database."""

import pytest

from tests.chaos.delivery.run import Plan, one_run
from tests.chaos.delivery.world import CHANNELS


@pytest.mark.processes
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_workers_lose_and_double_nothing_and_write_to_nobody_who_stopped(database: str) -> None:
    """Workers are killed while they send over three faulty providers and customers opt out: each message ends in a state
    that the providers' own logs bear out, none was accepted twice, none went to somebody after she had opted out, and
    no more are unknown than attempts were cut short."""
    result = one_run(Plan(seed="in little", messages=90, kills=5, database=database))
    assert result.verdict.sentences == []
    assert result.verdict.unknown <= result.allowed
    assert (result.verdict.messages, result.kills) == (90, 5)
    for channel in CHANNELS:  # most of it went: nothing was held back to be on the safe side
        gone = sum(result.verdict.states[f"{channel.value} {state}"] for state in ("sent", "delivered"))
        assert gone >= 15
    assert result.opt_outs > 0
    assert result.faults > 0
