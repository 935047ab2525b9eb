"""The workload of the benchmark is what it says it is: real records, of the size it names, the same at every run."""

from itertools import islice

from sync.model.kinds import CUSTOMER_KINDS, RECORD_TYPES
from tests.bench.sync import workload


def test_every_record_is_in_wire_form() -> None:
    """Each record reads as the model of its kind and is written again without any difference."""
    for row in workload.rows(20, children=60):
        assert RECORD_TYPES[row.kind].model_validate(row.data).to_wire() == row.data


def test_a_customer_is_about_650_bytes() -> None:
    """The mean of the payload is within 10% of what the table of the benchmark says."""
    sizes = [len(workload.encode(one).encode()) for one in workload.customers(500)]
    assert 585 <= sum(sizes) / len(sizes) <= 715


def test_the_same_seed_makes_the_same_records() -> None:
    """Two runs agree, a smaller workload is the beginning of a larger one, and another seed makes another."""
    assert list(workload.rows(5, 40)) == list(workload.rows(5, 40))
    assert list(workload.customers(5)) == list(islice(workload.customers(50), 5))
    assert workload.customer(3) != workload.customer(3, seed=8)


def test_every_kind_of_a_customers_range_is_there() -> None:
    """Sixty child records hold each kind of the design; ids are never given twice."""
    made = list(workload.rows(3, children=60))
    assert {row.kind for row in made} == set(CUSTOMER_KINDS)
    assert len({(row.kind, row.id) for row in made}) == len(made) == 3 * 61


def test_a_changed_customer_differs_from_before() -> None:
    """A catch-up carries customers that are there already, each once and each with other content."""
    before = {one["id"]: one for one in workload.customers(100)}
    after = list(workload.changed(100, 20))
    assert len({one["id"] for one in after}) == 20
    assert all(before[one["id"]] != one for one in after)
