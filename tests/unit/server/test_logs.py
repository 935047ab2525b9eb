"""Logs: JSON lines, and nothing in them that an exception or a library quotes."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from sync import logs


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and libraries' events alike, with time, level and who said it."""
    logs.configure("INFO")
    structlog.get_logger("ours").info("import.done", taken=3)
    logging.getLogger("library").warning("slow")
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["taken"], ours["level"], ours["logger"]) == ("import.done", 3, "info", "ours")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("slow", "warning", "library")
    assert {"timestamp"} <= set(ours) & set(theirs)


def test_an_exception_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    """Messages of exceptions may quote values, which may be personal: the type and the places are kept."""
    logs.configure("INFO")
    for logger in (structlog.get_logger("ours"), logging.getLogger("library")):
        try:
            raise ValueError("no such customer: 佐藤由美 090-1234-5678")
        except ValueError:
            logger.exception("failed")
    said = lines(capsys)
    assert len(said) == 2
    for line in said:
        assert line["error"] == "ValueError"
        assert any("test_an_exception" in place for place in line["places"])  # type: ignore[attr-defined]
        assert "佐藤" not in json.dumps(line, ensure_ascii=False)
        assert "1234" not in json.dumps(line, ensure_ascii=False)


def test_what_is_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Debugging and the access lines of libraries stay out."""
    logs.configure("INFO")
    logging.getLogger("library").debug("detail")
    logging.getLogger("httpx").info("HTTP Request: GET http://example.jp/?phone=090")
    assert lines(capsys) == []
