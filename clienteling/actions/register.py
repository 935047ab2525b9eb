"""Registering a new customer: what was typed becomes a clean command, or the fields that are not right."""

import re
import unicodedata
from dataclasses import dataclass

from clienteling.actions.identify import check_in, open_customer
from clienteling.context import Tablet, off_loop
from sync.model.commands import RegisterCustomer
from sync.model.customer import Channel
from sync.model.signature import Point, written
from sync.policy.wordings import current


@dataclass(frozen=True)
class Form:
    """The registration form as typed."""

    family_name: str = ""
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    phone: str = ""
    email: str = ""
    consents: frozenset[Channel] = frozenset()
    strokes: tuple[tuple[Point, ...], ...] = ()
    """What she drew to sign."""


def katakana(text: str) -> str:
    """Return kana as full-width katakana, as Japanese forms keep them."""
    wide = unicodedata.normalize("NFKC", text).strip()
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in wide)


def phone_digits(text: str) -> str:
    """Return a telephone number as digits, with a leading + where it was international."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", plain)
    return f"+{digits}" if plain.startswith("+") else digits


def problems(form: Form) -> dict[str, str]:
    """Return what is not right: field name to an English sentence (a msgid)."""
    found: dict[str, str] = {}
    if not form.family_name.strip():
        found["family_name"] = "Please enter the family name"
    for name in ("family_kana", "given_kana"):
        kana = katakana(getattr(form, name))
        if kana and not re.fullmatch(r"[ァ-ヺー・\s]+", kana):
            found[name] = "In kana, please"
    phone = phone_digits(form.phone)
    if phone and not re.fullmatch(r"\+\d{8,15}|0\d{9,10}", phone):
        found["phone"] = "Ten or eleven digits, from 0"
    email = form.email.strip()
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
        found["email"] = "This is not a mail address"
    if Channel.SMS in form.consents and not phone:
        found["phone"] = "Text messages need a telephone number"
    if Channel.EMAIL in form.consents and not email:
        found["email"] = "Mail needs a mail address"
    if form.strokes and not form.consents:
        found["signature"] = "Please tick what the signature is for"
    return found


async def register(tablet: Tablet, form: Form) -> str | None:
    """Save her here at once, also without a network; open her visit and her profile. Returns her id."""
    shop_id, staff_id = tablet.pulse.directory.shop_id, tablet.session.staff_id
    if problems(form) or shop_id is None or staff_id is None:
        return None
    customer_id = tablet.new_id()
    command = RegisterCustomer(
        customer_id=customer_id,
        shop_id=shop_id,
        family_name=form.family_name.strip(),
        given_name=form.given_name.strip(),
        family_kana=katakana(form.family_kana),
        given_kana=katakana(form.given_kana),
        phone=phone_digits(form.phone),
        email=form.email.strip(),
        consents=tuple(channel for channel in Channel if channel in form.consents),
        wording_version=current("registration", tablet.words().language) if form.consents else "",
        signature=written(form.strokes),
    )
    await off_loop(tablet.device.submit, command, staff_id)
    await check_in(tablet, customer_id, source="staff")
    _ = tablet.words()
    tablet.session.scan = None
    if tablet.pulse.online:
        tablet.say(_("Registered"))
    else:
        tablet.say(_("Registered on this tablet; it is sent when connected"))
    await open_customer(tablet, customer_id, "link")
    return customer_id
