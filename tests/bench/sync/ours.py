"""Our side of each workload, with the limits it stands beside. A workload that is not here yet is reported as not measured."""

from tests.bench.sync.measure import Workload
from tests.bench.sync.ours_profile import profile
from tests.bench.sync.ours_push import push

OURS: dict[str, Workload] = {"W5": push, "W6": profile}
