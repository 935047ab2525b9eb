"""Cache and outbox against a model that Hypothesis drives: work, recall, sync, loss, death and damage in any order."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.client import Client
from sync.model.customer import Visit
from tests.chaos.deaths import Fuse, TabletDied
from tests.unit.client.build import World, ground, history, note
from tests.unit.client.fake import SHOP, START

CUSTOMERS = st.sampled_from(["customer-1", "customer-2", "customer-3"])


class Dying(World):
    """A device whose process may die at any boundary of its two files."""

    def __init__(self, folder: Path) -> None:
        self.fuse = Fuse(TabletDied)
        super().__init__(folder)

    def _client(self) -> Client:
        client = Client(self.settings(), self.clock, api=self.server, new_id=self.new_id, boundary=self.fuse)
        client.open()
        return client


class CacheAndOutbox(RuleBasedStateMachine):
    """The model: which notes are kept, for whom, which may still be recalled, and what the server wrote by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="chaos-")
        self.world = Dying(Path(self.folder.name))
        self.notes: dict[str, str] = {}
        self.commands: dict[str, str] = {}
        self.visits: dict[str, str] = {}
        self.number = 0

    @initialize()
    def begin(self) -> None:
        self.world.server.page_size = 5
        self.world.server.put(*ground(), *(one for number in range(1, 4) for one in history(number)))
        self.world.client.enrol("CODE-CODE")
        assert self.world.client.sync_once().error is None

    def teardown(self) -> None:
        try:
            self._heal()
        finally:
            self.world.client.close()
            self.folder.cleanup()

    def _carefully(self, work: Any) -> None:
        """Do something over which the process may die; then open it again."""
        try:
            work()
        except TabletDied:
            self.world.fuse.disarm()
            self.world.reopen()
        self.world.fuse.disarm()

    @rule(boundaries=st.integers(1, 8))
    def is_about_to_die(self, boundaries: int) -> None:
        self.world.fuse.arm(boundaries)

    @rule(customer_id=CUSTOMERS, held=st.booleans())
    def take_a_note(self, customer_id: str, held: bool) -> None:
        self.number += 1
        command = note(self.number, "メモ", customer_id)
        self._carefully(lambda: self.world.client.submit(command, "staff-1", 10 if held else 0))
        rows = self.world.client._device.rows("SELECT id FROM outbox ORDER BY rowid DESC LIMIT 1")
        if rows and rows[0][0] not in self.commands:
            self.commands[rows[0][0]] = command.interaction_id
            self.notes[command.interaction_id] = customer_id

    @precondition(lambda self: self.commands)
    @rule(data=st.data())
    def recall(self, data: st.DataObject) -> None:
        command_id = data.draw(st.sampled_from(sorted(self.commands)))
        self._carefully(lambda: self.world.client.recall(command_id))
        left = self.world.client._device.rows("SELECT 1 FROM outbox WHERE id = ?", command_id)
        if not left:
            self.notes.pop(self.commands.pop(command_id))

    @rule(lost=st.booleans(), down=st.booleans())
    def sync(self, lost: bool, down: bool) -> None:
        self.world.server.lose_answers, self.world.server.down = int(lost), down
        self._carefully(self.world.client.sync_once)
        self.world.server.lose_answers, self.world.server.down = 0, False

    @rule(customer_id=CUSTOMERS, number=st.integers(1, 4))
    def she_visits(self, customer_id: str, number: int) -> None:
        self.visits[f"v-{number}"] = customer_id
        self.world.server.put(Visit(id=f"v-{number}", customer_id=customer_id, shop_id=SHOP, at=START))

    @precondition(lambda self: self.visits)
    @rule(data=st.data())
    def a_visit_is_struck_out(self, data: st.DataObject) -> None:
        visit_id = data.draw(st.sampled_from(sorted(self.visits)))
        self.world.server.remove("visit", visit_id, self.visits.pop(visit_id))

    @rule(number=st.integers(1, 3))
    def the_history_is_replaced(self, number: int) -> None:
        self.world.server.restored(f"epoch-{number}")

    @rule(minutes=st.sampled_from((-1440, -10, 1, 10, 1440)))
    def the_clock_jumps(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)

    @rule(seed=st.integers(0, 1000), size=st.sampled_from((0, 50, 5000)))
    def the_cache_is_spoiled(self, seed: int, size: int) -> None:
        self.world.fuse.disarm()
        self.world.client.close()
        self.world.cache_file.write_bytes(bytes((seed + n) % 256 for n in range(size)))
        self.world.client = self.world._client()

    @rule()
    def the_program_is_opened_again(self) -> None:
        self.world.fuse.disarm()
        self.world.reopen()

    @invariant()
    def what_is_unsent_is_shown(self) -> None:
        """A note that the server has not got is on the screen, unless no customer is: the clock went back, and the lease with it."""
        if self.world.client.shut:
            return
        at_the_server = {
            one.command.interaction_id for one in self.world.server.commands if one.command.type == "log_interaction"
        }
        for note_id, customer_id in self.notes.items():
            if note_id not in at_the_server:
                assert note_id in {one.id for one in self.world.client.cache.customer_range(customer_id)}

    def _heal(self) -> None:
        self.world.fuse.disarm()
        for _ in range(3):
            self.world.clock.advance(minutes=11)
            assert self.world.client.sync_once().error is None
        sent = [
            one.command.interaction_id for one in self.world.server.commands if one.command.type == "log_interaction"
        ]
        assert sorted(sent) == sorted(self.notes)
        assert self.world.client.status().waiting == 0
        shown = {
            (one.kind, one.id): one.to_wire()
            for number in range(1, 4)
            for one in self.world.client.cache.customer_range(f"customer-{number}")
        }
        theirs = {(row.kind, row.id): row.data for _, row in self.world.server.feed if row.data and row.customer_id}
        assert shown == theirs


CacheAndOutbox.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestCacheAndOutbox = CacheAndOutbox.TestCase
