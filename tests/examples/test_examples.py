"""The examples: each runs, its committed gradient is what the compiler writes today, and agrees with differences."""

import importlib
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import optree
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
FOLDERS = [EXAMPLES, EXAMPLES / "blocks", EXAMPLES / "digits"]

_generate = runpy.run_path(str(EXAMPLES / "generate.py"))
BUILDS: dict[str, tuple[str, str, str]] = _generate["BUILDS"]
command: Callable[..., list[str]] = _generate["command"]
output: Callable[[str], str] = _generate["output"]

Import = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Import]:
    """Import modules of the examples by their bare names, as the examples themselves do, and forget them afterwards."""
    before = set(sys.modules)
    for folder in FOLDERS:
        monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(EXAMPLES):
            del sys.modules[name]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        arguments, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8"
    )


def arrays(tree: Any) -> list[np.ndarray[Any, Any]]:
    return [leaf for leaf in optree.tree_leaves(tree) if isinstance(leaf, np.ndarray)]


def committed(name: str, load: Import) -> tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...], list[str]]:
    """The function, its committed value and gradient, arguments, and what it is differentiated by."""
    function, args, wrt = BUILDS[name]
    path, title = function.split(":")
    path_of_args, title_of_args = args.split(":")
    primal = getattr(load(Path(path).stem), title)
    generated = getattr(load(f"{name}_grad"), f"{title}_value_and_grad")
    return primal, generated, getattr(load(Path(path_of_args).stem), title_of_args)(), wrt.split(",")


@pytest.mark.parametrize("name", BUILDS)
def test_committed_gradient_is_up_to_date(name: str) -> None:
    done = run(*command(name, "--check"))
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nrun `make examples`, and read what changed"


@pytest.mark.parametrize("name", BUILDS)
def test_committed_gradient_needs_numpy_only(name: str) -> None:
    folder = str((ROOT / output(name)).parent)
    script = f"import sys; sys.path.insert(0, {folder!r}); before = set(sys.modules)\n"
    done = run(sys.executable, "-c", f"{script}import {name}_grad; print(*set(sys.modules) - before)")
    assert done.returncode == 0, done.stderr
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert f"{name}_grad" in loaded
    assert loaded - {f"{name}_grad", "pullback_runtime"} <= sys.stdlib_module_names | {"numpy"}


@pytest.mark.parametrize("name", BUILDS)
def test_committed_gradient_agrees_with_central_differences(name: str, load: Import) -> None:
    """Along a random direction in each leaf of each parameter, so that an error in one array cannot hide in another."""
    primal, generated, args, wrt = committed(name, load)
    before = [np.copy(array) for array in arrays(args)]
    value, gradient = generated(*args)
    assert value == pytest.approx(primal(*args), rel=1e-13)
    unchanged = all(np.array_equal(a, b) for a, b in zip(before, arrays(args), strict=True))
    assert unchanged, "an argument was overwritten"

    names = primal.__code__.co_varnames[: primal.__code__.co_argcount]
    positions = [names.index(parameter) for parameter in wrt]
    gradients = gradient if len(wrt) > 1 else (gradient,)
    rng = np.random.default_rng(0)
    for position, cotangent in zip(positions, gradients, strict=True):
        leaves, structure = optree.tree_flatten(args[position])
        bars, structure_of_bars = optree.tree_flatten(cotangent)
        assert structure == structure_of_bars
        for k, (leaf, bar) in enumerate(zip(leaves, bars, strict=True)):
            assert np.shape(bar) == np.shape(leaf)
            direction = rng.normal(size=np.shape(leaf))

            def along(t: float, position: int = position, k: int = k, direction: Any = direction) -> float:
                leaves, structure = optree.tree_flatten(args[position])
                leaves[k] = leaves[k] + t * direction
                moved = optree.tree_unflatten(structure, leaves)
                return float(primal(*args[:position], moved, *args[position + 1 :]))

            h = 1e-6  # small, so that no unit crosses its kink between the two points
            difference = (along(h) - along(-h)) / (2 * h)
            assert np.sum(bar * direction) == pytest.approx(difference, rel=1e-6, abs=1e-8)


