"""Rules of the user's: what is refused where they are registered, what when they run, and what their gradients are."""

import re
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

import pullback
from pullback.primitives import own
from pullback.primitives.registry import PRIMITIVES, NoDerivative

X = np.array([0.4, -1.2, 2.0])
TABLE = np.arange(3.0)


@pullback.primitive(formula="x * tanh(a * x)", check=True)
def bent(x, a=2.0):
    return x * np.tanh(a * x)


def rolled(x, k):
    return np.roll(x, k)


def unrolled(g, x, k):
    return np.roll(g, -k)


def root_vjp(g, out, c):
    return g / (3 * out**2)


pullback.primitive(rolled, transpose=unrolled, check=True, sample=(X, 1))


@pullback.primitive(vjp=root_vjp, check=True, sample=(np.array([0.3, 5.0]),))
def root(c):
    """By Newton's method, with a test that the compiler would have to follow."""
    x = np.ones_like(c)
    for _ in range(100):
        x = x - (x**3 - c) / (3 * x**2)
        if np.all(np.abs(x**3 - c) < 1e-12):
            break
    return x


@pullback.primitive(formula="x")
def itself(x):
    return x


@pullback.primitive(vjp=lambda g, out, x, y, mode: (None, g * 2.0 if mode == "double" else g, None))
def second(x, y, mode="plain"):
    return y * (2.0 if mode == "double" else 1.0) * TABLE[0] + y * (2.0 if mode == "double" else 1.0)


def slopes(f, x):
    return np.array([(f(x + 1e-6 * e) - f(x - 1e-6 * e)) / 2e-6 for e in np.eye(len(x))])


def in_a_loop(x):
    h = x
    for k in range(3):
        h = rolled(bent(h, 0.5), k) * x
        if h[0] > 0:
            h = h + root(x**2 + 1.0)
    return np.sum(h**2)


def with_static_arguments(x):
    return np.sum(second(x, x, "double") * second(x, x) * second(2.0, x, mode="plain"))


def written_after(x):
    y = x * 2.0
    z = itself(y)
    y[0] = 5.0 * x[1]
    return np.sum(y * z)


def with_numbers(x):
    return bent(x[0]) * bent(0.7, x[1]) + root(2.0) * float(root(x[2]))


@pytest.mark.parametrize("f", [in_a_loop, with_static_arguments, with_numbers])
def test_gradients(f):
    before = X.copy()
    value, gradient = pullback.value_and_grad(f)(X)
    assert value == f(X)
    np.testing.assert_allclose(gradient, slopes(f, X), rtol=1e-6)
    np.testing.assert_array_equal(X, before)
    assert pullback.differentiate(f).verify(X)


def test_what_may_share_memory_is_not_written():
    def squared(x):
        y = itself(x)
        z = y * 2.0 + 1.0
        return np.sum(z * z)

    before = X.copy()
    np.testing.assert_allclose(pullback.grad(squared)(X), 4 * (2 * X + 1.0))
    np.testing.assert_array_equal(X, before)


def test_a_write_into_what_a_black_box_may_have_returned_is_refused():
    with pytest.raises(pullback.AliasingError):
        pullback.grad(written_after)(X)

    def into_the_result(x):
        y = itself(x)
        y[0] = 1.0
        return np.sum(y) * x[0]

    with pytest.raises(pullback.AliasingError):
        pullback.grad(into_the_result)(X)


def test_the_function_itself_is_what_is_differentiated():
    assert pullback.grad(bent)(0.3, 2.0) == pytest.approx(np.tanh(0.6) + 0.6 / np.cosh(0.6) ** 2)
    assert pullback.grad(root)(8.0) == pytest.approx(1 / 12)


def test_constants_are_given_to_the_function_when_it_runs():
    def constant(x):
        return x * root(27.0)

    assert "root(27.0)" in pullback.differentiate(constant).lower(1.5).source
    assert pullback.grad(constant)(1.5) == pytest.approx(3.0)


def test_dtypes_are_those_of_the_operands():
    x = X.astype(np.float32)
    assert pullback.grad(lambda x: np.sum(rolled(bent(x), 1) * x))(x).dtype == np.float32
    assert pullback.grad(lambda x: np.sum(root(x) ** 2))(np.abs(x)).dtype == np.float32


def test_complex_operands_of_a_formula():
    z = np.array([0.3 + 0.4j, -0.2 + 1.0j])
    found = pullback.grad(lambda z: np.sum(np.abs(bent(z)) ** 2))(z)
    slopes = [(lambda f: (f(1e-6) - f(-1e-6)) / 2e-6)(lambda h, u=u: np.abs(bent(z + h * u)) ** 2) for u in (1.0, 1j)]
    np.testing.assert_allclose(found, slopes[0] - 1j * slopes[1], rtol=1e-8)
    narrow = pullback.grad(lambda z: np.sum(np.abs(bent(z)) ** 2))(z.astype(np.complex64))
    assert narrow.dtype == np.complex64


