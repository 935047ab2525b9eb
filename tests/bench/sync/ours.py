"""Our side of each workload, with the limits it stands beside. A workload that is not here is reported as not measured."""

from tests.bench.sync import ours_catch_up, ours_cost, ours_live, ours_snapshot
from tests.bench.sync.measure import Workload
from tests.bench.sync.ours_profile import profile
from tests.bench.sync.ours_push import push

OURS: dict[str, Workload] = {
    **ours_snapshot.WORKLOADS,
    **ours_catch_up.WORKLOADS,
    **ours_live.WORKLOADS,
    **ours_cost.WORKLOADS,
    "W5": push,
    "W6": profile,
}
