"""Fields that not every role of a scope may see. They never leave the server with a record: not in a snapshot, a page, a live
row or a look-up. Whoever may see one asks for it, online, and that is put on record (`POST /v1/customers/{id}/reveal`).

Which ones, and why no more of them: staff serve a customer by what is on the tablet, so what is needed to serve (sizes, tastes,
rank, purchases, ordinary notes, that she mourns or is to be left in peace) is open to the whole shop. Withheld is what a
colleague needs no words of: *that* something is so is enough to act rightly, and the why is for whoever answers for it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sync.model.customer import Consent, Interaction
from sync.model.shop import Staff
from sync.model.slip import Slip, SlipKind
from sync.policy.roles import Right, Rule


class Field(NamedTuple):
    """One field that is withheld where `applies` says so of a record's document."""

    kind: str
    name: str
    applies: Callable[[Mapping[str, Any]], bool]
    when: str
    """The same in words."""
    rule: Rule
    author: str
    """The field that names who wrote it: that person may see it too."""
    why: str

    def may_see(self, staff: Staff | None, document: Mapping[str, Any], in_scope: bool) -> bool:
        """Return whether somebody may see the field; `in_scope`: the customer belongs to a shop of the person's own scope.
        Nobody named sees nothing."""
        if staff is None:
            return False
        right = self.rule.right(staff.role)
        return right is Right.ANY or (right is Right.OWN and in_scope) or document.get(self.author) == staff.id


_MANAGERS = Rule(Right.NO, Right.NO, Right.OWN, Right.OWN)

FIELDS: tuple[Field, ...] = (
    Field(
        Consent.kind,
        "wording",
        lambda said: said.get("source") == "staff",
        "entered by staff",
        _MANAGERS,
        "recorded_by",
        "why she is to be left in peace: a loss, an illness, a complaint",
    ),
    Field(
        Interaction.kind,
        "text",
        lambda said: said.get("confidential") is True,
        "marked confidential",
        _MANAGERS,
        "staff_id",
        "what she told one person, not the shop",
    ),
    Field(
        Slip.kind,
        "text",
        lambda said: said.get("slip_kind") == SlipKind.COMPLAINT,
        "a complaint",
        _MANAGERS,
        "owner_id",
        "that it is being handled, and by whom, is all a colleague needs",
    ),
)
_BY_KIND: Mapping[str, tuple[Field, ...]] = {
    kind: tuple(one for one in FIELDS if one.kind == kind) for kind in {one.kind for one in FIELDS}
}
_MARKS: Mapping[str, str] = {Consent.kind: '"wording"', Interaction.kind: '"confidential"', Slip.kind: '"complaint"'}
"""What stands in the JSON of every document of the kind that has something to withhold: it saves parsing the others."""


def withheld(kind: str, document: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the fields of a record that are withheld, whether or not they are in this copy of it."""
    return tuple(one for one in _BY_KIND.get(kind, ()) if one.applies(document))


def open_part(kind: str, document: dict[str, Any]) -> dict[str, Any]:
    """Return a record's document as it may leave the server: the same one where nothing is withheld."""
    shut = {one.name for one in withheld(kind, document)} & document.keys()
    return {name: value for name, value in document.items() if name not in shut} if shut else document


def may_hold(kind: str, text: str) -> bool:
    """Return whether a document, as JSON, may have something to withhold; False is certain."""
    mark = _MARKS.get(kind)
    return mark is not None and mark in text