def test_a_real_result_of_complex_operands():
    power = pullback.primitive(lambda z: np.real(z) ** 2 + np.imag(z) ** 2, vjp=lambda g, out, z: 2 * g * np.conj(z))
    z = np.array([0.3 + 0.4j, -0.2 + 1.0j])
    np.testing.assert_allclose(pullback.grad(lambda z: np.sum(power(z)))(z), 2 * np.conj(z), rtol=1e-15)


@pytest.mark.parametrize(
    ("function", "x"), [(lambda x: x * 1j, X), (lambda x: x * x, X + 1j), (lambda x: complex(x, 1.0), 2.0)]
)
@pytest.mark.parametrize("constant", [False, True])
def test_a_complex_result_of_a_black_box_is_refused_when_it_runs(function, x, constant):
    """Its modulus would be differentiated as that of a real number."""
    box = pullback.primitive(lambda x: function(x), vjp=lambda g, out, x: g)
    program = (lambda x: np.sum(np.abs(box(x)))) if not constant else (lambda x: np.sum(np.abs(box(np.sign(x)) * x)))
    with pytest.raises(TypeError, match="returned complex numbers"):
        pullback.grad(program)(x)


def test_modules_import_the_function_and_its_rule(tmp_path):
    (tmp_path / "model.py").write_text(
        "import numpy as np, pullback\n\n"
        "def cube_vjp(g, out, x):\n    return 3 * g * x * x\n\n"
        "@pullback.primitive(vjp=cube_vjp)\n"
        "def cube(x):\n    return x**3\n\n"
        "@pullback.primitive(vjp=lambda g, out, x: g)\n"
        "def same(x):\n    return x * 1.0\n\n"
        "def loss(x: float):\n    return np.sum(cube(x))\n\n"
        "def other(x: float):\n    return same(x)\n"
    )
    build = [sys.executable, "-c", "from pullback.cli import main; main()", "build"]
    run = partial(subprocess.run, cwd=tmp_path, capture_output=True, text=True, check=False)
    done = run([*build, "model.py:loss", "-o", "loss_grad.py"])
    assert done.returncode == 0, done.stderr + done.stdout
    assert "from model import cube, cube_vjp" in (tmp_path / "loss_grad.py").read_text()
    used = run([sys.executable, "-c", "import loss_grad; print(loss_grad.loss_value_and_grad(2.0))"])
    assert used.stdout.strip() == "(8.0, 12.0)" or "12.0" in used.stdout, used.stderr
    refused = run([*build, "model.py:other", "-o", "other_grad.py"])
    assert refused.returncode != 0


def test_the_rule_of_a_linear_function_is_closed():
    prim = own.RULES[rolled]
    g = np.array([1.0, 2.0, 3.0])
    (bar, _) = prim.vjp(g, rolled(X, 1), [X, 1], {}, [True, False])
    np.testing.assert_array_equal(bar, unrolled(g, X, 1))
    transposed = next(p for name, p in PRIMITIVES.items() if name.endswith("unrolled"))
    again, *_ = transposed.vjp(g, bar, [g, X, 1], {}, [True, False, False])
    np.testing.assert_array_equal(again, rolled(g, 1))
    np.testing.assert_array_equal(prim.jvp([g, None], None, [X, 1], {}), rolled(g, 1))
    with pytest.raises(NoDerivative, match="another than its first operand"):
        prim.vjp(g, rolled(X, 1), [X, 1.0], {}, [True, True])


def test_the_derivative_of_a_rule_that_is_a_function_is_refused_by_name():
    prim = next(p for name, p in PRIMITIVES.items() if name.endswith("root_vjp"))
    with pytest.raises(NoDerivative, match="`root_vjp`, the derivative of `root`"):
        prim.vjp(1.0, 1.0, [1.0, 2.0, 8.0], {"of": (0,)}, [True, True, True])
    with pytest.raises(NoDerivative, match="`root` in forward mode"):
        own.RULES[root].jvp([1.0], 2.0, [8.0], {})


