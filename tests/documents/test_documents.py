"""The documents that are made of the tests say what the tests say."""

import pytest

from documents import errors, gallery, language, supported

DOCUMENTS = [
    (language.TARGET, language.language),
    (errors.TARGET, errors.errors),
    (supported.TARGET, supported.supported),
    (supported.TABLE, supported.table),
]


@pytest.mark.parametrize(("document", "text"), DOCUMENTS)
def test_the_committed_document_is_current(document, text):
    if document in (supported.TARGET, supported.TABLE) and supported.VERSIONS not in supported.TARGET.read_text():
        pytest.skip("the names are those of other versions of NumPy and Python")
    assert document.read_text(encoding="utf-8") == text(), f"{document.name} is stale: run `make docs`"


def test_what_is_refused_with_a_reason_or_not_yet_is_few():
    every = [row for row in supported.rows() if row.name.rpartition(".")[0] in ("numpy", "numpy.linalg")]
    missing = [row for row in every if row.status == supported.NOT_YET]
    assert len(missing) < 0.1 * len(every)


@pytest.mark.parametrize("exhibit", gallery.EXHIBITS, ids=lambda e: e.title)
def test_each_message_has_a_way_out_and_a_place(exhibit):
    said = errors.message(exhibit)
    assert "\n  do:  " in said
    if exhibit.group not in (gallery.ASKING, gallery.MEMORY):
        assert 'File "model.py", line ' in said
        assert "^" in said
