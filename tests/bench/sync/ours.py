"""Our side of each workload, with the limits it stands beside. A workload that is not here yet is reported as not measured."""

from tests.bench.sync.measure import Workload

OURS: dict[str, Workload] = {}
