"""The tablets hear how much of LINE's month is left."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.model.shop import LineQuota, RetailerSettings
from sync.policy.quota import Quota
from sync.server.setup import announce_quota
from tests.integration.server.asked import stored
from tests.integration.server.people import NOON, MovableClock


def test_the_quota_is_told_at_most_once_an_hour_and_only_when_it_moved(retailer: Engine, clock: MovableClock) -> None:
    """Every word of it is a change for every tablet; what is kept for service stands beside it."""
    assert announce_quota(retailer, clock, Quota(1000, 10), 5)
    told = stored(retailer, RetailerSettings, "retailer").line_quota
    assert told == LineQuota(limit=1000, used=10, kept=50, at=NOON)
    clock.at += timedelta(minutes=59)
    assert not announce_quota(retailer, clock, Quota(1000, 20), 5)
    clock.at += timedelta(minutes=1)
    assert not announce_quota(retailer, clock, Quota(1000, 10), 5)
    assert announce_quota(retailer, clock, Quota(1000, 20), 5)
    assert announce_quota(retailer, clock, Quota(None, 20), 5) is False
    kept = stored(retailer, RetailerSettings, "retailer").line_quota
    assert kept is not None
    assert (kept.used, kept.at) == (20, clock.at)
