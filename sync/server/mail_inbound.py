"""Takes in replies by mail: an SMTP server that knows only the addresses this server gave out.

A mail is answered 250 only once it is stored; where that fails for a moment the answer is 451 and the sender's server
tries again.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sync.errors import BadInput, BadSetting
from sync.ports import Acknowledging, DeliveryStore, MessageChannel

SIZE_LIMIT = 256 * 1024
"""Bytes of one mail, where nobody says otherwise."""
RECIPIENTS_LIMIT = 5

log = structlog.get_logger(__name__)


class MailInbound:
    """An SMTP server on `host`:`port` (0 takes a free one), in a thread of its own.

    `known` tells whether an address routes to somebody; mail to any other is refused with 550.
    """

    def __init__(
        self,
        channel: MessageChannel,
        store: DeliveryStore,
        known: Callable[[str], bool],
        *,
        host: str,
        port: int,
        size_limit: int = SIZE_LIMIT,
    ) -> None:
        self._controller = _Controller(
            _Handler(channel, store, known),
            hostname=host,
            port=port,
            data_size_limit=size_limit,
            ident="Clienteling",
            server_hostname=host,
        )

    def start(self) -> int:
        """Begin to listen; return the port. Raises BadSetting where that is not possible."""
        try:
            self._controller.start()
        except OSError as error:
            where = f"{self._controller.hostname} port {self._controller.port}"
            why = str(error.strerror).partition(" (")[0]
            raise BadSetting(
                f"CLIENTELING_MAIL_INBOUND_PORT is {self._controller.port}: {where} cannot be listened on: {why}."
            ) from error
        server: Any = self._controller.server
        assert server is not None, "listening"
        port: int = server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        """End listening."""
        self._controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # The base class connects once to see that it answers, and to the port it was given: 0 where a free one was asked for.
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Handler:
    def __init__(self, channel: MessageChannel, store: DeliveryStore, known: Callable[[str], bool]) -> None:
        self._channel, self._store, self._known = channel, store, known

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS_LIMIT:
            return "452 4.5.3 Too many recipients"
        try:
            known = await asyncio.to_thread(self._known, address)
        except Exception as error:
            log.warning("mail_not_taken", error=type(error).__name__)
            return "451 4.3.0 Try again later"
        if not known:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw: Any = envelope.original_content or b""
        try:
            for address in envelope.rcpt_tos:
                await asyncio.to_thread(self._take, address, bytes(raw))
        except BadInput as error:
            log.info("mail_refused", code=error.code)
            return "554 5.6.0 This mail cannot be read"
        except Exception as error:
            log.warning("mail_not_taken", error=type(error).__name__)
            return "451 4.3.0 Try again later"
        return "250 OK"

    def _take(self, address: str, raw: bytes) -> None:
        for event in self._channel.parse_webhook(f"mailto:{address}", {}, raw):
            said = self._store.apply_event(event)
            if said is not None and isinstance(self._channel, Acknowledging):
                self._channel.acknowledge(said)
