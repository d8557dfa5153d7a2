"""The documents that are made of the tests say what the tests say."""

import pytest

from documents import errors, gallery, language


@pytest.mark.parametrize(("document", "text"), [(language.TARGET, language.language), (errors.TARGET, errors.errors)])
def test_the_committed_document_is_current(document, text):
    assert document.read_text(encoding="utf-8") == text(), f"{document.name} is stale: run `make docs`"


@pytest.mark.parametrize("exhibit", gallery.EXHIBITS, ids=lambda e: e.title)
def test_each_message_has_a_way_out_and_a_place(exhibit):
    said = errors.message(exhibit)
    assert "\n  do:  " in said
    if exhibit.group not in (gallery.ASKING, gallery.MEMORY):
        assert 'File "model.py", line ' in said
        assert "^" in said
