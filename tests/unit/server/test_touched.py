"""When the customers whose records changed are thought about."""

from sync.server.touched import MANY, PATIENCE, QUIET, Touched


def people(number: int, first: int = 0) -> set[str]:
    return {f"customer-{each:04}" for each in range(first, first + number)}


def test_a_few_are_taken_at_once() -> None:
    """What staff do shows within a tick."""
    assert Touched().take({"b", "a"}) == ["a", "b"]


def test_nobody_is_taken_twice() -> None:
    """Whoever was taken comes again only when touched again."""
    touched = Touched()
    touched.take({"a"})
    assert touched.take(set()) == []
    assert touched.take({"a"}) == ["a"]


def test_an_import_is_waited_for_also_where_it_is_slow() -> None:
    """Once many wait, a tick that brings only a few more lets them wait on, and so does a short pause; a long one ends it."""
    touched = Touched()
    assert touched.take(people(MANY + 1)) == []
    for fresh in (*[set[str]()] * (QUIET - 1), people(3, first=900), *[set[str]()] * (QUIET - 1)):
        assert touched.take(fresh) == []
    assert touched.take(set()) == sorted(people(MANY + 1) | people(3, first=900))


def test_an_import_without_end_is_not_waited_for() -> None:
    """A shop whose records change all the time gets its follow-ups all the same."""
    touched = Touched()
    waited = 0
    while not (taken := touched.take(people(MANY + 1))):
        waited += 1
    assert waited == PATIENCE
    assert taken == sorted(people(MANY + 1))


def test_everybody_makes_the_few_needless() -> None:
    """After a run over all customers nobody is left."""
    touched = Touched()
    touched.take(people(MANY + 1))
    touched.clear()
    assert touched.take(set()) == []
