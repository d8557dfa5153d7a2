"""What a user calls: `differentiate`, `grad`, `value_and_grad`, and the object that stands for a differentiated
function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from pullback.analysis.saved import SavedReport, saved_values
from pullback.annotations import annotated_trees
from pullback.callables import signature_of_callable
from pullback.errors import DifferentiationError, SignatureError
from pullback.ir.core import Module
from pullback.ir.drawing import to_dot
from pullback.ir.interface import Mode, Program, Request
from pullback.ir.printer import print_module
from pullback.specialize import Compiled, Specializer

if TYPE_CHECKING:
    from pathlib import Path

Wrt = int | str | tuple[int | str, ...]


class Graph:
    """The IR of a program: prints as text that reads like the program, draws itself for Graphviz."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def __str__(self) -> str:
        return print_module(self.module)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        import html  # loads slowly, as pathlib does

        return f"<pre>{html.escape(str(self))}</pre>"

    def to_dot(self) -> str:
        """The graph in the DOT language; `dot -Tsvg` renders it."""
        return to_dot(self.module)


class Lowered:
    """A gradient compiled for one signature. Call it like the function; it returns the value and the gradient.

    Calling it with arguments of another structure, dtype or rank, or after a global that it was specialised to has
    changed, raises `SignatureError` before any generated code runs.
    """

    def __init__(self, specializer: Specializer, compiled: Compiled) -> None:
        self._specializer = specializer
        self.compiled = compiled

    @property
    def source(self) -> str:
        """The generated Python source: a module that imports NumPy (and pullback_runtime where it must)."""
        return _source(self.compiled.program)

    @property
    def graph(self) -> Graph:
        """The IR of the primal program."""
        return Graph(self.compiled.primal.module)

    @property
    def gradient_graph(self) -> Graph:
        """The IR of the value and gradient."""
        return Graph(self.compiled.program.module)

    def saved(self) -> SavedReport:
        """What the generated code keeps from the forward for the backward, and why: `Saved` records that print as a
        table; see docs/memory.md.

        >>> def decay(x, k, n):
        ...     for _ in range(n):
        ...         x = x - k * x * x
        ...     return x
        >>> (record,) = differentiate(decay).lower(1.0, 0.1, 5).saved()
        >>> record.name, record.size, record.often
        ('x_saved', '8', 'per trip')
        """
        return saved_values(self.compiled.program.module, self.compiled.emitted.names)

    def save(self, path: str | Path) -> Path:
        """Write the source to a file, and return its path.

        Raises:
            SignatureError: it refers to a class or function that it cannot import.
        """
        from pathlib import Path

        from pullback.emit.module import module_source  # loaded with the compiler, not with pullback

        target = Path(path)
        target.write_text(module_source([self.compiled.program]), encoding="utf-8")
        return target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._specializer.check(self.compiled, args, kwargs)
        return self.compiled(*args, **kwargs)


