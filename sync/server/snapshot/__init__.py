"""A scope as one file: built in the background, kept, and handed to every device of the scope as the same bytes."""

from sync.server.snapshot.store import SnapshotStore

__all__ = ["SnapshotStore"]
