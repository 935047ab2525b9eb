"""Generated examples are the same at every run, so that a failure is the change's and never the day's.

`HYPOTHESIS_PROFILE=explore make test` looks for new ones.
"""

import os

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares something dear: the journeys one demo and one tablet, in their order, and the tests of a file
    with real processes those (`--dist loadgroup`)."""
    for item in items:
        folder = item.path.parent.name
        if folder in ("journeys", "acceptance"):
            item.add_marker(pytest.mark.xdist_group("journeys" if folder == "journeys" else item.path.name))
