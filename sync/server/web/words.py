"""The words of pages that customers see, by language, from `assets/customer`."""

import tomllib
from functools import cache

from sync.policy.assets import assets_folder

LANGUAGES = ("ja", "en")


class Words:
    """Looks up `part.key` and fills in the braces. Raises KeyError for a key that is not there."""

    def __init__(self, table: dict[str, dict[str, str]]) -> None:
        self._table = table

    def __call__(self, name: str, **values: object) -> str:
        part, _, key = name.partition(".")
        return self._table[part][key].format(**values)

    @property
    def names(self) -> set[str]:
        return {f"{part}.{key}" for part, keys in self._table.items() for key in keys}


@cache
def words_for(language: str) -> Words:
    """Return the words of a language; a language that we do not write gets English."""
    known = language if language in LANGUAGES else "en"
    return Words(tomllib.loads((assets_folder() / "customer" / f"{known}.toml").read_text(encoding="utf-8")))


def language_of(accept_language: str) -> str:
    """Return the first language of an Accept-Language header that we write, for pages of nobody we know."""
    for part in accept_language.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return "ja"
