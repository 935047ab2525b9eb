"""The tables of roles as markdown, for docs/security: `python -m sync.policy.roles_page docs/security.md` writes them there,
between the markers, and a test holds that they are the same."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from sync.model.shop import Role, Scope
from sync.policy.roles import COMMANDS, ENDPOINTS, USUAL, Door, Rule
from sync.policy.withheld import FIELDS

BEGIN, END = "<!-- roles: begin, written by sync.policy.roles_page -->", "<!-- roles: end -->"
_ROLES = {
    Role.ASSOCIATE: "associate",
    Role.STYLIST: "stylist",
    Role.MANAGER: "manager",
    Role.HEAD_OFFICE: "head office",
}
_DOORS = {
    Door.OPEN: "nothing; it says nothing of anybody",
    Door.CODE: "the one-time code of an enrolment",
    Door.DEVICE: "a device's signature; it gets what is its shop's, whoever holds it",
    Door.STAFF: "a device's signature, and who asks",
    Door.LINK: "a signed or secret link that a customer got",
    Door.SOURCE: "the key or signature of one of the retailer's systems or of a provider",
}
_SCOPES = {
    Scope.SHOP: "the own shop and those where one helps",
    Scope.REGION: "the region",
    Scope.COMPANY: "the company",
}


def as_markdown() -> str:
    """Return every table, each with its heading."""
    return "\n\n".join("\n".join(part) for part in (_scopes(), _commands(), _for_staff(), _doors(), _fields()))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(head)
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _rights(rule: Rule) -> list[str]:
    return [rule.right(role).value for role in _ROLES]


def _scopes() -> Iterator[str]:
    yield "#### How far a role reaches, where nothing else is said of the person\n"
    yield from _table(["role", "scope"], ([_ROLES[role], _SCOPES[USUAL[role]]] for role in _ROLES))


def _commands() -> Iterator[str]:
    yield "#### Commands\n"
    rows = ([f"`{name}`", *_rights(rule), rule.note] for name, rule in COMMANDS.items())
    yield from _table(["command", *_ROLES.values(), "besides"], rows)


def _for_staff() -> Iterator[str]:
    yield "#### Endpoints for staff\n"
    rows = ([f"`{name}`", *_rights(one.rule), one.rule.note] for name, one in ENDPOINTS.items() if one.rule is not None)
    yield from _table(["endpoint", *_ROLES.values(), "besides"], rows)


def _doors() -> Iterator[str]:
    yield "#### The other endpoints\n"
    rows = ([f"`{name}`", _DOORS[one.door]] for name, one in ENDPOINTS.items() if one.rule is None)
    yield from _table(["endpoint", "what it asks for"], rows)


def _fields() -> Iterator[str]:
    yield "#### Fields that are withheld\n"
    rows = ([f"`{one.kind}.{one.name}`", one.when, *_rights(one.rule), one.author, one.why] for one in FIELDS)
    yield from _table(["field", "where", *_ROLES.values(), "and whoever is its", "what it may hold"], rows)


def with_tables(page: str) -> str:
    """Return a page with the tables between its markers; raise ValueError where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n\n{as_markdown()}\n\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
