"""What tablets are told of the house's app."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from sync.model.shop import RetailerSettings
from sync.server.setup import announce, app_name
from sync.settings import ServerSettings
from tests.integration.delivery.house import MovableClock, all_of, furnish


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ""),
        ({"app_name": "エルムのアプリ"}, ""),
        ({"fcm_account_file": Path("fcm.json")}, "エルム"),
        ({"fcm_account_file": Path("fcm.json"), "app_name": "エルムのアプリ"}, "エルムのアプリ"),
    ],
)
def test_the_app_has_a_name_only_where_it_is_written_to(engine: Engine, given: dict[str, object], told: str) -> None:
    """Its own, else the brand's; none without an account, also where there was one before."""
    clock = MovableClock()
    furnish(engine, clock)
    announce(engine, clock, "https://elm.example", "", app_name(ServerSettings.model_validate(given)))
    assert [one.app_name for one in all_of(engine, RetailerSettings) if isinstance(one, RetailerSettings)] == [told]