def test_a_linear_function_by_another_operand_is_refused_with_its_line():
    def f(x, k):
        return np.sum(scaled(x, k))

    @pullback.primitive(transpose=lambda g, x, k: g * k)
    def scaled(x, k):
        return x * k

    with pytest.raises(pullback.NonDifferentiableError, match=r"`scaled` by another than its first operand(.|\n)*line"):
        pullback.grad(f, wrt="k")(X, 2.0)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda g, out, x, y: g, "the rule returned 1 cotangents for 2 operands"),
        (lambda g, out, x, y: (g, g, g), "the rule returned 3 cotangents for 2 operands"),
        (lambda g, out, x, y: (np.ones(2), 1.0), r"a cotangent of shape (2,) for operand 0, whose shape is (3,)"),
        (lambda g, out, x, y: (g * y, [1.0, 2.0]), r"a cotangent of shape (2,) for operand 1, whose shape is ()"),
    ],
)
def test_what_a_rule_returns_is_checked_when_it_runs(rule, message):
    @pullback.primitive(vjp=rule)
    def product(x, y):
        return x * y

    with pytest.raises(ValueError, match=re.escape(message)):
        pullback.grad(lambda x, y: np.sum(product(x, y)), wrt=("x", "y"))(X, 2.0)


def two(x, y):
    return x * y


class Callable:
    __hash__ = None

    def __call__(self, x):
        return x


@pytest.mark.parametrize(
    ("function", "rules", "message"),
    [
        (two, {}, "no rule is given for `two`"),
        (two, {"formula": "x*y", "vjp": lambda g, out, x, y: (g, g)}, "`formula=` and `vjp=` is given"),
        (two, {"formula": "x*"}, "`x*` is no Python expression"),
        (two, {"formula": "x*z"}, "`z` in `x*z` is neither a parameter (x, y) nor a function of SymPy"),
        (two, {"formula": "x**2"}, "the parameter `y` does not occur in `x**2`"),
        (two, {"formula": "floor(x)*y + Derivative(x, y)(3)"}, "has no meaning in SymPy"),
        (two, {"formula": "x*LambertW(y)"}, "needs `LambertW`, which is no primitive"),
        (two, {"vjp": lambda g, out, x: g}, "`vjp=` of `two` does not take 4 arguments"),
        (two, {"transpose": lambda g: g}, "`transpose=` of `two` does not take 3 arguments"),
        (two, {"vjp": 3}, "`vjp=` of `two` is 3"),
        (lambda *args: args[0], {"formula": "x"}, "has the parameter `*args`"),
        (lambda x, *, k: x, {"formula": "x"}, "has the parameter `k`"),
        (lambda: 1.0, {"vjp": lambda g, out: ()}, "has no parameters"),
        (lambda a, b, c, d, e: a, {"formula": "a+b+c+d+e"}, "has 5 parameters"),
        (np.sin, {"formula": "cos(x)"}, "`sin` has a rule already"),
        (float, {"formula": "x"}, "it is no function"),
        (Callable(), {"formula": "x"}, "it is not hashable"),
        (3, {"formula": "x"}, "it is no function"),
    ],
)
def test_nonsense_is_refused_where_it_is_registered(function, rules, message):
    with pytest.raises(pullback.RuleError, match=re.escape(message)):
        pullback.primitive(function, **rules)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"formula": "x*y + x"}, "is wrong at argument"),
        ({"vjp": lambda g, out, x, y: (g * y, g)}, "is wrong at argument 1"),
        ({"vjp": lambda g, out, x, y: g}, "1 cotangents for 2 operands"),
        ({"transpose": lambda g, x, y: g}, "is wrong at argument 0"),
    ],
)
def test_a_wrong_rule_does_not_pass_the_check(rules, message):
    def product(x, y):
        return x * y

    with pytest.raises(pullback.VerificationError, match=re.escape(message)):
        pullback.primitive(product, **rules, check=True, sample=(0.3, 0.7))
    pullback.primitive(product, formula="x * y", check=True)  # nothing is left of it


def test_a_check_that_compares_nothing_does_not_pass():
    with pytest.raises(pullback.VerificationError, match="could not be checked"):
        pullback.primitive(lambda x: np.log(x), formula="log(x)", check=True, sample=(-1.0,))
    with pytest.raises(pullback.VerificationError, match="there are no arguments"):
        pullback.primitive(lambda x: x, vjp=lambda g, out, x: g, check=True)


def test_a_function_that_changes_its_argument_does_not_pass_the_check():
    def changes(x):
        x *= 2.0
        return x

    with pytest.raises(pullback.VerificationError, match="changes its arguments"):
        pullback.primitive(changes, vjp=lambda g, out, x: 2.0 * g, check=True, sample=(np.ones(2),))


def test_a_formula_of_choices_and_words_of_numpy():
    @pullback.primitive(formula="where(u > 0, log1p(u), expm1(u))", check=True, sample=(np.array([-0.7, 0.2, 1.5]),))
    def glued(u):
        return np.where(u > 0, np.log1p(np.abs(u)), np.expm1(u))

    np.testing.assert_allclose(pullback.grad(lambda x: np.sum(glued(x)))(X), np.where(X > 0, 1 / (1 + X), np.exp(X)))
