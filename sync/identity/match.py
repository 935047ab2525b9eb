"""Finds the customer that a reference means, by names that are hers alone.

Names are asked from the strongest to the weakest. Two names of one reference that belong to two customers never make
them one silently: the stronger name decides, the other stays where it is, and the pair is reported for a person to look
at (a family's shared telephone and a mistyped card both look like this).
"""

from sync.identity.clean import Problem, clean
from sync.model.source import AnyFact, CustomerRef
from sync.ports import IdentityStore, Resolution

STRONGEST_FIRST = ("member_number", "user_id", "line_user_id", "email", "phone", "anonymous_id")
ONE_EACH = ("member_number",)
"""A customer has at most one of these: another one means another customer."""


class IdentityResolver:
    """The deterministic resolver (implements `sync.ports.Resolver`)."""

    def clean(self, fact: AnyFact) -> tuple[AnyFact, tuple[Problem, ...]]:
        """See `sync.identity.clean.clean`."""
        return clean(fact)

    def resolve(self, ref: CustomerRef, store: IdentityStore) -> Resolution:
        """Say whom the reference means, which of its names may be linked to her, and who else was named.

        `customer_id` is None where nobody is known by a name of it. An id that `store.is_visitor` is somebody who has
        not told us who she is: she is absorbed by whoever a name tells her to be.
        """
        names = [(kind, value) for kind in STRONGEST_FIRST if (value := getattr(ref, kind))]
        found = [(kind, value, store.find(kind, value)) for kind, value in names]
        chosen, by = _choose(found, store)
        conflicts: list[tuple[str, str]] = []
        absorbed: list[str] = []
        free: list[tuple[str, str]] = []
        for kind, value, owner in found:
            if owner is None:
                if chosen is None or kind not in ONE_EACH or not store.names_of(chosen, kind):
                    free.append((kind, value))
            elif owner == chosen:
                continue
            elif store.is_visitor(owner):
                absorbed.append(owner)
            elif kind != "anonymous_id":  # a browser that two people share says nothing about either
                conflicts.append((kind, owner))
        return Resolution(
            customer_id=chosen,
            by=by,
            free=tuple(free),
            absorbed=tuple(dict.fromkeys(absorbed)),
            conflicts=tuple(conflicts),
        )


def _choose(found: list[tuple[str, str, str | None]], store: IdentityStore) -> tuple[str | None, str]:
    """Return the customer of the strongest known name, or none where a stronger name can only be somebody new's."""
    unknown: list[str] = []
    for kind, _, owner in found:
        if owner is None:
            unknown.append(kind)
        elif store.is_visitor(owner):
            continue
        else:
            # Another card is another person. Another web account is, too, where only the browser is the same.
            telling = unknown if kind == "anonymous_id" else [name for name in unknown if name in ONE_EACH]
            if not any(store.names_of(owner, name) for name in telling):
                return owner, kind
    return None, ""
