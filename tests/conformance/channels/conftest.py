"""Fixtures of the channels' conformance suite."""

import pytest

from tests.conformance.channels.sides import SIDES, Side
from tests.integration.sandbox.conftest import Served, served

__all__ = ["served"]


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest, served: Served) -> Side:
    """Each channel in turn, with its provider's stand-in on a real connection."""
    return SIDES[request.param](served)
