"""What the app says, in the language that a journey runs in: journeys name its sentences, the catalogue words them.

    _ = tablet.words
    tablet.press(_("Hold it here"))
    tablet.sees(_.like("Held until {until:datetime}"))

`LANGUAGE = "en"` or `"ja"` at the head of a journey's file says in which it usually runs; `JOURNEY_LANGUAGE` runs every file in that
one instead.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from clienteling.i18n import gettext, plurals
from clienteling.words import Words
from sync.model.shop import Role, Staff
from sync.policy.naming import work_name
from sync.sandbox.retailer.organisation import SHOPS, STAFF

_GAP = re.compile(r"\\{(\w+)[^{}]*\\}")
_ANYTHING = re.compile(".*")


@dataclass(frozen=True)
class Speech(Words):
    """The words of one language, and what journeys look for in them."""

    def like(self, msgid: str, **said: str | re.Pattern[str]) -> re.Pattern[str]:
        """Return what finds a sentence at the beginning of what is said, with this in its gaps, or whatever."""
        return re.compile("^" + self.within(msgid, **said).pattern)

    def within(self, msgid: str, **said: str | re.Pattern[str]) -> re.Pattern[str]:
        """Return what finds a sentence, in any of its plural forms, anywhere in what is said."""
        forms = plurals(self.language).get(msgid) or (gettext(msgid, self.language),)
        return re.compile(f"(?:{'|'.join(_filled(form, said).pattern for form in forms)})")

    def like_code(self, kind: str, code: str, **said: str | re.Pattern[str]) -> re.Pattern[str]:
        """Return what finds the words of a code at the beginning of what is said."""
        return re.compile("^" + _filled(self.code(kind, code), said).pattern)

    def who(self, name: str) -> str:
        """Return how a member of the demo's staff, named as in Japanese, is called."""
        return _names(self.language)[name]

    def shop(self, code: str) -> str:
        """Return how a shop of the demo is called."""
        found = next(one for one in SHOPS if one.code == code)
        return found.name if self.language == "ja" else found.name_en

    def moment(self, day: str, clock: str = r"\d{2}:\d{2}") -> re.Pattern[str]:
        """Return a pattern of a moment of `today`, `tomorrow` or `yesterday`."""
        return re.compile(f"{re.escape(self.code('day', day))} {clock}")

    @property
    def today(self) -> re.Pattern[str]:
        """A pattern of a moment of today."""
        return self.moment("today")

    @property
    def roles(self) -> str:
        """A pattern of every role's name."""
        return "|".join(re.escape(self.code("role", role)) for role in Role)


def _filled(sentence: str, said: Mapping[str, str | re.Pattern[str]]) -> re.Pattern[str]:
    def gap(found: re.Match[str]) -> str:
        one = said.get(found[1], _ANYTHING)
        return one.pattern if isinstance(one, re.Pattern) else re.escape(one)

    return re.compile(_GAP.sub(gap, re.escape(sentence)))


@cache
def _names(language: str) -> dict[str, str]:
    people = [
        Staff(
            id=one.code,
            code=one.code,
            family_name=one.family,
            given_name=one.given,
            name_en=one.name_en,
            shop_id=one.shop,
            role=Role(one.role),
        )
        for one in STAFF
    ]
    colleagues = {one.shop_id: [each for each in people if each.shop_id == one.shop_id] for one in people}
    return {
        work_name(one, "ja", colleagues[one.shop_id]): work_name(one, language, colleagues[one.shop_id])
        for one in people
    }


__all__ = ["Speech"]
