"""Where tests put files that only a killed process, and no power cut, must outlive."""

import shutil
from pathlib import Path

_SHARED = Path("/dev/shm")
_LEAST = 4 << 30
"""Bytes free: a container often gets 64 MB there."""


def memory_disk() -> Path | None:
    """Return a folder that lies in memory; None, for the usual one, where there is none or no room.

    Files made and deleted by the thousand, as the databases of tests are, cost an ext4 without a journal most of the
    machine's time: it passes over every inode that was freed in the last minutes.
    """
    return _SHARED if _SHARED.is_dir() and shutil.disk_usage(_SHARED).free > _LEAST else None
