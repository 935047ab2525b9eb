"""The calendar of the house: days on which nothing of our own accord goes out."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from sync.model.outreach import Purpose

CLOSED_MOST = 60
"""How many closing days a playbook may name. With the public holidays of any country an opening is never far."""
WAITING = frozenset({Purpose.RELATIONSHIP, Purpose.CAMPAIGN})
"""What waits on such a day. Answers and what she asked for do not."""

_LEAP_YEAR = 2028


class Calendar(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    country: str = Field(default="JP", pattern=r"^[A-Z]{2}$")
    """Whose public holidays count: an ISO 3166 code."""
    holidays_quiet: bool = False
    """Whether public holidays are closing days too."""
    closed: tuple[Annotated[str, StringConstraints(pattern=r"^(\d{4}-)?\d{2}-\d{2}$")], ...] = Field(
        default=(), max_length=CLOSED_MOST
    )
    """Dates (`2027-01-01`), or days of every year (`01-01`)."""

    @model_validator(mode="after")
    def _real_days(self) -> Self:
        for text in self.closed:
            try:
                date.fromisoformat(text if len(text) > 5 else f"{_LEAP_YEAR}-{text}")
            except ValueError:
                raise ValueError(f"{text!r} is no day of the calendar") from None
        if self.holidays_quiet:
            public_holidays(self.country, _LEAP_YEAR)
        return self

    def rests(self, day: date) -> bool:
        """Return whether `day` is one on which relationship and campaign messages wait."""
        if day.isoformat() in self.closed or f"{day:%m-%d}" in self.closed:
            return True
        return self.holidays_quiet and day in public_holidays(self.country, day.year)


@lru_cache(maxsize=16)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166) in a year. Raises ValueError where they are not known."""
    # Imported here: it takes 0.2 s of a processor, which only a house that rests on holidays should pay.
    from holidays import country_holidays

    try:
        return frozenset(country_holidays(country, years=year))
    except NotImplementedError:
        raise ValueError(f"the public holidays of {country!r} are not known") from None
