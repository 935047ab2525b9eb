"""What the live channel brings is taken in where it follows on what is here; everything else is left to a round."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from sync.client.convergence import Convergence
from sync.client.loop import SyncLoop, SyncReport
from sync.errors import ClientelingError
from sync.protocol import Changed, PullRequest, Row
from tests.unit.client.build import World, customer


class Line:
    """A loop over a synced device, and what a server would say to it."""

    def __init__(self, world: World, patience: float = 60) -> None:
        client = world.client
        self.world, self.cache, self.said = world, client.cache, 0
        self.loop = SyncLoop(
            api=world.server,
            cache=client.cache,
            outbox=client._outbox,
            codes=client._codes,
            convergence=Convergence(client.cache, client._device),
            clock=client._clock,
            changed=self._changed,
            rebuilding=lambda: None,
            begin_history=lambda _another: None,
            folder=world.folder / "snapshot",
            patience=patience,
        )
        self.reached, self.go_on = threading.Event(), threading.Event()

    def _changed(self) -> None:
        self.said += 1

    def news(self, family_name: str, *, epoch: str = "epoch-1", beyond: int = 0) -> Changed:
        """Put a customer on the server and return what its live channel says of it."""
        server = self.world.server
        after = server.seq + beyond
        server.put(customer(1, family_name=family_name))
        return Changed(
            cursor=server.seq + beyond, after=after, epoch=epoch, server_time=self.world.clock(),
            rows=(server.feed[-1][1],),
        )  # fmt: skip

    def name(self) -> str:
        found = self.cache.record("customer", "customer-1")
        return str(getattr(found, "family_name", ""))

    def hold_pull(self, _: PullRequest) -> ClientelingError | None:
        """Let a round stand still in the middle until it is told to go on."""
        self.reached.set()
        assert self.go_on.wait(60)
        return None

    def busy(self, pool: ThreadPoolExecutor) -> Future[SyncReport]:
        """Begin a round that stands still."""
        self.world.server.fail_pull = self.hold_pull
        found = pool.submit(self.loop.sync_once)
        assert self.reached.wait(60)
        return found


def test_what_follows_is_taken_in(synced: World) -> None:
    """A change that begins where this device stands is in the cache without a pull; told again it changes nothing."""
    line = Line(synced)
    pulls = synced.server.calls.count("pull")
    news = line.news("新")
    assert line.loop.take_in(news)
    assert (line.name(), line.cache.position().cursor, line.said) == ("新", synced.server.seq, 1)
    assert line.loop.take_in(news)
    assert (line.said, synced.server.calls.count("pull")) == (1, pulls)


def test_another_history_is_left_to_a_round(synced: World) -> None:
    """A line of a foreign epoch is never taken in, not even where its numbers fit, or lie behind: a round has to begin
    anew, and does."""
    line = Line(synced)
    before = line.cache.position()
    assert not line.loop.take_in(line.news("別", epoch="epoch-2"))
    behind = Changed(cursor=1, server_time=synced.clock(), epoch="epoch-2")
    assert not line.loop.take_in(behind)
    assert (line.name(), line.cache.position(), line.said) == ("髙橋", before, 0)
    synced.server.restored("epoch-2")
    assert line.loop.sync_once().rebuilt
    assert (line.name(), line.cache.position().epoch) == ("別", "epoch-2")


def test_a_gap_is_left_to_a_round(synced: World) -> None:
    """A line that begins behind what this device has not seen is not taken in, for what lies between would be lost."""
    line = Line(synced)
    before = line.cache.position()
    assert not line.loop.take_in(line.news("飛", beyond=1))
    assert (line.name(), line.cache.position()) == ("髙橋", before)
    assert line.loop.sync_once().error is None
    assert line.name() == "飛"


def test_a_line_that_overlaps_is_taken_in(synced: World) -> None:
    """A line that begins before where this device stands brings the rest: its rows are as they are now."""
    line = Line(synced)
    start = synced.server.seq
    assert line.loop.take_in(line.news("一"))
    assert line.loop.take_in(line.news("二").model_copy(update={"after": start}))
    assert (line.name(), line.cache.position().cursor) == ("二", synced.server.seq)


def test_a_line_waits_for_a_busy_round(synced: World) -> None:
    """While a round runs nothing is taken in beside it; once it has ended the line finds what the round brought."""
    line = Line(synced)
    with ThreadPoolExecutor(2) as pool:
        round_ = line.busy(pool)
        taken = pool.submit(line.loop.take_in, line.news("待"))
        assert line.name() == "髙橋"
        line.go_on.set()
        assert taken.result(60)
        assert round_.result(60).error is None
    assert (line.name(), line.cache.position().cursor) == ("待", synced.server.seq)
    assert line.said == 1


def test_a_line_does_not_wait_for_ever(synced: World) -> None:
    """Where the round does not end in time the line is given back: another round has to fetch what it spoke of."""
    line = Line(synced, patience=0)
    with ThreadPoolExecutor(1) as pool:
        round_ = line.busy(pool)
        assert not line.loop.take_in(line.news("急"))
        assert line.name() == "髙橋"
        line.go_on.set()
        assert round_.result(60).error is None
    assert line.loop.take_in(line.news("次"))


@pytest.mark.parametrize("damaged", [True, False])
def test_nothing_is_added_to_what_is_not_whole(synced: World, damaged: bool) -> None:
    """A damaged cache, or one whose first sync is under way, takes in nothing live."""
    line = Line(synced)
    news = line.news("新")
    if damaged:
        line.cache.damaged = True
    else:
        line.cache.rebuild()
    assert not line.loop.take_in(news)
    assert line.name() != "新"


def test_a_row_of_nonsense_does_not_cut_the_line(synced: World) -> None:
    """A row that cannot be taken in is left to a round, which says what is wrong; the channel stays."""
    line = Line(synced)
    before = line.cache.position()
    visit = Row("visit", "visit-9", "customer-1", {"id": "visit-9", "at": "yesterday"}, 9)
    synced.server.put_row(visit)
    news = Changed(
        cursor=before.cursor + 1, after=before.cursor, epoch="epoch-1", server_time=synced.clock(), rows=(visit,)
    )
    assert not line.loop.take_in(news)
    assert line.cache.position() == before
    error = line.loop.sync_once().error
    assert error is not None
    assert error.params == {"kind": "visit", "id": "visit-9"}


def test_nothing_is_taken_in_while_the_device_is_locked_away(synced: World) -> None:
    """Whoever holds the loop still sees nothing change under its hands; what came meanwhile is left to a round."""
    line = Line(synced, patience=0)
    news = line.news("佐藤")
    with line.loop.still():
        assert not line.loop.take_in(news)
    assert line.loop.take_in(news)
