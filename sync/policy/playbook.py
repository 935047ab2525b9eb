"""The playbook: the numbers and words by which a retailer's rules run. One TOML file; the shipped one works as it is."""

import tomllib
from collections import Counter
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sync.errors import BadSetting
from sync.model.customer import Channel, Pace
from sync.model.outreach import Purpose
from sync.policy.assets import assets_folder
from sync.policy.brand_guide import Words
from sync.policy.closing_days import Calendar

Days = Annotated[int, Field(ge=0, le=3650)]


Experience = Literal["knew", "visited", "first_bought", "consulted", "replied", "repeated", "recommended", "regular"]
"""What a customer may have lived through with us, in the order of the way."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


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


class Returned(_Part):
    away_days: int = Field(ge=1, le=3650)
    history_days: int = Field(ge=1, le=100)
    """On how many days she must have been with us before."""
    fresh_days: int = Field(ge=1, le=60)
    """How long after she came or booked the welcome still is one."""


class Lapsed(_Part):
    history_days: int = Field(ge=3, le=100)
    rhythm_factor: float = Field(gt=1, le=20)
    """Lapsed when away longer than this many of her own usual gaps ..."""
    least_days: Days
    """... and at least so long ..."""
    most_days: Days
    """... and not so long that a letter would come from strangers."""
    fresh_days: int = Field(ge=1, le=365)


class After(_Part):
    days: Days
    """How many days after."""
    by_category: dict[str, Days] = {}
    fresh_days: int = Field(ge=1, le=60)


class WebUp(_Part):
    days: int = Field(ge=1, le=30)
    before_days: int = Field(ge=1, le=90)
    least_views: int = Field(ge=1, le=1000)
    factor: float = Field(gt=1, le=100)
    no_visit_days: Days
    fresh_days: int = Field(ge=1, le=30)


class YearlyDay(_Part):
    ahead_days: Days
    fresh_days: int = Field(ge=0, le=14)


class Reply(_Part):
    due_hours: int = Field(ge=0, le=72)


class AppointmentAhead(_Part):
    ahead_hours: int = Field(ge=1, le=336)


class WantedInStock(_Part):
    days: int = Field(ge=1, le=30)
    """How far back a look or a wish counts; no tablet knows of older ones."""
    least_views: int = Field(ge=2, le=100)
    """How often she must have looked at what is not on her wish list."""


class CartLeft(_Part):
    hours: int = Field(ge=1, le=168)
    fresh_days: int = Field(ge=1, le=30)


class Rank(_Part):
    days: int = Field(ge=30, le=1830)
    """For how many days a purchase counts."""
    currency: str = Field(default="JPY", pattern=r"^[A-Z]{3}$")
    spend: dict[str, Annotated[int, Field(ge=0)]]
    """By rank code, from how much (minor units) it holds. Name the lowest too, with 0."""
    near_share: float = Field(gt=0, le=0.5)
    """About to be reached when not more than this share of what it takes is missing."""
    ahead_days: Days
    """How many days ahead a rank that will be lost is spoken of."""
    fresh_days: int = Field(ge=1, le=365)
    quiet_days: Days
    """How long after one word about ranks there is no other."""


class PointsExpire(_Part):
    ahead_days: Days
    least_points: int = Field(ge=1)


_MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Care(_Part):
    """A stretch of the year in which things of some categories are cared for. MM-DD, the last day included."""

    from_: _MonthDay = Field(alias="from")
    until: _MonthDay
    categories: tuple[str, ...] = Field(min_length=1)
    owned_days: int = Field(ge=1, le=3650)
    """How long after buying it she is taken to own it still."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ > self.until:
            raise ValueError("`from` must not lie after `until`; cut a season at the turn of the year into two")
        return self


class DueAgain(_Part):
    fresh_days: int = Field(ge=1, le=365)
    replace_days: dict[str, Annotated[int, Field(ge=1, le=3650)]] = {}
    """By category, after how many days such a thing has had its time."""
    care: tuple[Care, ...] = ()


class Signals(_Part):
    returned: Returned
    lapsed: Lapsed
    after_visit: After
    after_purchase: After
    after_appointment: After
    first_purchase: After
    web_up: WebUp
    birthday: YearlyDay
    anniversary: YearlyDay
    reply: Reply
    appointment: AppointmentAhead
    wanted_in_stock: WantedInStock
    cart_left: CartLeft
    points_expire: PointsExpire
    due_again: DueAgain
    rank: Rank | None = None
    """Without a section nothing is said of ranks."""

    @property
    def browsing_days(self) -> int:
        """How far back any signal looks at what she did online."""
        web_up = self.web_up.days + self.web_up.before_days
        return max(web_up, self.wanted_in_stock.days, self.cart_left.fresh_days) + 1


class Restraint(_Part):
    """Further reasons to leave her alone: notes of staff with one of these tags."""

    return_tags: tuple[str, ...] = ()
    """She is bringing something back, and it is not settled."""
    returned_tags: tuple[str, ...] = ()
    """It is settled."""
    bereavement_tags: tuple[str, ...] = ()
    bereavement_days: Days
    """For so long nobody congratulates her."""


class Weights(_Part):
    """By how much each thing brings her nearer (or, below 0, moves her away)."""

    order: float
    visit: float
    booking: float
    reply: float
    look: float
    note: float
    recommended: float
    happy: float
    undecided: float
    uneasy: float
    displeased: float


class Branch(_Part):
    """A named place on the way. The first whose conditions all hold is hers."""

    name: str = Field(pattern=r"^[a-z_]+$")
    closeness: float = Field(default=0, ge=0, le=1)
    """At least so close now ..."""
    once: float = Field(default=0, ge=0, le=1)
    """... at least so close at some time ..."""
    any_of: tuple[Experience, ...] = ()
    """... and with one of these experiences."""
    tone: Literal["formal", "polite", "warm"] = "polite"
    gap_days: Days = 0
    """Fewest days between two approaches of our own accord."""


class Stage(_Part):
    half_life_days: int = Field(ge=1, le=3650)
    """After so long a move counts half."""
    scale: float = Field(gt=0, le=1000)
    """The sum of decayed weights at which closeness is about 0.63."""
    regular_days: int = Field(ge=2, le=100)
    """On how many days she must have bought to be a regular."""
    recommended_tags: tuple[str, ...] = ()
    consulted_tags: tuple[str, ...] = ()
    weights: Weights
    branches: tuple[Branch, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        last = self.branches[-1]
        if last.closeness or last.once or last.any_of:
            raise ValueError("the last branch must have no conditions, so that everybody is somewhere")
        return self


class Playbook(_Part):
    version: int = Field(ge=1, le=1)
    sms_part_yen: float | None = Field(default=None, ge=0)
    """What a part of a text message costs by the house's contract; the preview then shows the price."""
    hours: HoursByPurpose
    calendar: Calendar = Calendar()
    contact: Contact
    signals: Signals
    restraint: Restraint
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
