"""The network between the shop and the server: a relay of TCP connections that can be cut and joined again."""

import asyncio


class Relay:
    """Listens on one port and passes every connection on to another.

    Cut, it closes what is open and refuses what comes, as a pulled cable with a router behind it does.
    """

    def __init__(self, host: str, port: int, target_host: str, target_port: int) -> None:
        self._host, self.port = host, port
        self._target = (target_host, target_port)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def up(self) -> bool:
        return self._server is not None

    @property
    def connections(self) -> int:
        """How many connections are passed on right now."""
        return len(self._tasks)

    async def join(self) -> None:
        """Let connections through; with port 0 a free port is taken first and kept from then on."""
        if self._server is None:
            self._server = await asyncio.start_server(self._pass_on, self._host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Refuse new connections and drop the open ones."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await server.wait_closed()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        try:
            await self._join_ends(reader, writer)
        except asyncio.CancelledError:
            pass  # the cable was pulled; the connection's own task has nothing left to do
        finally:
            self._open.discard(writer)
            self._tasks.discard(task)
            writer.transport.abort()

    async def _join_ends(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            return  # the server is not there: the tablet sees its connection closed without an answer
        self._open.add(far_writer)
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._open.discard(far_writer)
            far_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on one direction until its end; a broken end breaks the other one too, so that neither waits for ever."""
    try:
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.transport.abort()
