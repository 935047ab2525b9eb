"""The words of one session: a language, and the frame (zone, now, names) in which codes and dates are said."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from clienteling import formats
from clienteling.formats import Frame, fill
from clienteling.i18n import code_text, gettext
from sync.model.catalogue import Money
from sync.model.outreach import Reason


def word(reason: Reason, language: str, frame: Frame | None = None) -> str:
    """Word what policy or server answered. A code that nobody worded yet is shown as itself rather than hidden."""
    # A code may be worded differently by one of its parameters: `returned:booking`, `no_consent:online_history`.
    variants = [str(value) for value in reason.params.values() if isinstance(value, str)] + list(reason.params)
    found = (code_text("reason", f"{reason.code}:{variant}", language) for variant in variants)
    pattern = next((text for text in found if text), None) or code_text("reason", reason.code, language)
    if pattern is None:
        return reason.code.replace("_", " ")
    return fill(pattern, reason.params, language, frame)


@dataclass(frozen=True)
class Words:
    """Call it with an English sentence: `_ = use_words(); _("Scan {n} more", n=2)`. What is counted is called `n`: it chooses
    the plural form."""

    language: str
    frame: Frame = field(default_factory=Frame)

    def __call__(self, msgid: str, **params: Any) -> str:
        pattern = gettext(msgid, self.language, params.get("n"))
        return fill(pattern, params, self.language, self.frame) if params else pattern

    def reason(self, reason: Reason) -> str:
        return word(reason, self.language, self.frame)

    def code(self, kind: str, code: str) -> str:
        """Return the words of a code (`cause`, `channel`, `category`, `tag`, ...), or the code itself."""
        return code_text(kind, code, self.language) or code

    def honour(self, name: str) -> str:
        """Return a customer's name as staff say it: `佐々木 様` in Japanese, the bare name in English."""
        return f"{name} 様" if self.language == "ja" else name

    def money(self, value: Money) -> str:
        return formats.money(value, self.language)

    def full_date(self, at: datetime | date) -> str:
        """Return a day with its year, as papers have it; in Japanese with the year of the era too."""
        return formats.full_date(at, self.language, self.frame.zone)

    def time(self, at: datetime) -> str:
        return formats.clock_time(at, self.frame.zone)

    def date(self, at: datetime | date) -> str:
        return formats.short_date(at, self.language, self.frame.zone, self.frame.now)

    def column_date(self, at: datetime) -> tuple[str, str]:
        """Return a date for a column of dates: the day, and the year where it is another."""
        return formats.column_date(at, self.language, self.frame.zone, self.frame.now or at)

    def tiny_date(self, at: datetime) -> str:
        """Return a date for a narrow column."""
        return formats.tiny_date(at, self.language, self.frame.zone, self.frame.now or at)

    def date_time(self, at: datetime) -> str:
        return formats.date_time(at, self.language, self.frame.zone, self.frame.now)

    def ago(self, at: datetime) -> str:
        now = self.frame.now
        return formats.ago(at, now, self.language) if now else self.date_time(at)

    def span(self, days: float) -> str:
        return formats.span(days, self.language)
