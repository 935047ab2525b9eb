"""Generated examples are the same at every run, so that a failure is the change's and never the day's.

`HYPOTHESIS_PROFILE=explore make test` looks for new ones.
"""

import gc
import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


gc.set_threshold(100_000, 50, 50)


def pytest_collection_finish() -> None:
    """Look for rubbish seldom, and never among what was imported: it took a sixth of the processor's time."""
    gc.collect()
    gc.freeze()
