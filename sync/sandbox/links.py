"""Finding the links in a text, as a phone underlines them."""

import re

_LINK = re.compile(r"https?://[^\s<>\"'\u3000、。，．「」『』（）【】］［]+")


def links_in(text: str) -> tuple[str, ...]:
    """Return each link once, in order, without the punctuation that ends a sentence."""
    return tuple(dict.fromkeys(found.group().rstrip(".,;:!?)]}") for found in _LINK.finditer(text)))
