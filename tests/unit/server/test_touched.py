"""When the customers whose records changed are thought about."""

from sync.server.touched import MANY, PATIENCE, Touched


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
    """Once many wait, a tick that brings only a few more lets them wait on; a pause ends it once it is more than twice
    as long as any before."""
    touched = Touched()
    assert touched.take(people(MANY + 1)) == []
    assert [touched.take(set()) for _ in range(2)] == [[], []]
    assert touched.take(people(3, first=900)) == []
    assert [touched.take(set()) for _ in range(4)] == [[]] * 4
    assert touched.take(set()) == sorted(people(MANY + 1) | people(3, first=900))


def test_the_end_of_a_swift_import_is_soon_clear() -> None:
    """Where every tick brought somebody, three quiet ones are enough, and the pauses of an earlier import are forgotten."""
    touched = Touched()
    for pauses in (5, 0):
        touched.take(people(MANY + 1))
        for _ in range(pauses // 2):
            touched.take(set())
        touched.take(people(MANY + 2))
        ticks = 0
        while not touched.take(set()):
            ticks += 1
        assert ticks == max(2, pauses // 2 * 2)


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
