"""Starts the demo's processes in order, follows them, and stops them all."""

import asyncio
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic

import httpx

from sync.clock import Clock, OffsetFileClock
from sync.errors import ClientelingError, Unavailable
from sync.sandbox import loading
from sync.sandbox.children import Child, together
from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.control import ServerSwitch
from sync.sandbox.demo_env import server_env, tablet_env, world_env
from sync.sandbox.people import Brand, People
from sync.sandbox.shop_time import JAPAN, first_offset, next_offset, read_offset
from sync.sandbox.teller import Teller

ANSWER_SECONDS = 120.0
"""How long a process may take until it answers."""
LOOK_SECONDS = 0.2


class Supervisor:
    """One run of the demo. `start` returns when everything answers, `follow` only when a process has died."""

    def __init__(
        self,
        config: DemoConfig,
        folders: Folders,
        outer: Mapping[str, str],
        teller: Teller,
        clock: Clock,
        cli: Sequence[str] = loading.CLI,
    ) -> None:
        self._cli = cli
        self._config, self._folders, self._outer, self._teller, self._clock = config, folders, outer, teller, clock
        self._switch = ServerSwitch(folders.control)
        self._http = httpx.AsyncClient(trust_env=False, timeout=5.0)
        world = (sys.executable, "-m", "sync.sandbox.world", "--data", str(folders.data))
        self._world = Child("world", world, world_env(outer), folders.logs / "world.log")
        self._server = Child("server", (*cli, "server"), {}, folders.logs / "server.log")
        self._tablet: Child | None = None

    # -- starting

    async def start(self) -> None:
        """Bring everything up; raise Unavailable with the last words of what does not come."""
        self._set_clock()
        self._switch.want(True)
        self._report()
        await self._world.start()
        if self._config.loaded:
            self._teller.say("reused")
            self._teller.say("server")
            await self._start_server()
            self._teller.say("tablet")
            await self._start_tablet()
        else:
            await self._load()
        assert self._tablet is not None
        self._teller.say("syncing")
        await self._answers(self._tablet, f"{self._config.tablet_url}/healthz", _is_ready)
        self._keep(loaded=True, enrolled=True)
        self._teller.welcome(self._config)

    async def _load(self) -> None:
        """Bring the sample retailer in. Server and tablet come up meanwhile, since there is a second core for them.

        The server wants to find the retailer itself. The tablet has its one-time code before its network is there:
        it joins once everything is in, and syncs once.
        """
        await self._make_retailer()
        retailer_is_in = asyncio.Event()
        await together(self._import(retailer_is_in), self._start_server(retailer_is_in))
        await self._network(up=False)
        await together(self._send_events(), self._start_tablet(), self._send_doings())
        await self._network(up=True)

    def _set_clock(self) -> None:
        real, fresh = self._clock(), not self._config.loaded
        offset = first_offset(real) if fresh else next_offset(real, read_offset(self._folders.clock))
        OffsetFileClock.write(self._folders.clock, offset)
        shown = (real + offset).astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")
        self._teller.say("clock_moved" if offset else "clock_kept", time=shown)

    async def _make_retailer(self) -> None:
        self._teller.say("generating")
        now = self._clock() + read_offset(self._folders.clock)
        folder, config = self._folders.retailer, self._config
        await loading.generate(folder, config.seed, now, world_env(self._outer), self._teller.progress)
        day = self._clock().astimezone(JAPAN).date().isoformat()
        self._keep(generated_on=day, **senders_of(People(folder).brand()))

    async def _import(self, retailer_is_in: asyncio.Event) -> None:
        def heard(line: str) -> None:
            if not line.startswith("retailer."):
                retailer_is_in.set()
            self._teller.progress(line)

        self._teller.say("importing")
        await loading.import_files(self._cli, self._folders.retailer, self._server_env(), heard)
        retailer_is_in.set()

    async def _start_server(self, begin: asyncio.Event | None = None) -> None:
        """Start it, once `begin` is set where one is given, and wait until it answers."""
        if begin is not None:
            await begin.wait()
        self._server.env = self._server_env()
        await self._server.start()
        self._report()
        await self._answers(self._world, f"{self._config.world_url}/")
        await self._answers(self._server, f"{self._config.server_url}/readyz")

    async def _send_events(self) -> None:
        self._teller.say("events")
        folder, key = self._folders.retailer / "events", self._config.segment_write_key
        try:
            await loading.post_events(folder, self._config.server_url, key, self._http, self._teller.progress)
        except Unavailable as error:
            raise Unavailable(f"{error}\n{self._server.tail()}") from error

    async def _send_doings(self) -> None:
        await loading.send_doings(self._cli, self._folders.retailer, self._server_env())

    async def _start_tablet(self) -> None:
        code = ""
        if not self._config.enrolled:
            shop = loading.first_shop(self._folders.retailer)
            code = await loading.enrol_code(self._cli, shop, self._server_env())
        env = tablet_env(self._config, self._folders, self._outer, code)
        self._tablet = Child("tablet", (*self._cli, "tablet"), env, self._folders.logs / "tablet.log")
        await self._tablet.start()
        self._report()
        await self._answers(self._tablet, f"{self._config.tablet_url}/")

    async def _network(self, *, up: bool) -> None:
        """Cut or join the tablet's network, as the control page does."""
        answer = await self._http.post(f"{self._config.world_url}/demo/network", json={"up": up})
        answer.raise_for_status()

    def _server_env(self) -> dict[str, str]:
        return server_env(self._config, self._folders, self._outer)

    async def _answers(self, child: Child, url: str, good: Callable[[httpx.Response], bool] | None = None) -> None:
        until = monotonic() + ANSWER_SECONDS
        while monotonic() < until and child.running:
            with suppress(httpx.HTTPError):
                answer = await self._http.get(url)
                if good(answer) if good is not None else answer.is_success:
                    return
            await asyncio.sleep(LOOK_SECONDS)
            self._teller.waiting()
        why = "does not answer" if child.running else f"ended with status {child.exit_code}"
        raise Unavailable(f"{child.name} {why}. Its log, {child.log}, ends so:\n{child.tail()}")

    def _keep(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self._config, name, value)
        self._config.write(self._folders.config)

    # -- following

    async def follow(self) -> str:
        """Do what the control page asks of the server, until another process dies; return that one's name."""
        was_running = True
        while True:
            run, kill = self._switch.wanted()
            if was_running and not self._server.running:
                self._switch.want(False)
                self._say_stopped("server_died")
                was_running = False
            elif self._server.running and not run:
                await self._server.stop(kill=kill)
                self._say_stopped("server_stopped")
                was_running = False
            elif run and not self._server.running:
                was_running = await self._start_again()
            for child in (self._world, self._tablet):
                if child is not None and not child.running:
                    self._teller.say("died", name=child.name, code=child.exit_code, log=child.log)
                    return child.name
            await asyncio.sleep(LOOK_SECONDS)

    def start_server_again(self) -> None:
        """Ask for the server to run, as the button on the control page does."""
        self._switch.want(True)

    async def _start_again(self) -> bool:
        self._teller.say("server")
        await self._server.start()
        self._report()
        try:
            await self._answers(self._server, f"{self._config.server_url}/readyz")
        except ClientelingError as error:
            await self._server.stop()
            self._switch.want(False)
            self._teller.progress(str(error))
            self._say_stopped("server_died")
            return False
        self._teller.say("server_back")
        return True

    def _say_stopped(self, word: str) -> None:
        self._report()
        self._teller.say(word, code=self._server.exit_code, url=self._config.world_url)

    def _report(self) -> None:
        children = [child for child in (self._world, self._server, self._tablet) if child is not None]
        self._switch.report(
            running=self._server.running,
            exit_code=self._server.exit_code,
            pids={child.name: child.pid for child in children if child.pid is not None},
        )

    # -- stopping

    async def stop(self) -> None:
        """Stop the tablet first, so that it can push what it holds, then the server, then the outside world."""
        for child in (self._tablet, self._server, self._world):
            if child is not None:
                await child.stop()
        self._report()
        await self._http.aclose()

    def kill(self) -> None:
        """End everything now."""
        for child in (self._tablet, self._server, self._world):
            if child is not None:
                child.kill()


def senders_of(brand: Brand) -> dict[str, str]:
    """Return the addresses under which this brand writes: a text message's sender takes 11 Latin characters at most."""
    senders = {}
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9 ]{0,10}", brand.name):
        senders["twilio_from"] = brand.name
    if brand.domain:
        senders |= {"mail_from": f"shop@{brand.domain}", "mail_reply_domain": f"reply.{brand.domain}"}
    return senders


def _is_ready(answer: httpx.Response) -> bool:
    """True once the tablet says that its first sync is done; a tablet that cannot be asked counts as ready."""
    if answer.status_code == 404:
        return True
    try:
        return bool(answer.json().get("ready", True))
    except (ValueError, AttributeError):
        return answer.is_success


def is_of_today(config: DemoConfig, clock: Clock, seed: int) -> bool:
    """True where the sample retailer in the data folder is whole, of this seed and of this day in Japan."""
    today = clock().astimezone(JAPAN).date().isoformat()
    return config.loaded and config.seed == seed and config.generated_on == today
