"""What a customer says is not right any more.

The reading of her name and her birthday are hers to say and are changed at once. Her name, mail address and telephone
number are changed by staff: whoever holds a link that was passed on could otherwise send her messages elsewhere. Each is a
follow-up of her shop; what is asked again while it waits replaces what was asked before.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sync.ids import new_id
from sync.model.base import Record
from sync.model.customer import Customer
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.server.repository.homes import home_of
from sync.server.repository.records import Records

Field = Literal["name", "kana", "birthday", "email", "phone"]
FIELDS: tuple[Field, ...] = ("name", "kana", "birthday", "email", "phone")
LONGEST = {"family_name": 60, "given_name": 60, "family_kana": 60, "given_kana": 60, "email": 254, "phone": 20}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_ENDED = (FollowUpState.DONE, FollowUpState.DISMISSED)
_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Request:
    """What became of something that she asked for: `waiting`, `done` or `declined`."""

    field: str
    value: str
    at: datetime
    state: Literal["waiting", "done", "declined"]


def read(form: Mapping[str, str], customer: Customer) -> tuple[dict[Field, dict[str, str]], list[Field]]:
    """Return what differs from what we hold, by field and in the record's own names, and the fields that cannot be right."""
    held = {name: getattr(customer, name) for name in LONGEST} | {"email": "", "phone": ""}
    said = {name: cleaned(form.get(name, held[name]))[: LONGEST[name] + 1] for name in LONGEST}
    for kana in ("family_kana", "given_kana"):
        said[kana] = said[kana].translate(_KATAKANA)
    birthday, dated = _birthday(form, customer)
    asked: dict[Field, dict[str, str]] = {
        "name": {"family_name": said["family_name"], "given_name": said["given_name"]},
        "kana": {"family_kana": said["family_kana"], "given_kana": said["given_kana"]},
        "birthday": {"birthday": birthday},
        "email": {"email": said["email"] or customer.email},
        "phone": {"phone": re.sub(r"[\s()\-‐-―−]", "", said["phone"]) or customer.phone},
    }
    too_long = {name for name, most in LONGEST.items() if len(said[name]) > most}
    right = {
        "name": bool(said["family_name"]),
        "kana": all(re.fullmatch(r"[ァ-ヺー・ ]*", said[name]) for name in ("family_kana", "given_kana")),
        "birthday": dated,
        "email": not said["email"] or bool(re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s.<>\"]+", said["email"])),
        "phone": not said["phone"] or bool(re.fullmatch(r"\+\d{8,15}|0\d{9,10}", asked["phone"]["phone"])),
    }
    wrong = [field for field in FIELDS if not right[field] or too_long & asked[field].keys()]
    changed = {field: each for field, each in asked.items() if _differs(each, customer)}
    return changed, wrong


def take(
    records: Records, customer: Customer, changed: Mapping[Field, Mapping[str, str]], now: datetime
) -> list[Field]:
    """Change what is hers to change and hand all of it to staff; return what waits for them."""
    own: dict[str, str] = {}
    for field in ("kana", "birthday"):
        own |= changed.get(field, {})
    written: list[Record] = [customer.model_copy(update=own)] if own else []
    shop_id = home_of(records, customer)
    waiting = {one.evidence.params.get("field"): one for one in _all(records, customer.id) if one.state not in _ENDED}
    for field, values in changed.items():
        value = " ".join(value for value in values.values() if value)
        made = field in ("kana", "birthday")
        evidence = Reason(
            code="correction_made" if made else "correction_asked",
            params={"field": field if value else "removed", "value": value, "at": now.isoformat()},
        )
        if field in waiting:
            written.append(waiting[field].model_copy(update={"evidence": evidence}))
        elif shop_id is not None:
            written.append(
                FollowUp(
                    id=new_id(),
                    customer_id=customer.id,
                    shop_id=shop_id,
                    cause=Cause.CORRECTION,
                    evidence=evidence,
                    due_at=now + _WITHIN,
                    created_at=now,
                )
            )
    records.put_many(written)
    return [field for field in changed if field not in ("kana", "birthday")]


def requests(records: Records, customer: Customer) -> list[Request]:
    """Return what she asked for and what became of it, the newest first."""
    found = []
    for one in _all(records, customer.id):
        field, value = str(one.evidence.params.get("field", "")), str(one.evidence.params.get("value", ""))
        at = datetime.fromisoformat(str(one.evidence.params.get("at") or one.created_at.isoformat()))
        held = {"name": customer.name, "email": customer.email, "phone": _national(customer.phone)}.get(field)
        if one.evidence.code == "correction_made" or one.state is FollowUpState.DONE or _national(value) == held:
            state: Literal["waiting", "done", "declined"] = "done"
        else:
            state = "declined" if one.state is FollowUpState.DISMISSED else "waiting"
        found.append(Request("birthday" if field == "removed" else field, value, at, state))
    return sorted(found, key=lambda each: each.at, reverse=True)


def _all(records: Records, customer_id: str) -> list[FollowUp]:
    return [one for one in records.find(FollowUp, customer_id=customer_id) if one.cause is Cause.CORRECTION]


def _birthday(form: Mapping[str, str], customer: Customer) -> tuple[str, bool]:
    """Return month and day as they are kept, and whether such a day exists; not given at all is left as it is."""
    if "month" not in form and "day" not in form:
        return customer.birthday, True
    month, day = cleaned(form.get("month", "")), cleaned(form.get("day", ""))
    if not month and not day:
        return "", True
    if not re.fullmatch(r"\d{1,2}", month, re.ASCII) or not re.fullmatch(r"\d{1,2}", day, re.ASCII):
        return "", False
    there = 1 <= int(month) <= 12 and 1 <= int(day) <= _DAYS[int(month) - 1]
    return (f"{int(month):02}-{int(day):02}", True) if there else ("", False)


def _differs(said: Mapping[str, str], customer: Customer) -> bool:
    return any(_national(value) != _national(str(getattr(customer, name))) for name, value in said.items())


def _national(phone: str) -> str:
    """Return a Japanese number as it is dialled here; anything else as it is."""
    return f"0{phone[3:]}" if phone.startswith("+81") else phone


def cleaned(text: str) -> str:
    """Return what was typed in one spelling (NFKC), without what does not print, and with single spaces."""
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain).split())
