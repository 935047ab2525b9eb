"""What only customers need: the words they are found by, the ids they had before, and who looks after them."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from sync.model.customer import Customer
from sync.server.feed import Change
from sync.server.repository.rows import batches, upsert
from sync.server.tables import customer_aliases, customer_words, customers, scope_members, visits

_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_LAST = "\U0010ffff"


def fold(text: str) -> str:
    """Return text as it is compared in searches: NFKC, small letters, hiragana as katakana."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)


def words_of(customer: Customer) -> set[str]:
    """Return the folded words by whose beginnings a customer is found."""
    family, given = fold(customer.family_name), fold(customer.given_name)
    family_kana, given_kana = fold(customer.family_kana), fold(customer.given_kana)
    words = {family, given, family + given, family_kana, given_kana, family_kana + given_kana}
    number = fold(customer.member_number)
    words |= {number, number.replace("-", ""), fold(customer.email), *_phone_words(customer.phone)}
    return {word[:120] for word in words if word}


def _phone_words(phone: str) -> Iterable[str]:
    digits = re.sub(r"\D", "", phone)
    if digits:
        yield digits
    if phone.startswith("+81"):  # as people in Japan write it: a trunk 0 in place of the country code
        yield "0" + digits[2:]


def index(conn: Connection, changed: Sequence[Customer]) -> None:
    """Bring search words and former ids up to date with these customers."""
    for batch in batches(customer.id for customer in changed):
        conn.execute(delete(customer_words).where(customer_words.c.customer_id.in_(batch)))
        conn.execute(delete(customer_aliases).where(customer_aliases.c.customer_id.in_(batch)))
    words = [{"word": word, "customer_id": customer.id} for customer in changed for word in sorted(words_of(customer))]
    aliases = [{"alias": alias, "customer_id": customer.id} for customer in changed for alias in customer.aliases]
    if words:
        conn.execute(insert(customer_words), words)
    if aliases:
        conn.execute(upsert(conn, customer_aliases), aliases)  # who merges a merged one takes over her former ids


def survivor_of(conn: Connection, alias: str) -> str | None:
    """Return the customer whom a former id means now, or None."""
    found: str | None = conn.scalar(select(customer_aliases.c.customer_id).where(customer_aliases.c.alias == alias))
    return found


def in_charge_of(conn: Connection, staff_ids: Collection[str]) -> list[str]:
    """Return the customers whom these people look after."""
    return [
        customer_id
        for batch in batches(staff_ids)
        for customer_id in conn.scalars(select(customers.c.id).where(customers.c.person_in_charge_id.in_(batch)))
    ]


def forget(conn: Connection, customer_id: str) -> list[Change]:
    """Take a customer out of search and scopes; return what the feed must say of her own record."""
    mine = scope_members.c.customer_id == customer_id
    scopes = sorted(conn.scalars(select(scope_members.c.scope).where(mine)))
    conn.execute(delete(scope_members).where(mine))
    conn.execute(delete(customer_words).where(customer_words.c.customer_id == customer_id))
    conn.execute(delete(customer_aliases).where(customer_aliases.c.customer_id == customer_id))
    return [Change(scope, "customer", customer_id, customer_id, deleted=True) for scope in scopes]


def _number(word: str) -> str:
    """Return a word of a query; a number without the hyphens and brackets that people write it with."""
    bare = re.sub(r"[-()‐‑–−ー]", "", word)
    return bare if bare.isdigit() else word


def search(conn: Connection, query: str, limit: int) -> list[str]:
    """Return ids of customers of whom every word of the query begins one of hers, in the order of their member numbers."""
    words = [_number(word) for word in fold(query).split()][:5]
    if not words:
        return []
    statement = select(customers.c.id).order_by(customers.c.member_number, customers.c.id).limit(limit)
    for word in words:
        begins = select(customer_words.c.customer_id).where(
            customer_words.c.word >= word, customer_words.c.word < word + _LAST
        )
        statement = statement.where(customers.c.id.in_(begins))
    return list(conn.scalars(statement))


def last_visits(conn: Connection, ids: Collection[str]) -> dict[str, datetime]:
    """Return when each of these customers was last in a shop, as far as visits tell."""
    query = select(visits.c.customer_id, func.max(visits.c.at)).group_by(visits.c.customer_id)
    return {
        customer_id: at
        for batch in batches(ids)
        for customer_id, at in conn.execute(query.where(visits.c.customer_id.in_(batch)))
    }