SCRIPTS = {
    "walkthrough.py": ["loss = 9.0", "dw = 18", "dx = 12", "db = 6", "dy = -6", "def loss_value_and_grad"],
    "sum_of_squares.py": ["df/dx = [ 2. -4.  6.]", "df/dy = [ 1.  0. -8.]", "f = 0"],
    "two_layer_relu.py": ["step 4", "after:"],
    "deep_network.py": ["accuracy 100.0%"],
    "mlp3.py": ["layer 3"],
    "gradient_check.py": ["best step", "plotted in"],
    "optimizers.py": ["SGD", "Momentum", "Adam"],
    "blocks/residual.py": ["30"],
    "blocks/batch_norm.py": ["dL/dgamma"],
    "blocks/layer_norm.py": ["10.0000"],
    "blocks/dropout.py": ["no    0.0000"],
    "blocks/gelu_tanh.py": ["gelu'(  0.0) =  0.50000"],
    "blocks/gelu_erf.py": ["by math.erf"],
    "digits/train.py": ["test accuracy", "pullback imported: False"],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_example_runs(script: str, tmp_path: Path) -> None:
    picture = [str(tmp_path / "picture.png")] if script == "gradient_check.py" else []
    done = run(sys.executable, "-W", "error", str(EXAMPLES / script), *picture)
    assert done.returncode == 0, done.stdout + done.stderr
    for expected in SCRIPTS[script]:
        assert expected in done.stdout
    assert all(Path(path).stat().st_size > 10_000 for path in picture)


def test_every_script_is_run() -> None:
    with_main = {str(p.relative_to(EXAMPLES)) for p in EXAMPLES.rglob("*.py") if "def main(" in p.read_text("utf-8")}
    assert with_main == SCRIPTS.keys() | {"generate.py", "digits/demo.py"}


def test_five_steps_of_descent_lower_the_loss_each_time(load: Import) -> None:
    _, generated, args, _ = committed("two_layer_relu", load)
    *parameters, x, y = args
    losses = []
    for _ in range(5):
        value, gradients = generated(*parameters, x, y)
        losses.append(value)
        parameters = [p - 0.1 * g for p, g in zip(parameters, gradients, strict=True)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.3 * losses[0]


def test_mlp3_agrees_with_torch(load: Import) -> None:
    pytest.importorskip("torch", reason="PyTorch comes with the bench extra")
    _, generated, args, _ = committed("mlp3", load)
    value, gradients = generated(*args)
    expected_value, expected = load("mlp3").torch_value_and_grad(*args)
    assert value == pytest.approx(expected_value, rel=1e-12)
    for ours, theirs in zip(gradients, expected, strict=True):
        assert type(ours) is tuple
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-15)


def test_adam_follows_its_paper(load: Import) -> None:
    """The first step of Adam has the length of the learning rate in every coordinate, whatever the gradient."""
    optimizers = load("optimizers")
    params = {"w": np.array([1.0, -2.0, 3.0])}
    stepped = optimizers.Adam(0.1).step(params, {"w": np.array([1e-3, -5.0, 700.0])})
    np.testing.assert_allclose(stepped["w"], params["w"] - 0.1 * np.array([1, -1, 1]), rtol=1e-5)


def test_clipping_keeps_the_direction_and_bounds_the_joint_norm(load: Import) -> None:
    gradients = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    clip = load("optimizers").clip_by_global_norm
    clipped, norm = clip(gradients, 1.0)
    assert norm == 5.0
    np.testing.assert_allclose(clipped["a"], [0.6, 0.0])
    np.testing.assert_allclose(clipped["b"], [[0.8]])
    untouched, _ = clip(gradients, 6.0)
    np.testing.assert_array_equal(untouched["a"], gradients["a"])
