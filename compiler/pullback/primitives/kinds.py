"""The kinds of primitives: what a table row need not say.

| kind        | VJP                                        | JVP                            |
|-------------|--------------------------------------------|--------------------------------|
| elementwise | fit(g * partial), by the driver            | sum of tangent * partial       |
| linear      | the row's transpose                        | the operation itself           |
| multilinear | a transpose per operand                    | product rule                   |
| general     | the row's                                  | the row's                      |
| discrete    | structurally zero                          | structurally zero              |

Cotangents of complex values follow JAX: they pair with tangents by Re(sum(g * t)), so the transpose of a product by
f'(z) is the product by f'(z), and a rule that holds for real numbers holds for holomorphic functions as it stands.

Rules are code over pens: on IR they build IR, on ndarrays they compute. `g` is the cotangent of the result `out`, and
has its type; what a VJP returns is *fitted*: summed down to the operand's shape and cast to its dtype. Of several
results, `g` and `out` are tuples, with None for a cotangent that is absent; a JVP then returns a tuple.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pullback.ir.core import Attrs, Primitive
from pullback.ir.types import is_inexact
from pullback.primitives import inference, meanings
from pullback.primitives.derived import PARTIALS
from pullback.primitives.expr import type_of_operand
from pullback.primitives.fitting import (
    Shaped,
    as_real_as,
    cast_to,
    fit,
    shaped,
    spread,
    total,
    unbroadcast_to,
    zeros_like,
)
from pullback.primitives.inference import Infer, is_complex
from pullback.primitives.partials import VARIABLES, chosen_text, names_in, refuse_undefined, scaled
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, register

__all__ = [
    "Shaped",
    "cast_to",
    "differentiable",
    "discrete",
    "elementwise",
    "fit",
    "general",
    "linear",
    "multilinear",
    "publish",
    "shaped",
    "spread",
    "total",
    "unbroadcast_to",
    "zeros_like",
]


def elementwise(
    function: Callable[..., Any],
    formula: str,
    *aliases: Any,
    name: str | None = None,
    spelling: str = "",
    constant: Mapping[str, str | Callable[..., str]] | None = None,
    infer: Infer | None = None,
    meaning: Callable[[Primitive], Callable[..., Any]] = meanings.ufunc,
    on_complex: Mapping[str, str] | None = None,
    doc: Mapping[str, Any] | None = None,
    view: Any = "never",
    **partials: str,
) -> Primitive:
    """An elementwise primitive, given by its scalar meaning.

    Args:
        function: computes it; broadcasts.
        name: by default that of the function.
        spelling: how it prints; by default as the NumPy function of that name.
        formula: its meaning in SymPy's words, over x, y, z, w; the partials are derived from it ahead of time.
        aliases: further public functions that mean it.
        meaning: what `function` and `aliases` mean, made from the primitive.
        constant: partials that hold where every other operand is a literal constant (relu'(0) = 0); a callable
            gets the literals.
        partials: dx, dy, dz, dw stated by hand, over x, y, z, w and out, where they run better than the derived ones;
            `"undefined: "` and the reason where there is none.
        infer: types of the results, where they are more than the broadcast of the operands.
        on_complex: partials that hold where an operand is complex, of a function that is not holomorphic or whose
            other partial is real arithmetic; for a real function of z it is p with df = Re(p dz).
        doc: facts for documentation and tests: domain, singular points, conventions.
        view: whether the result may share memory with an operand.

    A partial that mentions `g` is the whole contribution g * partial, written so that it is exact or cheap.
    """
    name = name or function.__name__
    arity = sum(v in names_in(formula) for v in VARIABLES)
    derived = PARTIALS.get(name, ())
    stated = [partials.get(f"d{v}") for v in VARIABLES[:arity]]
    chosen = tuple(s or (derived[k] if k < len(derived) else None) for k, s in enumerate(stated))
    if None in chosen:
        chosen = ()  # only while the derived table is being generated

    def partial_texts(operands: Sequence[Any]) -> tuple[str, ...]:
        texts: tuple[str, ...] = chosen  # type: ignore[assignment]  # no None by the check above
        if on_complex is not None and any(is_complex(type_of_operand(o)) for o in operands):
            texts = tuple(on_complex.get(f"d{v}", text) for v, text in zip(VARIABLES, texts, strict=False))
        if constant is None:
            return texts
        return tuple(chosen_text(k, text, operands, constant) for k, text in enumerate(texts))

    def contribution(k: int, g: Any, text: str, operands: Sequence[Any], out: Any) -> Any:
        refuse_undefined(k, text, prim.spelling)
        return scaled(g, text, operands, out)

    def vjp(g: Any, out: Any, operands: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        texts = partial_texts(operands)
        return tuple(
            None if not wanted[k] else fit(contribution(k, g, texts[k], operands, out), operand)
            for k, operand in enumerate(operands)
        )

    def jvp(tangents: Sequence[Any], out: Any, operands: Sequence[Any], attrs: Attrs) -> Any:
        texts = partial_texts(operands)
        terms = [contribution(k, t, texts[k], operands, out) for k, t in enumerate(tangents) if t is not None]
        return spread(total(terms), out)

    prim = Primitive(
        name,
        "elementwise",
        function,
        infer or inference.elementwise(function),
        vjp,
        jvp,
        formula,
        spelling or f"np.{name}",
        view,
        doc={
            **(doc or {}),
            "partials": chosen,
            "stated": tuple(stated),
            "arity": arity,
            "constant": constant or {},
            "on_complex": on_complex or {},
        },
    )
    register(prim)
    for public in (function, *aliases):
        MEANINGS[public] = meaning(prim)
    return prim


def linear(
    function: Callable[..., Any],
    transpose: Callable[..., Any],
    infer: Infer,
    *aliases: Any,
    name: str | None = None,
    operands: int | None = 1,
    accepts: str | None = None,
    spelling: str = "",
    view: Any = "never",
    broadcasts: bool = False,
    keywords: Mapping[int, str] | None = None,
) -> Primitive:
    """A primitive that is linear in its first `operands` operands (None: in all of them), and constant in the rest.

    Args:
        function: computes it.
        infer: types of the results.
        aliases: further public functions that mean it.
        name: by default that of the function.
        operands: how many are linear.
        spelling: how it prints; by default as the NumPy function of that name.
        transpose: (g, *operands, **attrs) -> the cotangent of the one linear operand, or a tuple of them.
        accepts: the parameters of the public function, as `"x, axis=None"`; those with a default are static.
        view: whether NumPy's result shares memory with the first operand.
        broadcasts: whether it broadcasts its operands, so that what the transpose returns is to be summed down.
        keywords: the operands that print as keywords, by position.
    """
    name = name or function.__name__
    fitted = fit if broadcasts else shaped

    def count(all_operands: Sequence[Any]) -> int:
        return len(all_operands) if operands is None else operands

    def vjp(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        given = transpose(g, *ops, **attrs)
        contributions = given if isinstance(given, tuple) else (given,)
        n = count(ops)
        return tuple(fitted(contributions[k], ops[k]) if k < n and wanted[k] else None for k in range(len(ops)))

    def jvp(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
        n = count(ops)
        if all(t is None for t in tangents[:n]):
            return None
        moved = [zeros_like(ops[k]) if k < n and tangents[k] is None else tangents[k] for k in range(n)]
        return PRIMITIVES[name](*moved, *ops[n:], **attrs)

    doc = {"linear_in": operands, "keywords": keywords or {}}
    prim = Primitive(name, "linear", function, infer, vjp, jvp, None, spelling or f"np.{name}", view, doc)
    register(prim)
    publish(prim, accepts, function, *aliases)
    return prim


def multilinear(
    function: Callable[..., Any],
    *transposes: Callable[..., Any],
    infer: Infer,
    aliases: tuple[Any, ...] = (),
    name: str | None = None,
    accepts: str | None = None,
    spelling: str = "",
) -> Primitive:
    """A primitive that is linear in each of its first operands, and constant in the rest.

    Args:
        function: computes it.
        infer: types of the results.
        aliases: public functions that mean it.
        name: by default that of the function.
        accepts: as in `linear`.
        spelling: how it prints; by default as the NumPy function of that name.
        transposes: one per linear operand: (g, *operands, **attrs) -> its cotangent.
    """
    name = name or function.__name__

    def vjp(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        contributions = [
            fit(transpose(g, *ops, **attrs), op) if want else None
            for transpose, op, want in zip(transposes, ops, wanted, strict=False)
        ]
        return (*contributions, *[None] * (len(ops) - len(contributions)))

    def jvp(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
        terms = [PRIMITIVES[name](*ops[:k], t, *ops[k + 1 :], **attrs) for k, t in enumerate(tangents) if t is not None]
        return total(terms)

    prim = Primitive(name, "multilinear", function, infer, vjp, jvp, None, spelling or f"np.{name}")
    register(prim)
    publish(prim, accepts, function, *aliases)
    return prim


def general(
    function: Callable[..., Any],
    vjp: Callable[..., Any],
    jvp: Callable[..., Any],
    infer: Infer,
    *aliases: Any,
    name: str | None = None,
    accepts: str | None = None,
    spelling: str = "",
    broadcasts: bool = False,
    keywords: Mapping[int, str] | None = None,
    view: Any = "never",
) -> Primitive:
    """A primitive whose rules are both stated.

    Args:
        function: computes it.
        infer: types of the results.
        aliases: further public functions that mean it.
        name: by default that of the function.
        accepts: as in `linear`.
        spelling: how it prints; by default as the NumPy function of that name.
        vjp: (g, out, *operands, **attrs) -> the cotangent of the first operand, or a tuple of them.
        jvp: (tangents, out, *operands, **attrs) -> the tangent of the result; absent tangents are None.
        broadcasts: as in `linear`.
        keywords: the operands that print as keywords, by position.
        view: as in `linear`.
    """
    name = name or function.__name__
    fitted = fit if broadcasts else shaped

    def pulled(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        given = vjp(g, out, *ops, **attrs)
        contributions = given if isinstance(given, tuple) else (given,)
        contributions += (None,) * (len(ops) - len(contributions))
        return tuple(fitted(c, op) if want else None for c, op, want in zip(contributions, ops, wanted, strict=True))

    def pushed(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
        if all(t is None for t in tangents):
            return None
        moved = jvp(tangents, out, *ops, **attrs)
        return tuple(map(as_real_as, moved, out)) if isinstance(moved, tuple) else as_real_as(moved, out)

    doc = {"keywords": keywords or {}}
    prim = Primitive(name, "general", function, infer, pulled, pushed, None, spelling or f"np.{name}", view, doc=doc)
    register(prim)
    publish(prim, accepts, function, *aliases)
    return prim


def discrete(
    function: Callable[..., Any],
    infer: Infer,
    *aliases: Any,
    name: str | None = None,
    formula: str | None = None,
    accepts: str | None = None,
    spelling: str = "",
    view: Any = "never",
    doc: Mapping[str, Any] | None = None,
) -> Primitive:
    """A primitive whose derivative is zero wherever it exists: comparisons, argmax, shapes, constants."""
    name = name or function.__name__
    prim = Primitive(
        name,
        "discrete",
        function,
        infer,
        lambda g, out, ops, attrs, wanted: (None,) * len(ops),
        lambda tangents, out, ops, attrs: None,
        formula,
        spelling or f"np.{name}",
        view,
        doc or {},
    )
    register(prim)
    publish(prim, accepts, function, *aliases)
    return prim


def publish(prim: Primitive, accepts: str | None, *functions: Any) -> None:
    """Let public functions mean a primitive, with the parameters that `accepts` lists."""
    if accepts is None:
        return
    meaning = _meaning(prim, accepts)
    for function in functions:
        MEANINGS[function] = meaning


def _meaning(prim: Primitive, accepts: str) -> Callable[..., Any]:
    """A function with the parameters of `accepts`: those without default are operands, the others static."""
    declared = cache(lambda: inspect.signature(eval(f"lambda {accepts}: None")))

    def meaning(*args: Any, **kwargs: Any) -> Any:
        signature = declared()
        operands = [p.name for p in signature.parameters.values() if p.default is p.empty]
        unknown = [k for k, v in kwargs.items() if k not in signature.parameters and v is not None]
        if unknown:
            raise NotCovered(f"`{unknown[0]}=` of {prim.spelling}")
        try:
            bound = signature.bind(*args, **{k: v for k, v in kwargs.items() if k in signature.parameters})
        except TypeError as error:
            raise NotCovered(f"this use of its parameters ({error})") from None
        bound.apply_defaults()
        values = [bound.arguments.pop(k) for k in operands]
        values = [meanings.arrayed(v, values) for v in values]
        for parameter, value in bound.arguments.items():
            bound.arguments[parameter] = meanings.frozen(meanings.static(value, parameter))
        return prim(*values, **bound.arguments)

    meaning.__name__ = prim.name
    meaning.__doc__ = f"{prim.spelling}({accepts})"
    return meaning


def differentiable(prim: Primitive, operand_type: Any) -> bool:
    """Whether a derivative may flow through an operand of this type."""
    return prim.kind not in ("discrete", "plumbing", "effect") and is_inexact(operand_type)
