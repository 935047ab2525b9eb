"""Telephone numbers and mail addresses as they stand on a screen until somebody says that they need them.

What stays is enough to ask "does it end in 2222?", and too little to call or to copy.
"""

import re

HIDDEN = "****"
_JAPAN = "+81"
_GROUPS = {11: (3, 4, 4), 10: (3, 3, 4)}
_SHORT_AREAS = ("03", "06")
_LAST = 4


def readable_phone(phone: str) -> str:
    """Return a number (E.164, or as it was typed) as it is read in Japan: `090-1111-2222`, `03-1234-5678`; others as they are."""
    digits = "0" + phone[len(_JAPAN) :] if phone.startswith(_JAPAN) else phone
    if not re.fullmatch(r"0\d{9,10}", digits):
        return phone
    area, middle, _ = (2, 4, 4) if len(digits) == 10 and digits[:2] in _SHORT_AREAS else _GROUPS[len(digits)]
    return f"{digits[:area]}-{digits[area : area + middle]}-{digits[area + middle :]}"


def masked_phone(phone: str) -> str:
    """Return `090-****-2222`; of a foreign number its last four digits, of a short one nothing."""
    if not phone:
        return ""
    read = re.fullmatch(r"(0\d+)-\d+-(\d+)", readable_phone(phone))
    if read:
        return f"{read[1]}-{HIDDEN}-{read[2]}"
    digits = re.sub(r"\D", "", phone)
    return f"{HIDDEN}-{digits[-_LAST:]}" if len(digits) >= 2 * _LAST else HIDDEN


def masked_mail(address: str) -> str:
    """Return `m***@example.jp`: the first letter where there are more, and the domain. Empty for none."""
    if not address:
        return ""
    local, at, domain = address.rpartition("@")
    if not at:
        return "***"
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"
