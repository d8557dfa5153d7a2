"""docs/accuracy.md: no error is larger than it says is allowed, and what is excepted has to be."""

import pytest

from documents import accuracy, structural_accuracy


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_derivative_is_off_by_more_than_a_few_units_of_the_last_place():
    rows = [worst for family in accuracy.audit().values() for worst in family]
    assert {worst.name for worst in rows if worst.ulp > accuracy.LIMIT} == set(accuracy.EXCEPTIONS)
    assert sum(worst.ulp > 0 for worst in rows) > 50


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_cotangent_of_a_structural_function_is_off_by_more_than_a_few_units():
    families, missing = structural_accuracy.audit()
    rows = [worst for family in families.values() for worst in family]
    beyond = {worst.name for worst in rows if worst.units > structural_accuracy.LIMIT}
    assert beyond == set(structural_accuracy.EXCEPTIONS)
    assert len(rows) > 100
    assert len(missing) < 20


def test_the_committed_document_names_every_exception():
    text = accuracy.TARGET.read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in (*accuracy.EXCEPTIONS, *structural_accuracy.EXCEPTIONS))
