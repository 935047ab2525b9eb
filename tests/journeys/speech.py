"""What the app says, in the language that a journey runs in: journeys name its sentences, the catalogue words them.

    _ = tablet.words
    tablet.press(_("Hold it here"))
    tablet.sees(_.like("Held until {until:datetime}"))

`LANGUAGE = "en"` or `"ja"` at the head of a journey's file says in which it usually runs; `JOURNEY_LANGUAGE` runs each such file in that
one instead. A file without it is written in Japanese words and runs in Japanese alone.
"""

import re
from dataclasses import dataclass
from functools import cache

from clienteling.i18n import gettext
from clienteling.words import Words
from sync.model.shop import Role, Staff
from sync.policy.naming import work_name
from sync.sandbox.retailer.organisation import STAFF

_GAP = re.compile(r"\\{[^{}]*\\}")


@dataclass(frozen=True)
class Speech(Words):
    """The words of one language, and what journeys look for in them."""

    def like(self, msgid: str) -> re.Pattern[str]:
        """Return what finds a sentence at the beginning of what is said, whatever stands in its gaps."""
        return re.compile("^" + self.within(msgid).pattern)

    def within(self, msgid: str) -> re.Pattern[str]:
        """Return what finds a sentence anywhere in what is said."""
        return re.compile(_GAP.sub(".*", re.escape(gettext(msgid, self.language))))

    def who(self, name: str) -> str:
        """Return how a member of the demo's staff, named as in Japanese, is called."""
        return _names(self.language)[name]

    @property
    def roles(self) -> str:
        """A pattern of every role's name."""
        return "|".join(re.escape(self.code("role", role)) for role in Role)


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
