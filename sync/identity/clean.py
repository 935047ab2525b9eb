"""Brings a fact's names of people into the one spelling that is stored and compared."""

import re
from collections.abc import Callable
from typing import Any

from sync.identity import normalise
from sync.model.base import Frozen
from sync.model.source import AnyFact, CustomerFact, CustomerRef, IdentityFact, StaffFact

Problem = tuple[str, str]
"""A field and what is wrong with it, the message completing "the field ..."."""

_REF: dict[str, Callable[[str], str]] = {
    "member_number": normalise.tidy,
    "user_id": normalise.opaque,
    "anonymous_id": normalise.opaque,
    "line_user_id": normalise.opaque,
    "email": normalise.email,
    "phone": normalise.phone,
}
_PERSON: dict[str, Callable[[str], str]] = {
    "family_name": normalise.tidy,
    "given_name": normalise.tidy,
    "family_kana": normalise.kana,
    "given_kana": normalise.kana,
    "phone": normalise.phone,
    "email": normalise.email,
}
_TOKEN = re.compile(r"\S{1,1024}")
_LONGEST = 254
"""Of any name of a customer: the longest mail address (RFC 5321), and what an index can hold."""


def clean(fact: AnyFact) -> tuple[AnyFact, tuple[Problem, ...]]:
    """Return the fact in stored spelling, and what of it could not be brought there. A fact with problems is not taken."""
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    ref = getattr(fact, "ref", None)
    if isinstance(ref, CustomerRef):
        changes = _applied(ref, _REF, problems)
        if changes:
            ref = ref.model_copy(update=changes)
        changes = {"ref": ref} if changes else {}
        if not problems and not any(getattr(ref, kind) for kind in _REF):
            problems.append(("ref", "names nobody: at least one of " + ", ".join(_REF) + " is needed"))
    if isinstance(fact, CustomerFact):
        changes |= _applied(fact, _PERSON, problems)
    elif isinstance(fact, StaffFact):
        changes |= _applied(
            fact, {name: how for name, how in _PERSON.items() if name.endswith(("name", "kana"))}, problems
        )
    elif isinstance(fact, IdentityFact) and fact.traits:
        changes["traits"] = _traits(fact.traits)
    unique = tuple(dict.fromkeys(problems))
    return (fact.model_copy(update=changes) if changes else fact), unique


def _applied(value: Frozen, rules: dict[str, Callable[[str], str]], problems: list[Problem]) -> dict[str, str]:
    changes: dict[str, str] = {}
    for name, rule in rules.items():
        before: str = getattr(value, name)
        if not before:
            continue
        if len(before) > _LONGEST:
            problems.append((name, f"is longer than {_LONGEST} characters"))
            continue
        try:
            after = rule(before)
        except ValueError as error:
            problems.append((name, str(error)))
            continue
        if after != before:
            changes[name] = after
    return changes


def _traits(traits: dict[str, Any]) -> dict[str, Any]:
    """Keep of what a web shop said about a person what can be read; the rest of it is no reason to lose the link."""
    kept: dict[str, Any] = {}
    for name, rule in _PERSON.items():
        value = traits.get(name)
        if isinstance(value, str) and len(value) <= _LONGEST:
            try:
                kept[name] = rule(value)
            except ValueError:
                continue
    token = traits.get("app_token")
    if isinstance(token, str) and _TOKEN.fullmatch(token):
        kept["app_token"] = token
    return {name: value for name, value in kept.items() if value}
