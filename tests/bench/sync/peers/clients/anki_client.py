"""Anki's own Python client over its own sync server: a customer is a note of two fields, her id and the payload."""

import hashlib
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from anki.collection import AddNoteRequest, Collection
from anki.decks import DeckId
from anki.notes import Note
from anki.sync import SyncAuth
from anki.sync_pb2 import SyncCollectionResponse

from tests.bench.sync.peers.clients.lines import records_of, serve, sure

FOLDER, ENDPOINT = Path(sys.argv[1]), sys.argv[2]
DECK = DeckId(1)
CALM = (SyncCollectionResponse.NO_CHANGES, SyncCollectionResponse.NORMAL_SYNC)


class Device:
    """One collection that syncs with the server."""

    def __init__(self, name: str, *, fresh: bool = False) -> None:
        folder = FOLDER / name
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.col = Collection(str(folder / "collection.anki2"))
        self.auth: SyncAuth = self.col.sync_login("bench", "bench", ENDPOINT)

    def sync(self) -> None:
        out = self.col.sync_collection(self.auth, sync_media=False)
        if out.required not in CALM:
            raise AssertionError(f"the server asks for a full sync: {out.required}")

    def whole(self, *, upload: bool) -> None:
        out = self.col.sync_collection(self.auth, sync_media=False)
        if out.new_endpoint:
            self.auth.endpoint = out.new_endpoint
        self.col.close_for_full_sync()
        self.col.full_upload_or_download(auth=self.auth, server_usn=None, upload=upload)
        self.col.reopen(after_full_sync=True)

    def add(self, records: list[dict[str, Any]]) -> None:
        kind = self.col.models.by_name("Basic")
        assert kind is not None
        requests = []
        for one in records:
            note = Note(self.col, kind)
            note.fields = [one["id"], one["payload"]]
            requests.append(AddNoteRequest(note, DECK))
        self.col.add_notes(requests)

    def change(self, records: list[dict[str, Any]]) -> None:
        notes = []
        for one in records:
            note = self.col.get_note(self.find(one["id"]))
            note.fields[1] = one["payload"]
            notes.append(note)
        self.col.update_notes(notes)

    def find(self, record_id: str) -> Any:
        """Look up by the index over the first field's checksum."""
        checksum = int(hashlib.sha1(record_id.encode()).hexdigest()[:8], 16)
        assert self.col.db is not None
        return self.col.db.scalar("SELECT id FROM notes WHERE csum = ?", checksum)

    def close(self) -> None:
        self.col.close()


def load(path: str) -> None:
    """Fill the server: a collection made here and uploaded whole."""
    writer = Device("writer", fresh=True)
    writer.add(records_of(path))
    writer.whole(upload=True)
    writer.close()


def snapshot(records: int, someone: str, prefix: str) -> float:
    device = Device("fresh", fresh=True)
    start = time.perf_counter()
    device.whole(upload=False)
    sure("notes", device.col.note_count(), records)
    sure("look-up", bool(device.find(someone)), True)
    sure("search", bool(device.col.find_notes(f"back:*family_kana___{prefix}*")), True)
    seconds = time.perf_counter() - start
    device.close()
    return seconds


def catch_up(path: str) -> float:
    changed = records_of(path)
    reader = Device("reader", fresh=True)
    reader.whole(upload=False)
    writer = Device("writer")
    writer.change(changed)
    writer.sync()
    writer.close()
    start = time.perf_counter()
    reader.sync()
    last = reader.col.get_note(reader.find(changed[-1]["id"]))
    sure("changed note", last.fields[1], changed[-1]["payload"])
    seconds = time.perf_counter() - start
    stale = sum(reader.col.get_note(reader.find(one["id"])).fields[1] != one["payload"] for one in changed)
    sure("notes that did not change", stale, 0)
    reader.close()
    return seconds


def push(path: str, batch: int) -> float:
    """Add notes `batch` at a time, each batch followed by a sync; only the syncs are timed."""
    records = records_of(path)
    device = Device("pusher", fresh=True)
    device.whole(upload=False)
    before, seconds = device.col.note_count(), 0.0
    for first in range(0, len(records), batch):
        device.add(records[first : first + batch])
        start = time.perf_counter()
        device.sync()
        seconds += time.perf_counter() - start
    device.close()
    other = Device("fresh", fresh=True)
    other.whole(upload=False)
    sure("notes on the server", other.col.note_count(), before + len(records))
    other.close()
    return seconds


if __name__ == "__main__":
    serve({"load": load, "snapshot": snapshot, "catch_up": catch_up, "push": push})
