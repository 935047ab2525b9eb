"""What every connector must do, whichever source it reads: one list of them, one set of behaviours."""

import base64
import gzip
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.connectors import registry
from sync.connectors.segment import SegmentConnector
from sync.errors import BadInput, NotSignedIn, TooLarge
from sync.ports import Parsed, WebhookConnector
from sync.settings import ServerSettings

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEY = "a-write-key"


class Case(NamedTuple):
    """One connector with what it takes for genuine."""

    connector: WebhookConnector
    path: str
    headers: dict[str, str]
    body: Callable[[list[Any]], bytes]
    """Makes a body of several events."""
    event: dict[str, Any]
    """A good event."""
    wrong_headers: list[dict[str, str]]


def basic(user: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:".encode()).decode()}


PRODUCT = {"product_id": "p1", "sku": "p1-M", "price": 32000, "quantity": 1}
CASES = [
    Case(
        connector=SegmentConnector(KEY, lambda: NOW),
        path="/v1/batch",
        headers=basic(KEY),
        body=lambda events: json.dumps({"batch": events, "sentAt": NOW.isoformat()}).encode(),
        event={
            "type": "track",
            "event": "Order Completed",
            "messageId": "m-1",
            "userId": "u1",
            "anonymousId": "a1",
            "timestamp": "2026-11-21T10:00:00+09:00",
            "properties": {"order_id": "1", "affiliation": "ginza", "total": 32000, "products": [PRODUCT]},
        },
        wrong_headers=[
            {},
            basic("another"),
            basic(KEY + "x"),
            {"authorization": "Bearer " + KEY},
            {"authorization": "Basic !!!"},
            {"authorization": "Basic /w=="},
            {"authorization": ""},
        ],
    ),
]
every = pytest.mark.parametrize("case", CASES, ids=lambda case: case.connector.name)


def test_every_registered_connector_is_held_to_this() -> None:
    """A connector that is added to the registry is added here."""
    named = {connector.name for connector in registry(ServerSettings(), lambda: NOW)}
    assert named == {case.connector.name for case in CASES}


def read(case: Case, body: bytes) -> Parsed:
    case.connector.authenticate(case.headers, body)
    return case.connector.parse(case.path, case.headers, body)


@every
def test_a_good_event_becomes_facts_that_can_be_told_apart(case: Case) -> None:
    """Each fact names its source and an id there, and the same post gives the same facts."""
    first, again = (read(case, case.body([case.event])) for _ in range(2))
    assert first.facts
    assert first.errors == ()
    assert first == again
    assert all(fact.source == case.connector.name and fact.source_id for _, fact in first.facts)


@every
def test_gzip_reads_the_same(case: Case) -> None:
    """A body may be packed."""
    assert read(case, gzip.compress(case.body([case.event]))) == read(case, case.body([case.event]))


@every
def test_who_is_not_the_source_is_sent_away(case: Case) -> None:
    """Missing, wrong or broken credentials raise NotSignedIn."""
    for headers in case.wrong_headers:
        with pytest.raises(NotSignedIn):
            case.connector.authenticate(headers, case.body([case.event]))


def test_without_a_key_nobody_is_let_in() -> None:
    """An installation that never set a write key takes no posts, also not with an empty key."""
    (connector,) = registry(ServerSettings(), lambda: NOW)
    with pytest.raises(NotSignedIn):
        connector.authenticate(basic(""), b"{}")


@every
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b"{", b"\xff\xfe", b"NaN", b'{"batch": NaN}', b"[" * 100_000, b"\x1f\x8b"),
        *(
            b"\x1f\x8bgarbage",
            gzip.compress(b'{"batch": []}', mtime=0)[:-9],
            b'{"batch": {}}',
            b'{"batch": 1' + b"0" * 5000 + b"}",
        ),
    ],
)
def test_nonsense_is_bad_input(case: Case, body: bytes) -> None:
    """A body of which nothing can be understood raises BadInput."""
    with pytest.raises(BadInput):
        read(case, body)


@every
def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(case: Case) -> None:
    """The limit counts what comes out."""
    with pytest.raises(TooLarge):
        read(case, gzip.compress(b" " * 50_000_000, mtime=0))


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()), max_size=12)
    | st.sampled_from(
        ["", "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-12:00", "1e999", "NaN", "2026-02-30T10:00Z"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to everything inside a value of JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(way for key, part in inner for way in places(part, (*at, key)))]


def with_junk(value: Any, way: tuple[Any, ...], junk: Any) -> Any:
    """Return the value with something else at the end of the way."""
    if not way:
        return junk
    if isinstance(value, dict):
        return {**value, way[0]: with_junk(value[way[0]], way[1:], junk)}
    return [with_junk(part, way[1:], junk) if index == way[0] else part for index, part in enumerate(value)]


@every
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_malformed_event_is_named_and_its_neighbours_are_taken(case: Case, data: st.DataObject) -> None:
    """Whatever stands in one place of one event: no exception, an error of that event or a fact of it, the others whole."""
    bad = with_junk(case.event, data.draw(st.sampled_from(places(case.event))), data.draw(JUNK))
    good = {**case.event, "messageId": "m-2"}
    parsed = read(case, case.body([bad, good, {**good, "messageId": "m-3"}]))
    assert {row for row, _ in parsed.facts} >= {2, 3}
    assert {error.row for error in parsed.errors} <= {1}
    assert all(error.field and error.message for error in parsed.errors)
    for _, fact in parsed.facts:
        fact.model_dump_json().encode()


@every
def test_a_thousand_mangled_bodies_raise_nothing_but_our_errors(case: Case) -> None:
    """Bytes cut, doubled, flipped or put in anywhere are either read or refused as BadInput."""
    body = case.body([case.event] * 3)
    dice = random.Random(20261122)
    refused = 0
    for _ in range(1000):
        mangled = bytearray(body)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(mangled) or 1)
            match dice.randrange(4):
                case 0 if mangled:
                    mangled[at] = dice.randrange(256)
                case 1:
                    mangled[at:at] = bytes(dice.choices(range(256), k=dice.randint(1, 8)))
                case 2:
                    del mangled[at : at + dice.randint(1, 20)]
                case _:
                    mangled = mangled[: max(1, at)]
        try:
            parsed = read(case, bytes(mangled))
        except BadInput:
            refused += 1
        else:
            assert all(error.field and error.message for error in parsed.errors)
    assert 500 < refused <= 1000
