"""The index of people through its life: whatever came, changed and went, it finds whom an index of those who are left would."""

from hypothesis import given
from hypothesis import strategies as st

from sync.sealed.people import CustomerIndex

_NAMES = st.sampled_from(["佐藤", "佐々木", "高橋", "阿部", "Miller"])
_NUMBERS = st.sampled_from(["", "1001", "1002", "2001"])
_PERSON = st.fixed_dictionaries(
    {"family_name": _NAMES, "given_name": _NAMES, "member_number": _NUMBERS, "phone": st.sampled_from(["", "0901"])}
)
_IDS = st.sampled_from([str(n) for n in range(6)])
_STEP = st.one_of(
    st.tuples(st.just("update"), st.dictionaries(_IDS, _PERSON, max_size=4)),
    st.tuples(st.just("gone"), st.sets(_IDS, max_size=3)),
    st.tuples(st.just("image"), st.none()),
)
_TYPED = ("佐", "佐藤", "高橋", "m", "miller", "10", "1001", "0901", "佐々木 高橋", "佐藤阿部")


@given(st.dictionaries(_IDS, _PERSON), st.lists(_STEP, max_size=8))
def test_its_life_leaves_no_trace(first: dict[str, dict[str, str]], steps: list[tuple[str, object]]) -> None:
    """Filled, updated, left and opened again in any order: the same answers, in the same order, as made anew of who is left."""
    index, people = CustomerIndex(), dict(first)
    index.fill({"id": one, **person} for one, person in people.items())
    for what, told in steps:
        if isinstance(told, dict):
            index.update({"id": one, **person} for one, person in told.items())
            people |= told
        elif isinstance(told, set):
            index.update([], gone=told)
            people = {one: person for one, person in people.items() if one not in told}
        else:
            assert what == "image"
            index.become(CustomerIndex.of(index.image()))
    fresh = CustomerIndex()
    fresh.fill({"id": one, **person} for one, person in people.items())
    for typed in _TYPED:
        assert index.search(typed, 10) == fresh.search(typed, 10), typed
        assert index.exact(typed) == fresh.exact(typed), typed


def test_a_newcomer_inherits_nothing() -> None:
    """Whoever comes after somebody who was renamed and left is not found by the name of before, nor by her number."""
    index = CustomerIndex()
    index.update([{"id": "1", "family_name": "佐藤"}, {"id": "2", "family_name": "高橋", "member_number": "1002"}])
    index.update([{"id": "2", "family_name": "阿部", "member_number": "2002"}])
    index.update([], gone=["2"])
    for number in range(3, 6):
        index.update([{"id": str(number), "family_name": "井上"}])
    assert index.search("高橋", 10) == []
    assert index.exact("1002") == []
    assert index.search("井上", 10) == ["3", "4", "5"]


def test_a_common_beginning_is_looked_at_so_far() -> None:
    """However many share one token, only as many are looked at as anybody reads; a whole name still comes before them."""
    index = CustomerIndex()
    people = [{"id": f"{n:04d}", "family_name": "佐藤"} for n in range(350)]
    index.fill([*people, {"id": "whole", "family_name": "佐"}])
    found = index.search("佐", 1000)
    assert found[0] == "whole"
    assert len(found) == 300
