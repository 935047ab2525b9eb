"""Random work under random faults, from a seed: whatever happens, nothing is lost, doubled or left behind."""

import random
from pathlib import Path

import pytest

from sync.client import Client
from sync.model.base import Record
from sync.model.customer import Interaction, Visit
from sync.protocol import Page, PullRequest, PushAnswer, PushRequest
from tests.unit.client.build import World, ground, history, note
from tests.unit.client.fake import SHOP, START, FakeServer


class Killed(BaseException):
    """The device's process died here."""


class Faulty(FakeServer):
    """A server behind a network that fails, and in front of a device that dies, at random."""

    chance = random.Random(0)
    calm = True

    def _fault(self) -> None:
        if self.calm:
            return
        roll = self.chance.random()
        if roll < 0.15:
            raise Killed
        self.down = roll < 0.3

    def taken(self) -> list[str]:
        return [one.command.interaction_id for one in self.commands if one.command.type == "log_interaction"]

    def push(self, request: PushRequest) -> PushAnswer:
        self._fault()
        if not self.calm and self.chance.random() < 0.2:
            self.lose_answers = 1
        answer = super().push(request)
        self._fault()
        return answer

    def pull(self, request: PullRequest) -> Page:
        self._fault()
        page = super().pull(request)
        self._fault()
        return page


def _settled(world: World) -> dict[str, str]:
    """Return what every customer's notes and visits are on the device, by id."""
    found: dict[str, str] = {}
    for number in range(1, 6):
        for one in world.client.cache.customer_range(f"customer-{number}"):
            if isinstance(one, Interaction | Visit):
                found[one.id] = one.customer_id
    return found


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_or_doubled(tmp_path: Path, seed: int) -> None:
    """After any mix of work, lost answers, dead processes, damaged caches and restored servers the two sides agree."""
    chance = random.Random(seed)
    world = World(tmp_path)
    world.client.close()
    server = Faulty(clock=world.clock, page_size=7)
    server.chance = chance
    world.server = server
    world.client = Client(world.settings(), world.clock, api=server, new_id=world.new_id)
    world.client.open()
    server.put(*ground(), *(record for number in range(1, 6) for record in history(number)))
    world.client.enrol("CODE-CODE")
    world.client.sync_once()
    server.calm = False
    kept: dict[str, str] = {}
    held: list[tuple[str, str]] = []
    for step in range(40):
        roll = chance.random()
        customer_id = f"customer-{chance.randint(1, 5)}"
        try:
            if roll < 0.4:
                command = note(step, f"メモ{step}", customer_id)
                command_id = world.client.submit(command, "staff-1", hold_seconds=10 if chance.random() < 0.3 else 0)
                kept[command.interaction_id] = customer_id
                held.append((command_id, command.interaction_id))
            elif roll < 0.5 and held:
                command_id, note_id = chance.choice(held)
                if world.client.recall(command_id):
                    del kept[note_id]
            elif roll < 0.6:
                server.put(Visit(id=f"v-{step % 9}", customer_id=customer_id, shop_id=SHOP, at=START))
            elif roll < 0.65:
                world.clock.advance(minutes=chance.choice((-600, -1, 1, 30)))
            elif roll < 0.68:
                server.restored(f"epoch-{step}")
            else:
                world.client.sync_once()
                world.clock.advance(seconds=5)
            # staff see every note they took, save what a cache that is being pulled anew does not hold again yet
            first_sync = "first_sync" in world.client.status().messages
            must = {one: kept[one] for one in kept if not first_sync or one not in server.taken()}
            assert must.items() <= _settled(world).items()
        except Killed:
            if chance.random() < 0.3:
                world.cache_file.write_bytes(chance.randbytes(5000))
            world.client = Client(world.settings(), world.clock, api=server, new_id=world.new_id)
            world.client.open()
    server.calm, server.down, server.lose_answers = True, False, 0
    for _ in range(3):
        world.clock.advance(minutes=1)
        assert world.client.sync_once().error is None
    assert sorted(server.taken()) == sorted(kept)
    assert world.client.status().waiting == 0
    assert [one.seq for one in server.commands] == sorted(one.seq for one in server.commands)
    theirs: dict[tuple[str, str], Record] = {}
    for number in range(1, 6):
        for one in world.client.cache.customer_range(f"customer-{number}"):
            theirs[one.kind, one.id] = one
    ours = {(row.kind, row.id): row.data for _, row in server.feed if row.data is not None and row.customer_id}
    assert {key: one.to_wire() for key, one in theirs.items()} == ours
    world.client.close()
