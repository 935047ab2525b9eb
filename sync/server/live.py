"""The live channel: gives connected devices what is new for them, or says that there is something to pull.

One task per process looks at the feed whenever something was committed in this process, when another process says that it
has numbered changes (`sync.server.wake`), and once a second in any case. What a look finds is read and written out
once for all devices that stand at the same place with the same scopes. It also ends the connections of revoked devices.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import anyio
import structlog
from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.protocol import Changed, Row
from sync.server import feed
from sync.server.database import on_fed, reading
from sync.server.pages import Present
from sync.server.repository import devices, stock_scopes
from sync.server.repository.devices import Device
from sync.server.service import scopes_of
from sync.server.wake import Listener

LOOK_SECONDS = 1.0
"""How often the feed is looked at in any case: a wake may be lost."""
BEAT_SECONDS = 15.0
"""How often a quiet connection says that it is alive, and what time it is."""
MOST_ROWS, MOST_BYTES = 20, 32 * 1024
"""A larger change is pulled: pages are compressed, and a slow line is not kept from its heartbeat."""
MOST_WAITING = 8
"""So many events may wait for a device that reads slowly; then it is told to pull instead."""
_MOST_CHANGES = 500
"""One look reads no more than this; after a larger change everybody is told to pull."""

log = structlog.get_logger(__name__)

_Entry = tuple[int, feed.Change]
"""A change and its cursor."""


class News(NamedTuple):
    """One event; all devices it is for share it."""

    changed: Changed
    event: bytes
    """As it goes over the line (server-sent events)."""


def _news(changed: Changed) -> News:
    return News(changed, b"event: changed\r\ndata: " + changed.model_dump_json().encode() + b"\r\n\r\n")


class _Place(NamedTuple):
    """Where devices stand: those at the same place hear the same."""

    shop_id: str
    scopes: tuple[str, ...]
    with_rows: bool
    seen: int
    """The head of the whole feed when they were last told."""
    cursor: int
    """The last cursor of their scopes."""


@dataclass(eq=False, slots=True)
class _Subscription:
    device_id: str
    place: _Place
    told_at: float
    news: list[News]  # a deque, and an Event beside it, would be a fortieth of all that a connection takes
    waiter: asyncio.Future[None] | None = None
    ended: bool = False

    def tell(self, news: News, now: float) -> None:
        if len(self.news) >= MOST_WAITING:
            self.news.clear()
            news = _news(news.changed.model_copy(update={"after": None, "rows": ()}))
        self.news.append(news)
        self.told_at = now
        self._wake()

    def end(self) -> None:
        self.ended = True
        self._wake()

    async def wait(self) -> None:
        """Wait until there is news, or the end."""
        self.waiter = asyncio.get_running_loop().create_future()
        try:
            await self.waiter
        finally:
            self.waiter = None

    def _wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


class _Found(NamedTuple):
    """What a look found: the new place and the event for each place that has one, and who was revoked."""

    moves: dict[_Place, tuple[_Place, News | None]]
    revoked: set[str]


class Live:
    """The connected devices of this process."""

    def __init__(
        self, engine: Engine, clock: Clock, *, look_seconds: float = LOOK_SECONDS, beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._look_seconds = look_seconds
        self._beat_seconds = beat_seconds
        self._subscriptions: set[_Subscription] = set()
        self.ending = anyio.Event()
        """Set when the server stops: every channel then comes to its end. One for all, a task for each would cost more."""
        self._woken = asyncio.Event()
        self._fed = True
        """Something may wait for its number. Who is woken by another process leaves that to it: one numbers, not all."""
        self._head = 0
        self._epoch = ""

    @property
    def connected(self) -> int:
        """How many devices are connected to this process."""
        return len(self._subscriptions)

    async def run(self) -> None:
        """Look at the feed until cancelled."""
        loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()  # of this loop
        stop_listening = on_fed(self._engine, lambda: loop.call_soon_threadsafe(self._on_fed))
        listener = Listener(self._engine, lambda head: loop.call_soon_threadsafe(self._on_notice, head))
        listener.start()
        # A thread of its own: a look must not wait behind a thousand devices that are just connecting.
        looking = ThreadPoolExecutor(1, thread_name_prefix="clienteling-look")
        beside = [asyncio.create_task(self._beat()), asyncio.create_task(self._end())]
        try:
            while True:
                try:
                    async with asyncio.timeout(self._look_seconds):  # wait_for would lose a cancellation now and then
                        await self._woken.wait()
                except TimeoutError:
                    self._fed = True  # nobody said so, but a wake may have been lost
                self._woken.clear()
                await self._look(looking)
        finally:
            stop_listening()
            listener.stop()
            for task in beside:
                task.cancel()
            looking.shutdown(wait=False)
            self._end_all()

    async def events(self, device: Device, *, rows: bool = True) -> AsyncIterator[News]:
        """Yield what is new for a device: at once where it stands, then each change, and a heartbeat.

        Without `rows` it hears only up to where there is something. Ends when the server stops, or the device
        was revoked.
        """
        loop = asyncio.get_running_loop()
        place, first = await asyncio.to_thread(self._join, device, rows)
        mine = _Subscription(device.id, place, loop.time(), [first])
        self._subscriptions.add(mine)
        self._woken.set()  # something may have been committed between the look above and joining
        try:
            while not mine.ended:
                while mine.news and not mine.ended:
                    yield mine.news.pop(0)
                if not mine.ended:
                    await mine.wait()
        finally:
            self._subscriptions.discard(mine)

    def _on_fed(self) -> None:
        self._fed = True
        self._woken.set()

    def _on_notice(self, head: int) -> None:
        if head == 0 or head > self._head:  # else it is what this process numbered itself, and has seen
            self._woken.set()

    async def _beat(self) -> None:
        """Say the time to those that have heard nothing for a while; it goes on while the database is away."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._beat_seconds / 10)
            now = loop.time()
            beats: dict[_Place, News] = {}
            for each in self._subscriptions:
                if now - each.told_at >= self._beat_seconds and not each.news:
                    place = each.place
                    if place not in beats:
                        beats[place] = _news(self._bare(place.cursor))
                    each.tell(beats[place], now)

    async def _end(self) -> None:
        await self.ending.wait()
        self._end_all()

    def _end_all(self) -> None:
        for subscription in self._subscriptions:
            subscription.end()

    async def _look(self, looking: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        places = {each.place for each in self._subscriptions}
        fed, self._fed = self._fed, False
        try:
            found = await loop.run_in_executor(looking, self._find, places, fed)
        except Exception as error:
            # The next look may fare better; without this task the channel would fall silent.
            log.warning("live.failed", error=type(error).__name__)
            return
        now = loop.time()
        for each in self._subscriptions:
            if each.device_id in found.revoked:
                each.end()
                continue
            place, news = found.moves.get(each.place, (each.place, None))
            each.place = place
            if news is not None:
                each.tell(news, now)

    # -- in threads

    def _join(self, device: Device, rows: bool) -> tuple[_Place, News]:
        feed.sequence(self._engine)
        with reading(self._engine) as conn:
            epoch, seen = feed.state(conn)
            scopes = scopes_of(conn, device)
            cursor = feed.head(conn, scopes)
        # what was numbered between the two statements is found again by the next look, and left out
        place = _Place(device.shop_id, scopes, rows, seen, cursor)
        return place, _news(Changed(cursor=cursor, server_time=self._clock(), epoch=epoch))

    def _find(self, places: Collection[_Place], fed: bool) -> _Found:
        if fed:
            feed.sequence(self._engine)
        if not places:
            return _Found({}, set())
        with reading(self._engine) as conn:
            epoch, head = feed.state(conn)
            replaced = bool(self._epoch) and epoch != self._epoch
            self._epoch, self._head = epoch, head
            revoked = devices.revoked(conn)
            if replaced or any(place.seen > head for place in places):  # another history: nothing follows from what was
                return _Found({place: self._anew(conn, place, head) for place in places}, revoked)
            behind = [place for place in places if place.seen < head]
            return _Found(self._moves(conn, behind, head) if behind else {}, revoked)

    def _anew(self, conn: Connection, place: _Place, head: int) -> tuple[_Place, News]:
        scopes = stock_scopes.following(conn, [place.shop_id])[place.shop_id]
        cursor = feed.head(conn, scopes)
        return place._replace(scopes=scopes, seen=head, cursor=cursor), _news(self._bare(cursor))

    def _moves(
        self, conn: Connection, places: Collection[_Place], head: int
    ) -> dict[_Place, tuple[_Place, News | None]]:
        since = min(place.seen for place in places)
        followed = {place: place.scopes for place in places}
        entries = feed.between(conn, _all(followed), since, head, _MOST_CHANGES + 1)
        if len(entries) > _MOST_CHANGES or any(change.kind == "shop" for _, change in entries):
            # a shop opened, moved or closed, perhaps: others follow its stock from then on
            by_shop = stock_scopes.following(conn, {place.shop_id for place in places})
            followed = {place: by_shop[place.shop_id] for place in places}
            entries = feed.between(conn, _all(followed), since, head, _MOST_CHANGES + 1)
        moves: dict[_Place, tuple[_Place, News | None]] = {}
        if len(entries) > _MOST_CHANGES:
            heads = feed.heads(conn, _all(followed), since)
            for place, scopes in followed.items():
                cursor = min(head, max(place.cursor, *(heads.get(scope, 0) for scope in scopes)))
                news = _news(self._bare(cursor)) if cursor > place.cursor else None
                moves[place] = place._replace(scopes=scopes, seen=head, cursor=cursor), news
            return moves
        by_scope: defaultdict[str, list[_Entry]] = defaultdict(list)
        for entry in entries:
            by_scope[entry[1].scope].append(entry)
        stretches = {place: _after(place, scopes, by_scope) for place, scopes in followed.items()}
        small = {place for place, mine in stretches.items() if mine and place.with_rows and _is_small(mine)}
        present = Present(conn, {change for place in small for _, change in stretches[place]})
        for place, mine in stretches.items():
            cursor = mine[-1][0] if mine else place.cursor
            now = place._replace(scopes=followed[place])
            news = self._told(now, mine, present if place in small else None) if mine else None
            moves[place] = now._replace(seen=head, cursor=cursor), news
        return moves

    def _told(self, place: _Place, entries: list[_Entry], present: Present | None) -> News:
        cursor = entries[-1][0]
        if present is not None:
            rows = tuple(present.rows((change for _, change in entries), place.scopes))
            news = _news(self._bare(cursor, after=place.cursor, rows=rows))
            if len(news.event) <= MOST_BYTES:
                return news
        return _news(self._bare(cursor))

    def _bare(self, cursor: int, *, after: int | None = None, rows: tuple[Row, ...] = ()) -> Changed:
        return Changed(cursor=cursor, server_time=self._clock(), epoch=self._epoch or None, after=after, rows=rows)


def _all(followed: Mapping[_Place, tuple[str, ...]]) -> set[str]:
    return {scope for scopes in followed.values() for scope in scopes}


def _after(place: _Place, scopes: Collection[str], by_scope: Mapping[str, list[_Entry]]) -> list[_Entry]:
    return sorted(entry for scope in scopes for entry in by_scope.get(scope, ()) if entry[0] > place.cursor)


def _is_small(entries: list[_Entry]) -> bool:
    return len({(change.kind, change.record_id) for _, change in entries}) <= MOST_ROWS
