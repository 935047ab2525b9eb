"""What goes with a visit of a note that was begun, and what a colleague's form makes of it."""

from hypothesis import given
from hypothesis import strategies as st

from clienteling.note_draft import LONGEST, MOST_PRODUCTS, NoteDraft, goes_along, taken_up
from sync.model.catalogue import Product
from sync.model.customer import Feeling, VisitDraft

THINGS = tuple(Product(id=one, code=one, name=one, category="dress") for one in ("dress", "knit", "coat"))
IDS = st.lists(st.sampled_from([*(one.id for one in THINGS), "not-here"]), unique=True, max_size=4).map(tuple)
TEXTS = st.sampled_from(["", "紺をお探し", "Mで", "長" * (LONGEST - 2)])
TAGS = st.lists(st.sampled_from(["fitting", "gift"]), unique=True).map(tuple)
GIVEN = st.builds(
    VisitDraft, begun_by=st.just("misaki"), text=TEXTS, tags=TAGS, feeling=st.none() | st.sampled_from(Feeling),
    product_ids=IDS,
)  # fmt: skip
FORMS = st.builds(
    NoteDraft,
    tags=TAGS,
    feeling=st.sampled_from(["", "happy"]),
    text=TEXTS,
    products=st.lists(st.sampled_from(THINGS), unique=True, max_size=3).map(tuple),
    confidential=st.booleans(),
)


@given(FORMS, st.none() | GIVEN, st.booleans())
def test_nothing_confidential_goes_along(mine: NoteDraft, before: VisitDraft | None, goes_on: bool) -> None:
    """Not its words, and not what it was made of: where it goes on with what came, that is taken away too."""
    if goes_on and before is not None:
        mine = taken_up(mine, before, THINGS)
    mine = NoteDraft(**{**vars(mine), "confidential": True})
    along = goes_along(mine, "aki", before)
    assert along is None or along.is_empty
    if goes_on and before is not None:
        assert along is not None


@given(FORMS, GIVEN)
def test_no_words_are_lost_on_the_way(mine: NoteDraft, before: VisitDraft) -> None:
    """Two notes that were begun go along as one, the earlier first and in its writer's name; as far as there is room."""
    mine = NoteDraft(**{**vars(mine), "confidential": False})
    along = goes_along(mine, "aki", before)
    if mine.is_empty:
        assert along is None, "what came stays as it is"
        return
    assert along is not None
    assert along.begun_by == "misaki"
    assert along.text == "\n".join(filter(None, (before.text, mine.text)))[:LONGEST].strip()
    assert set(along.tags) == {*before.tags, *mine.tags}
    assert set(along.product_ids) == {*before.product_ids, *(one.id for one in mine.products)}
    assert len(along.product_ids) <= MOST_PRODUCTS
    assert along.feeling == (mine.feeling or before.feeling)


@given(GIVEN)
def test_a_form_that_goes_on_with_it_brings_it_back_whole(before: VisitDraft) -> None:
    """Taken up and given on unchanged, it is what it was, but for what this tablet does not hold."""
    form = taken_up(NoteDraft(), before, THINGS)
    assert form.taken == before
    along = goes_along(form, "aki", before)
    assert along is not None
    if form.is_empty:
        assert along.is_empty
        return
    held = {one.id for one in THINGS}
    assert along == before.model_copy(update={"product_ids": tuple(one for one in before.product_ids if one in held)})


@given(FORMS)
def test_ones_own_goes_in_ones_own_name(mine: NoteDraft) -> None:
    """Where nothing came before."""
    along = goes_along(mine, "aki", None)
    if mine.is_empty or mine.confidential:
        assert along is None
    else:
        assert along is not None
        assert (along.begun_by, along.text, along.tags) == ("aki", mine.text, mine.tags)
