"""One tablet's first sync, in a process that holds nothing else: `python -m tests.bench.sync.tablet FOLDER URL CODE`.

Prints the peak of its resident memory in MB.
"""

import re
import sys
from pathlib import Path

from sync.client import Client
from sync.clock import system_clock
from sync.settings import TabletSettings


def main(folder: str, url: str, code: str) -> None:
    client = Client(TabletSettings(data=Path(folder), key_file=Path(folder) / "key", server_url=url), system_clock)
    client.open()
    client.enrol(code)
    while True:
        report = client.sync_once()
        if report.error is not None:
            raise report.error
        if not report.again_soon:
            break
    client.close()
    print(_peak())


def _peak() -> float:
    """Return the peak of this process' memory in MB (Linux). `ru_maxrss` would not do: it begins at what the process held
    that started this one."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
