"""By which playbook this device judges: the one that the server judges by, as far as it can be read here."""

import threading
from contextlib import suppress
from pathlib import Path

import structlog

from sync.errors import BadSetting
from sync.model.shop import RetailerSettings
from sync.policy.playbook import Playbook, load_playbook, parse_playbook

log = structlog.get_logger(__name__)


class LastPlaybook:
    """Reads the playbook that came with the retailer's settings, each text once.

    One that cannot be read here (the server is newer) leaves the last good one in force, which a file keeps over a
    restart, and is told in the log. Without any there is the one that ships. Called from any thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._text: str | None = None
        """What was looked at last, good or not."""
        self._good: Playbook | None = None

    def of(self, retailer: RetailerSettings | None) -> Playbook:
        """Return the playbook in force."""
        text = retailer.playbook if retailer is not None else ""
        with self._lock:
            if self._good is None:
                self._good = self._kept()
            if text and text != self._text:
                self._text = text
                self._take(text)
            return self._good

    def _kept(self) -> Playbook:
        with suppress(OSError, UnicodeDecodeError, BadSetting):
            return parse_playbook(self._path.read_text(encoding="utf-8"), self._path.name)
        return load_playbook()

    def _take(self, text: str) -> None:
        try:
            self._good = parse_playbook(text, "playbook")
        except BadSetting as error:
            log.error("playbook_unreadable", kept="the last good one", problem=str(error))
            return
        try:
            temporary = self._path.with_suffix(".new")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._path)
        except OSError as error:  # it is in force all the same, and comes again after a restart
            log.warning("playbook_not_kept", error=type(error).__name__)
