"""Ids of what other systems named."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from sync.ids import derived_id, imported_id

NAMESPACE = UUID("8a6e0e3a-6a52-5d3c-9b0e-3f4c1e6b7d21")
words = st.text(st.characters(exclude_categories=["Cs"]))


@given(kind=words, name=words)
def test_an_imported_id_is_the_uuid5_of_kind_and_name(kind: str, name: str) -> None:
    """Any other program can work it out from the standard (RFC 9562, version 5)."""
    assert imported_id(kind, name) == str(uuid5(NAMESPACE, f"{kind}:{name}"))


@given(parts=st.lists(words, min_size=1))
def test_a_derived_id_is_the_uuid5_of_its_parts(parts: list[str]) -> None:
    """Parts are kept apart, so that ("ab", "c") and ("a", "bc") are two."""
    assert derived_id(*parts) == str(uuid5(NAMESPACE, "\x1f".join(["derived", *parts])))
