"""The sentences that customers agree to, by place, version and language, from `assets/consent`.

    version = current("registration", "ja")                    # "registration/2026-11/ja", which a ledger's entry carries
    sentence(version, "email", brand="エルム")                  # what was read out, as long as that version ships

A version once out keeps its words for ever; what they were is kept in the entry as well.
"""

import tomllib
from functools import cache
from typing import Literal

from sync.policy.assets import assets_folder

Place = Literal["registration", "preferences"]
LANGUAGES = ("ja", "en")
_CURRENT: dict[Place, str] = {"registration": "2026-11", "preferences": "2026-11"}


def current(place: Place, language: str) -> str:
    """Return the name of the version that is shown today; a language that we do not write is shown English."""
    return f"{place}/{_CURRENT[place]}/{language if language in LANGUAGES else 'en'}"


def sentence(version: str, key: str, **values: str) -> str:
    """Return the sentence of a version, its braces filled in; an empty text where this program does not know it."""
    place, _, rest = version.partition("/")
    number, _, language = rest.partition("/")
    words = wordings(language).get(place, {}).get(number, {}) if language in LANGUAGES else {}
    return words[key].format(**values) if key in words else ""


@cache
def wordings(language: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return all sentences of a language: place, version, key."""
    text = (assets_folder() / "consent" / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
