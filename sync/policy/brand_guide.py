"""How the house writes, as data: the tables `[words.<language>]` of the playbook."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sync.model.customer import Channel


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles), Field(max_length=400)]
"""A regular expression, searched in the text without differences of width and case."""
Code = Annotated[str, Field(pattern=r"^[a-z_]+$")]


class WatchedWord(_Part):
    """A word, or a pattern, that we do not write."""

    word: str = Field(default="", max_length=100)
    pattern: Pattern = ""
    suggestion: str = ""
    code: Code = "forbidden_word"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.word) == bool(self.pattern):
            raise ValueError("needs either `word` or `pattern`")
        return self


class Guide(_Part):
    """What is checked besides single words."""

    emoji: tuple[str, ...] = ()
    """Those that may stand; empty for any."""
    emoji_most: int = Field(ge=0, le=100)
    longest: dict[Channel, Annotated[int, Field(ge=1, le=20_000)]] = {}
    """UTF-16 units of what is written, footer left out: how long the house likes its messages."""
    closing: Pattern = ""
    """A message ends with this; empty for no rule."""
    closing_channels: tuple[Channel, ...] = tuple(Channel)
    closing_suggestion: str = ""
    opening: int = Field(default=40, ge=0, le=200)
    """Characters that a lock screen shows to whoever sees the telephone."""
    opening_never: tuple[Pattern, ...] = ()
    """What does not stand there besides the names of items: prices, sizes, gifts."""
    shop_only: tuple[Pattern, ...] = ()
    """What is no talk in a person's name."""
    blocking: tuple[Code, ...] = ()
    """Findings with which no message goes."""
    blocking_unasked: tuple[Code, ...] = ()
    """... and none but an answer: who answers may have to take up what she said."""


class Words(_Part):
    honorifics: tuple[str, ...] = ()
    watched: tuple[WatchedWord, ...] = ()
    guide: Guide | None = None
