"""Words for staff: gettext catalogues whose msgids are the English sentences.

`assets/locale/<language>/*.po` are small catalogues, one per area, merged when first read. Codes of the policy, the
server and the records (`reason`, `cause`, `channel`, ...) are entries with a msgctxt of that name; they need an entry in
English too, because a code is not a sentence. A parameter is written `{name}` or `{name:form}`; the forms are those of
`clienteling.formats`. A sentence that counts is named by its plural, `_("{n} slips", n=1)`; where a language says it in
more than one way, its catalogue has the entry with plural forms, and the language's own rule (CLDR's, by Babel) picks one.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from gettext import c2py
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from sync.policy.assets import assets_folder

LANGUAGES: Final = ("ja", "en")
LANGUAGE_NAMES: Final = {"ja": "日本語", "en": "English"}

_Table = dict[tuple[str | None, str], str]


@cache
def table(language: str) -> Mapping[tuple[str | None, str], str]:
    """Return (msgctxt, msgid) -> translation, merged from all catalogues of the language."""
    merged: _Table = {}
    for message in _messages(language):
        if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
            merged[(message.context, message.id)] = message.string
    return merged


@cache
def plurals(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the plural sentence in English -> the forms of the language, in the order of its plural rule."""
    return {
        message.id[1]: tuple(message.string)
        for message in _messages(language)
        if isinstance(message.id, tuple) and isinstance(message.string, tuple)
    }


def gettext(msgid: str, language: str, n: object = None) -> str:
    """Return the sentence in the language, in the form for `n` where it counts; English sentences are their own msgids."""
    if isinstance(n, int) and (forms := plurals(language).get(msgid)):
        return forms[_rule(language)(n)]
    return table(language).get((None, msgid), msgid)


def _messages(language: str) -> Iterator[Message]:
    for path in sorted((assets_folder() / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            catalog: Catalog = read_po(file, locale=language, charset="utf-8")
        yield from catalog


@cache
def _rule(language: str) -> Callable[[int], int]:
    """Return which form a number takes: its place in the catalogues of this language."""
    return c2py(get_plural(language).plural_expr)


def code_text(kind: str, code: str, language: str) -> str | None:
    """Return the words of a code of a kind (`reason`, `cause`, `channel`, `category`, ...), or None where there are none."""
    return table(language).get((kind, code))
