"""A short run of `make chaos-processes`: the whole of it in little, with every kind of process killed at least once."""

import pytest

from tests.chaos.processes.run import Plan, one_run


@pytest.mark.processes
def test_what_was_acknowledged_outlives_killed_tablets_servers_and_databases() -> None:
    """Tablets, servers, the worker, the office and PostgreSQL are killed while staff work; once that ends, every
    acknowledged command is on the server once or visibly refused, every cache equals its shop's view, and nothing waits."""
    plan = Plan(seed="in little", kills=16, commands=250, tablets=4, servers=2, converge_seconds=180.0)
    result = one_run(plan)
    assert result.violations == []
    assert result.commands >= plan.commands
    assert result.kills.total() >= plan.kills
    assert {"tablet", "server", "worker", "office"} <= result.kills.keys()
    assert result.kills["postgresql"] + result.restarts >= 1