class Differentiable:
    """A function and its derivatives. Calling it calls the function, untouched."""

    __wrapped__: Callable[..., Any]

    def __init__(self, function: Callable[..., Any], wrt: Wrt, has_aux: bool) -> None:
        if isinstance(function, Differentiable):
            function = function.__wrapped__
        if not callable(function):
            raise SignatureError(f"{function!r} is not callable", way_out="pass a function")
        functools.update_wrapper(self, function)
        self.__wrapped__ = function
        names, single = _wrt_names(function, wrt)
        self._both = Specializer(function, Request(names, single, has_aux, "value_and_grad"))
        self._grad = Specializer(function, Request(names, single, has_aux, "grad"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bound to an instance, it is the derivative of the method with respect to the parameters after `self`."""
        return self if instance is None else BoundDifferentiable(self, instance)

    def grad(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient, with the structure of what it is taken of."""
        return self._grad(*args, **kwargs)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """The value (with has_aux: the pair of value and aux) and the gradient."""
        return self._both(*args, **kwargs)

    def specializer(self, mode: Mode) -> Specializer:
        """What compiles this derivative and dispatches to what was compiled; for tools."""
        return self._both if mode == "value_and_grad" else self._grad

    def lower(self, *args: Any, **kwargs: Any) -> Lowered:
        """Compile for these arguments without running; gives the source and the graph."""
        return Lowered(self._both, self._both.lookup(args, kwargs))

    @property
    def backward_source(self) -> str:
        """The generated source for parameters as annotated, or of unknown shape."""
        return _source(self._both.compile(annotated_trees(self.__wrapped__)).program)

    def verify(self, *args: Any, **options: Any) -> Any:
        """Compare the generated code with independent oracles at these arguments; see `pullback.verify`.

        Raises:
            VerificationError: it disagrees with one, or none could be applied.
        """
        from pullback.verify import verify

        return verify(self, args, **options)

    def __repr__(self) -> str:
        return f"<differentiable {self.__wrapped__.__qualname__}>"


class BoundDifferentiable:
    """A differentiated method of one instance."""

    def __init__(self, method: Differentiable, instance: Any) -> None:
        self._method = method
        self._instance = instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._method(self._instance, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._method, name)
        return functools.partial(attribute, self._instance) if callable(attribute) else attribute


@overload
def differentiate(function: Callable[..., Any], /, *, wrt: Wrt = 0, has_aux: bool = False) -> Differentiable: ...
@overload
def differentiate(*, wrt: Wrt = 0, has_aux: bool = False) -> Callable[[Callable[..., Any]], Differentiable]: ...
def differentiate(function: Any = None, /, *, wrt: Wrt = 0, has_aux: bool = False) -> Any:
    """Differentiate a function that returns a real number. Use it as a decorator, with or without options.

    Args:
        function: straight NumPy and Python code; see docs/language.md for what is understood.
        wrt: what to differentiate by: the position or name of a parameter, or a tuple of them. The first by default.
        has_aux: the function returns `(value, aux)`; the value is differentiated, aux is handed through.

    Returns:
        The function, with `.grad`, `.value_and_grad`, `.backward_source`, `.lower(...)` and `.verify(...)`.

    Raises:
        SignatureError: `wrt` names no parameter. What cannot be differentiated is refused when it is first
            compiled, by a `DifferentiationError` that names the line.

    >>> def loss(w, x, b, y):
    ...     return (w * x + b - y) ** 2
    >>> differentiate(loss, wrt=("w", "x", "b", "y")).grad(2.0, 3.0, 1.0, 4.0)
    (18.0, 12.0, 6.0, -6.0)
    """
    if function is None:
        return lambda f: Differentiable(f, wrt, has_aux)
    return Differentiable(function, wrt, has_aux)


def grad(function: Callable[..., Any], wrt: Wrt = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that returns the gradient of `function`; see `differentiate`.

    >>> grad(lambda x: x ** 3)(2.0)
    12.0
    """
    return Differentiable(function, wrt, has_aux).grad


def value_and_grad(function: Callable[..., Any], wrt: Wrt = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that returns the value of `function` and its gradient; see `differentiate`.

    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    """
    return Differentiable(function, wrt, has_aux).value_and_grad


def _source(program: Program) -> str:
    from pullback.emit.module import emit_module  # loaded with the compiler, not with pullback

    return emit_module([program]).source


def _wrt_names(function: Callable[..., Any], wrt: Wrt) -> tuple[tuple[str, ...], bool]:
    """The names of the parameters to differentiate by, and whether one was given alone."""
    try:
        signature = signature_of_callable(function)
    except (TypeError, ValueError):
        raise DifferentiationError(
            f"{function!r} has no signature", "it is not written in Python", "wrap it in a function of your own"
        ) from None
    single = not isinstance(wrt, tuple)
    chosen = (wrt,) if single else wrt
    if not chosen:
        raise SignatureError("wrt is empty", way_out=f"choose among {', '.join(signature.parameters)}")
    names = [_name(w, signature, function) for w in chosen]  # type: ignore[union-attr]  # a tuple by now
    if len(set(names)) != len(names):
        raise SignatureError(f"wrt={wrt!r} names a parameter twice")
    return tuple(names), single


def _name(wrt: Any, signature: inspect.Signature, function: Callable[..., Any]) -> str:
    title = getattr(function, "__qualname__", repr(function))
    parameters = list(signature.parameters)
    if isinstance(wrt, int) and not isinstance(wrt, bool) and -len(parameters) <= wrt < len(parameters):
        wrt = parameters[wrt]
    found = signature.parameters.get(wrt) if isinstance(wrt, str) else None
    swallowed = found is None or found.kind in (found.VAR_POSITIONAL, found.VAR_KEYWORD)
    if found is not None and not (swallowed and hasattr(function, "__wrapped__")):
        return found.name
    if hasattr(function, "__wrapped__"):
        raise SignatureError(
            f"wrt={wrt!r} is no parameter of the wrapper around {title}",
            f"a decorator has put a function of {signature} in its place",
            "apply `differentiate` first, and the decorator to the result",
        )
    listed = ", ".join(parameters) or "none: it takes no parameters"
    raise SignatureError(f"wrt={wrt!r} is no parameter of {title}", way_out=f"choose among {listed}")
