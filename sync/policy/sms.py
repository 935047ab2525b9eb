"""How many parts a text message takes. Numbers: GSM 03.38 and 3GPP TS 23.040 (160/153 septets, 70/67 UTF-16 units)."""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("\f^{}\\[~]|€")
"""These take two septets."""


def sms_segments(text: str) -> int:
    """Return how many parts a text message of this text takes; 0 for an empty one.

    In one part fit 160 characters of the GSM alphabet or 70 UTF-16 units, in each of several 153 or 67; a character of
    two units is never split between parts.
    """
    if all(c in _GSM or c in _GSM_ESCAPED for c in text):
        sizes, single, part = [2 if c in _GSM_ESCAPED else 1 for c in text], 160, 153
    else:
        sizes, single, part = [utf16_units(c) for c in text], 70, 67
    if sum(sizes) <= single:
        return 1 if text else 0
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return parts


def utf16_units(text: str) -> int:
    """Return the length in UTF-16 units, by which LINE and SMS count."""
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)
