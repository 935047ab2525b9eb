"""Words for staff: gettext catalogues whose msgids are the English sentences.

`assets/locale/<language>/*.po` are small catalogues, one per area, merged when first read. Codes of the policy, the
server and the records (`reason`, `cause`, `channel`, ...) are entries with a msgctxt of that name; they need an entry in
English too, because a code is not a sentence. A parameter is written `{name}` or `{name:form}`; the forms are those of
`clienteling.formats`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from sync.policy.assets import assets_folder

LANGUAGES: Final = ("ja", "en")
LANGUAGE_NAMES: Final = {"ja": "日本語", "en": "English"}

_Table = dict[tuple[str | None, str], str]


@cache
def table(language: str) -> Mapping[tuple[str | None, str], str]:
    """Return (msgctxt, msgid) -> translation, merged from all catalogues of the language."""
    merged: _Table = {}
    for path in sorted((assets_folder() / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            catalog: Catalog = read_po(file, locale=language, charset="utf-8")
        for message in catalog:
            if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
                merged[(message.context, message.id)] = message.string
    return merged


def gettext(msgid: str, language: str) -> str:
    """Return the sentence in the language; English sentences are their own msgids."""
    return table(language).get((None, msgid), msgid)


def code_text(kind: str, code: str, language: str) -> str | None:
    """Return the words of a code of a kind (`reason`, `cause`, `channel`, `category`, ...), or None where there are none."""
    return table(language).get((kind, code))
