"""Processes that the demo starts: long-running ones with a log of their own, and steps that run to their end."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sync.errors import Unavailable

GRACE_SECONDS = 10.0
"""How long a process may take to stop by itself before it is ended."""
LOG_TAIL_LINES = 25


class Child:
    """A process that shall run until it is told to stop. It has a process group of its own, so that Ctrl-C in the
    terminal reaches the supervisor alone, which then stops everything in order."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self.log, self.env = name, log, env
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.running else None

    @property
    def exit_code(self) -> int | None:
        """How the last run ended: the exit status, or minus the signal's number; None while it runs or never ran."""
        return self._process.returncode if self._process is not None else None

    async def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=dict(self.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )

    async def stop(self, *, kill: bool = False, grace: float = GRACE_SECONDS) -> None:
        """Ask it to stop, wait, and end it with its group if it does not; `kill` ends it at once."""
        process = self._process
        if process is None or not self.running:
            return
        if not kill:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), grace)
                return
        self.kill()
        await process.wait()

    def kill(self) -> None:
        """End it and whatever it started, now."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def tail(self) -> str:
        """Return the last lines of its log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-LOG_TAIL_LINES:])


async def run_step(
    name: str, command: Sequence[str], env: Mapping[str, str], on_line: Callable[[str], None] | None = None
) -> str:
    """Run a command to its end and return what it wrote to standard output.

    `on_line` hears each line of standard error as it comes, also those ended by a carriage return only. Raise
    Unavailable with the command's own last words where it fails; a cancelled step takes its process with it.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    try:
        reading = asyncio.create_task(process.stdout.read())
        async for line in _lines(process.stderr):
            errors.append(line)
            if on_line is not None:
                on_line(line)
        output = (await reading).decode(errors="replace")
        status = await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if status != 0:
        said = "\n".join([*errors[-LOG_TAIL_LINES:], *output.splitlines()[-LOG_TAIL_LINES:]])
        raise Unavailable(f"{name} ended with status {status}:\n{said}", step=name, status=status)
    return output


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Run these at the same time until all are done. The first that fails ends the others, and its error is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    rest = ""
    while block := await stream.read(4096):
        *whole, rest = (rest + block.decode(errors="replace")).replace("\r", "\n").split("\n")
        for line in whole:
            if line.strip():
                yield line.rstrip()
    if rest.strip():
        yield rest.rstrip()
