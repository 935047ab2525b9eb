"""The playbook: the numbers and words by which a retailer's rules run. One TOML file; the shipped one works as it is."""

import tomllib
from collections import Counter
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from sync.errors import BadSetting
from sync.model.customer import Channel, Pace
from sync.model.outreach import Purpose
from sync.policy.assets import assets_folder
from sync.policy.brand_guide import Words
from sync.policy.closing_days import Calendar
from sync.policy.playbook_rules import Days, Restraint, Signals, Stage
from sync.policy.playbook_rules import Part as _Part


class Hours(_Part):
    """Wall-clock hours of one day, half-open: at `until` they are over."""

    from_: time = Field(alias="from")
    until: time

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_.tzinfo or self.until.tzinfo:
            raise ValueError("hours are wall-clock times without a zone")
        if self.from_ >= self.until:
            raise ValueError("`from` must lie before `until`, on the same day")
        return self


class HoursByPurpose(_Part):
    """When messages may arrive, in the customer's zone."""

    reply: Hours
    service: Hours
    relationship: Hours
    campaign: Hours

    def of(self, purpose: Purpose) -> Hours:
        hours: Hours = getattr(self, purpose.value)
        return hours


class Cap(_Part):
    """At most `most` contacts in any `days` days."""

    days: int = Field(ge=1, le=366)
    most: int = Field(ge=0, le=100)


class Contact(_Part):
    """How often we write to a person, over all channels, staff and shops together."""

    caps: tuple[Cap, ...]
    gap_days: dict[Pace, Days] = {}
    """Fewest days between two contacts, by the pace she asked for. `quiet` gets none at all, whatever stands here."""
    channel_order: tuple[Channel, ...] = (Channel.LINE, Channel.EMAIL, Channel.SMS)
    reply_hours: int = Field(ge=1, le=168)
    """How long after her message an answer still is an answer."""
    expiry_hours: int = Field(ge=1, le=720)
    """How long after its planned time a message may still go."""
    unanswered_most: int = Field(ge=1, le=20)
    unanswered_days: Days
    displeased_days: Days
    complaint_tags: tuple[str, ...] = ()
    resolved_tags: tuple[str, ...] = ()


class Results(_Part):
    """What counts as having followed a contact (`sync.policy.results`)."""

    days: int = Field(default=14, ge=1, le=90)
    """How many days after a contact a coming is still told beside it."""


class Playbook(_Part):
    version: int = Field(ge=1, le=1)
    sms_part_yen: float | None = Field(default=None, ge=0)
    """What a part of a text message costs by the house's contract; the preview then shows the price."""
    line_extra_yen: float | None = Field(default=None, ge=0)
    """What a LINE message beyond the month's quota costs by the house's contract."""
    hours: HoursByPurpose
    calendar: Calendar = Calendar()
    contact: Contact
    signals: Signals
    restraint: Restraint
    results: Results = Results()
    stage: Stage
    words: dict[str, Words] = {}
    """By language code."""

    def words_of(self, language: str) -> Words:
        return self.words.get(language, Words())


def load_playbook(path: Path | None = None) -> Playbook:
    """Read a playbook, or the shipped one.

    Raises BadSetting (params `file`, `keys`) that names the file and each wrong key with its line, its value and what
    is allowed.
    """
    return _default() if path is None else parse_playbook(playbook_text(path), path.name)


def playbook_text(path: Path | None = None) -> str:
    """Return a playbook, or the shipped one, as it is written; raises BadSetting where it cannot be read."""
    path = path or assets_folder() / "playbook" / "default.toml"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadSetting(f"{path.name}: cannot be read: {error.strerror}.", file=path.name) from error
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path.name}: is no TOML: {error}.", file=path.name) from error


@lru_cache(maxsize=1)
def _default() -> Playbook:
    return parse_playbook(playbook_text(), "default.toml")


def parse_playbook(text: str, name: str) -> Playbook:
    """Return the playbook that a text holds; `name` is what errors call it. Raises as `load_playbook`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{name}: is no TOML: {error}.", file=name) from error
    try:
        return Playbook.model_validate(data)
    except ValidationError as error:
        raise _named(name, text, error) from error


def _named(name: str, text: str, error: ValidationError) -> BadSetting:
    lines, keys = [], []
    for problem in error.errors(include_url=False):
        key = ".".join(str(part) for part in problem["loc"])
        line = _line_of(text, problem["loc"])
        where = f"{name}:{line}" if line else name
        keys.append(key)
        value = "" if problem["type"] == "missing" else f" is {_short(problem['input'])}"
        lines.append(f"{where}: {key}{value}: {problem['msg']}.")
    return BadSetting("\n".join(lines), file=name, keys=keys)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _line_of(text: str, loc: tuple[int | str, ...]) -> int | None:
    """Return the line (from 1) on which a key stands, or that of the innermost table it belongs in, if any is found."""
    table: tuple[int | str, ...] = ()
    seen: Counter[tuple[int | str, ...]] = Counter()
    best, depth = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = _keys(stripped.strip("[]"))
            if stripped.startswith("[["):
                seen[table] += 1
                table = (*table, seen[table] - 1)
            path = table
        elif "=" in stripped and not stripped.startswith("#"):
            path = (*table, *_keys(stripped.split("=", 1)[0]))
        else:
            continue
        if len(path) > depth and loc[: len(path)] == path:
            best, depth = number, len(path)
    return best


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in dotted.replace('"', "").split("."))
