"""What the README shows is what happens."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import pullback

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|)\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def example(tmp_path):
    """The module of the README's first block, without its last two lines, which run it."""
    text = BLOCKS[0][1]
    path = tmp_path / "model.py"
    path.write_text(text[: text.index("value, grads")], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_code_shown_is_the_generated_code(example):
    rng = np.random.default_rng(0)
    args = (*(rng.normal(size=s) for s in ((5, 4), (4,), (4, 3), (3,), (6, 5))), rng.integers(0, 3, 6))
    source = example.loss.lower(*args).source
    shown = BLOCKS[1][1]
    assert source[source.index("def loss") :].strip() == shown[shown.index("def loss") :].strip()
    value, grads = example.loss.value_and_grad(*args)
    assert np.isclose(value, example.loss(*args))
    assert [g.shape for g in grads] == [a.shape for a in args[:4]]


def test_the_error_shown_is_the_error(tmp_path):
    (shown,) = (text for _, text in BLOCKS if "pullback.errors" in text or "why:" in text)
    path = tmp_path / "model.py"
    path.write_text(
        "import numpy as np\nimport scipy.linalg\n\n\ndef energy(x):\n"
        "    levels = scipy.linalg.eigvals_banded(x)\n    return np.sum(levels**2)\n",
        encoding="utf-8",
    )
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(pullback.MissingRuleError) as caught:
        pullback.grad(module.energy)(np.ones((2, 3)))
    message = str(caught.value).replace(str(path), "model.py")
    assert f"MissingRuleError: {message}".strip() == shown.strip()
