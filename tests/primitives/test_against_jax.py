"""Rules on complex operands against JAX, whose convention they follow, wherever it has the function under this name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from primitives.case import Case
from primitives.conftest import Comparisons
from primitives.test_complex import TAKEN, cotangent, each, forward, inexact, pulled_back

jax = pytest.importorskip("jax", reason="JAX comes with the bench extra")
jnp = jax.numpy

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")

WRONG_THERE = {"phase"}  # JAX takes z/|z| for a constant; differences say that it is not


def twin(case: Case) -> Callable[..., Any] | None:
    """JAX's function of the same name."""
    path = case.prim.spelling.removeprefix("np.").split(".")
    found: Any = jnp
    for name in path if path[-1].isidentifier() else [case.name]:
        found = getattr(found, name, None)
    return found if callable(found) else getattr(jnp, case.name.rstrip("_"), None)


def one_of_each(cases: Iterable[Case]) -> list[Case]:
    """One case for each row and choice of complex operands: JAX compiles each of them."""
    found = {
        (c.name, tuple(map(np.iscomplexobj, c.operands))): c for c in cases if twin(c) and c.name not in WRONG_THERE
    }
    return list(found.values())


@pytest.fixture(autouse=True)
def double_precision() -> Any:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("case", one_of_each(TAKEN), ids=str)
def test_the_pullback_is_that_of_jax(case: Case, compare: Comparisons) -> None:
    function = twin(case)
    assert function is not None
    places = [k for k, o in enumerate(case.operands) if inexact(o)]

    def of_active(*active: Any) -> Any:
        operands = list(case.operands)
        for k, value in zip(places, active, strict=True):
            operands[k] = value
        return function(*operands, **case.attrs)

    out = forward(case)
    try:
        theirs, pull = jax.vjp(of_active, *(case.operands[k] for k in places))
    except (TypeError, ValueError, NotImplementedError, AttributeError) as error:
        pytest.skip(f"JAX does not take these arguments: {error}")
    pairs = list(zip(each(out), each(theirs), strict=True))
    if not all(np.shape(a) == np.shape(b) and np.allclose(a, b) for a, b in pairs):
        pytest.skip("JAX computes something else by this name")
    g = cotangent(out)
    bars = pulled_back(case, g)
    leaves = [jnp.asarray(part, b.dtype) for part, (_, b) in zip(each(g), pairs, strict=True)]
    given = jax.tree.unflatten(jax.tree.structure(theirs), leaves)
    for k, bar in zip(places, pull(given), strict=True):
        mine = bars[k] if bars[k] is not None else np.zeros(np.shape(case.operands[k]))
        np.testing.assert_allclose(mine, bar, rtol=1e-9, atol=1e-10)
        compare.count += np.size(bar)
