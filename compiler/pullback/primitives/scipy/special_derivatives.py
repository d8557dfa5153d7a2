"""`scipy.special`: functions that give derivatives of others, functions with complex values, and tables of constants.

Sources: DLMF 10.6.1 (Hankel functions), 10.47.1 and 10.47.2 (the equations of spherical Bessel functions), 4.13.4
(Lambert's W), 7.10.2 (Faddeeva's w). Where an argument is real and the value complex, the real part is what moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scipy import special

from pullback.ir.core import Atom, Attrs, Const, Primitive
from pullback.ir.types import Array, Type, type_of
from pullback.primitives import meanings
from pullback.primitives.families.elementwise import exp
from pullback.primitives.fitting import as_real_as, fit, spread
from pullback.primitives.inference import dtype_of, is_real, real, unknown_dim
from pullback.primitives.inference import elementwise as broadcast_type
from pullback.primitives.kinds import discrete
from pullback.primitives.partials import refuse_undefined
from pullback.primitives.registry import CREATIONS, PRIMITIVES, NotCovered, means, register
from pullback.primitives.scipy.special import NO_FORMULA

Slope = Callable[..., Any]


def at_point(
    name: str, slope: Slope, sample: Callable[..., Any] | None = None, *, of_complex: bool = False
) -> Primitive:
    """A function of an order and a point, or of a point; by the order no derivative is known.

    Args:
        name: of the function.
        slope: by the point: of (out, *operands, **attrs).
        sample: what gives the dtype, if it is another function.
        of_complex: whether the point may be complex.
    """
    function, spelling = getattr(special, name), f"scipy.special.{name}"

    def refuse(wanted: Sequence[bool]) -> None:
        if len(wanted) == 2 and wanted[0]:
            refuse_undefined(0, NO_FORMULA, spelling)

    def pulled(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        refuse(wanted)
        bar = fit(g * slope(out, *operands, **attrs), operands[-1])
        return (None, bar) if len(operands) == 2 else (bar,)

    def pushed(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        refuse([t is not None for t in tangents])
        if tangents[-1] is None:
            return None
        return spread(as_real_as(tangents[-1] * slope(out, *operands, **attrs), out), out)

    infer = broadcast_type(sample or function)
    checked = infer if of_complex else real(infer, f"`{spelling}`")
    return register(Primitive(name, "general", function, checked, pulled, pushed, None, spelling))


# Derivatives of Bessel functions, of any order.


def _order(n: Any, what: str) -> int:
    if not isinstance(meanings.static(n, "n"), int) or isinstance(n, bool) or n < 0:
        raise NotCovered(f"`n=` of scipy.special.{what}", "write a number that is not negative")
    return int(n)


def _next(name: str) -> Slope:
    return lambda out, v, z, n: PRIMITIVES[name](v, z, n=n + 1)


def _of_derivatives(name: str, of_complex: bool) -> None:
    prim = at_point(name, _next(name), getattr(special, name), of_complex=of_complex)

    @means(prim.evaluate)
    def meaning(v: Any, z: Any, n: Any = 1) -> Any:
        return prim(meanings.arrayed(v, (v, z)), meanings.arrayed(z, (v, z)), n=_order(n, name))


for _name in ("jvp", "yvp", "ivp", "kvp"):
    _of_derivatives(_name, of_complex=False)
for _name in ("h1vp", "h2vp"):
    _of_derivatives(_name, of_complex=True)


# Spherical Bessel functions: z**2 f'' + 2 z f' + (+-z**2 - n (n + 1)) f = 0.


def _spherical(name: str, modified: bool) -> Primitive:
    def slope(out: Any, n: Any, z: Any, derivative: bool) -> Any:
        if not derivative:
            return prim(n, z, derivative=True)
        share = n * (n + 1) / (z * z)
        factor = share + 1.0 if modified else share - 1.0
        return factor * prim(n, z, derivative=False) - 2.0 * out / z

    prim: Primitive = at_point(name, slope)

    @means(prim.evaluate)
    def meaning(n: Any, z: Any, derivative: Any = False) -> Any:
        n, z = meanings.arrayed(n, (n, z)), meanings.arrayed(z, (n, z))
        return prim(n, z, derivative=bool(meanings.static(derivative, "derivative")))

    return prim


for _kind in "jyik":
    _spherical(f"spherical_{_kind}n", modified=_kind in "ik")


# Functions with complex values.


lambertw: Primitive = at_point("lambertw", lambda out, z, k: exp(-out) / (1.0 + out), of_complex=True)


@means(special.lambertw)
def lambertw_meaning(z: Any, k: Any = 0, tol: Any = 1e-8) -> Any:
    if tol != 1e-8:
        raise NotCovered("`tol=` of scipy.special.lambertw")
    return lambertw(meanings.arrayed(z, z), k=meanings.static(k, "k"))


def _plain(name: str, slope: Slope) -> None:
    prim = at_point(name, slope, of_complex=True)

    @means(prim.evaluate)
    def meaning(*operands: Any) -> Any:
        return prim(*(meanings.arrayed(o, operands) for o in operands))


def _neighbours(name: str, turn: complex = 0) -> Slope:
    """Half the difference of neighbours in the order; scaled functions turn."""

    def slope(out: Any, v: Any, z: Any) -> Any:
        half = 0.5 * (PRIMITIVES[name](v - 1, z) - PRIMITIVES[name](v + 1, z))
        return half + turn * out if turn else half

    return slope


_plain("wofz", lambda out, z: 1.1283791670955126j - 2.0 * z * out)  # 2i / sqrt(pi)
_plain("hankel1", _neighbours("hankel1"))
_plain("hankel2", _neighbours("hankel2"))
_plain("hankel1e", _neighbours("hankel1e", -1j))
_plain("hankel2e", _neighbours("hankel2e", 1j))


# Tables: constants of static arguments.


def _table(name: str) -> Primitive:
    function = getattr(special, name)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        known = all(isinstance(o, Const) for o in operands)
        values = [o.value if isinstance(o, Const) else 0.7 if is_real(o.type) else 2 for o in operands]
        found = function(*values)
        types = list(map(type_of, found if isinstance(found, tuple) else (found,)))
        return tuple(t if known else Array(dtype_of(t), (unknown_dim(),)) for t in types)

    prim = discrete(function, infer, name=name, spelling=f"scipy.special.{name}")

    def meaning(lift: Any, *args: Any) -> Any:
        return prim(lift(args[0]), *args[1:])

    @means(function)
    def meaning_of_what_varies(*args: Any) -> Any:
        for arg in args:
            meanings.static(arg, "the argument")
        raise AssertionError("made where all arguments are known")

    CREATIONS[function] = meaning
    return prim


ZEROS = (
    "ai bi jn jnp yn ynp y0 y1 y1p ber bei ker kei berp beip kerp keip erf fresnel fresnelc fresnels kelvin jnjnp jnyn"
)
FAMILIES = "jacobi sh_jacobi legendre sh_legendre chebyt chebyu chebyc chebys sh_chebyt sh_chebyu gegenbauer laguerre"
FAMILIES += " genlaguerre hermite hermitenorm"
TABLES = (*(f"{n}_zeros" for n in ZEROS.split()), *(f"roots_{n}" for n in FAMILIES.split()), "euler", "bernoulli")
for _name in TABLES:
    _table(_name)
