"""The examples of the documents, run."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", ["primitives.md"])
def test_examples(name):
    found = doctest.testfile(str(DOCS / name), module_relative=False, optionflags=FLAGS)
    assert found.attempted > 5
    assert found.failed == 0
