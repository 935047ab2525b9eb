"""The demo's ports: three that the reader chose, and free ones for what only the processes use among themselves."""

import socket
from contextlib import ExitStack

from sync.errors import BadSetting
from sync.sandbox.config import DemoConfig

_INNER = ("relay_port", "smtp_port", "inbound_mail_port")


def settle_ports(config: DemoConfig, host: str, port: int) -> DemoConfig:
    """Return the config with every port settled: tablet on `port`, the outside world and the server on the next two.

    The inner ports of an earlier start are kept where they are still free. Raise BadSetting that names a port that is
    taken and says what to do.
    """
    if not 1 <= port <= 65533:
        raise BadSetting(
            f"PORT is {port}; allowed is 1 to 65533, since the two ports after it are used too.", port=port
        )
    names = {"tablet": port, "world": port + 1, "server": port + 2}
    with ExitStack() as held:
        for name, wanted in names.items():
            try:
                held.enter_context(_take(host, wanted))
            except OSError as error:
                raise BadSetting(
                    f"Port {wanted} ({name}) on {host} cannot be used: {error.strerror}. "
                    f"Stop what uses it, or choose another: make demo PORT={port + 100 if port < 65000 else port - 100}",
                    port=wanted,
                ) from error
        inner = {field: _inner(held, host, getattr(config, field)) for field in _INNER}
    chosen = {f"{name}_port": wanted for name, wanted in names.items()}
    return config.model_copy(update={"host": host, **chosen, **inner})


def _inner(held: ExitStack, host: str, before: int) -> int:
    try:
        taken = held.enter_context(_take(host, before))
    except OSError:
        taken = held.enter_context(_take(host, 0))
    return int(taken.getsockname()[1])


def _take(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    return taken
