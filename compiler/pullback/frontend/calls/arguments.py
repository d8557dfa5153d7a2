"""Calls: what is called is taken apart, and arguments are bound to parameters as Python does."""

from __future__ import annotations

import ast
import contextlib
import functools
import operator
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.callables import CACHE, called_through
from pullback.errors import DifferentiationError, SourceNotFoundError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import Held
from pullback.frontend.abstract.state import is_library
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.frontend.base.outside import is_of_library, is_written_in_python, item_of
from pullback.frontend.calls.iterables import Iterables
from pullback.frontend.calls.special import SPECIAL
from pullback.frontend.calls.written import vectorized, vectorized_as_first
from pullback.frontend.operations.operators import defines
from pullback.frontend.syntax import source
from pullback.frontend.syntax.source import Code
from pullback.ir.opaque import opaque_type
from pullback.primitives.on_demand import load_families_of
from pullback.primitives.own import is_registered
from pullback.primitives.registry import MEANINGS, SOURCES
from pullback.records import dataclass

GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
CONTEXT_MANAGER = contextlib.contextmanager(lambda: iter(())).__code__


@dataclass
class Activation:
    """A call about to be made: the code, the callee as a value, and its arguments by parameter."""

    code: Code
    callee: AbstractValue
    arguments: dict[str, AbstractValue]
    defaulted: frozenset[str]
    frame: Callable[[AbstractValue], Frame]


class Calls(Iterables):
    """Calls of everything."""

    def call(
        self, function: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call an abstract value."""
        function = self.used(function, "is called")
        match function:
            case av.Known(value=known) if opaque_type(known) is None:
                return self.call_value(known, args, kwargs)
            case av.Closure(code=code) if is_library(code.file):
                return self.interpreted(self.activation(function, args, kwargs))
            case av.Closure():
                return self.call_function(self.activation(function, args, kwargs))
            case av.Bound(function=inner, receiver=receiver):
                return self.call(inner, [receiver, *args], kwargs)
            case av.Method():
                return self.call_method(function, args, kwargs)
            case av.Partial(function=av.Known(value=known)) if known is type(None):
                return av.NONE  # object.__init__
            case av.Partial(function=av.Known(value=known), args=(inner,)) if known is contextlib.contextmanager:
                return av.Partial(function.function, (self.call(inner, args, kwargs),), {})
            case av.Partial(function=av.Known(value=known), args=(inner, *_), kwargs=more) if known is np.vectorize:
                return self.by_element(inner, more.get("otypes"), args, kwargs)
            case av.Partial(function=av.Known(value=known)) if known in GETTERS and len(args) == 1 and not kwargs:
                return self.got(function, known, args[0])
            case av.Partial(function=inner, args=first, kwargs=more):
                return self.call(inner, [*first, *args], {**more, **kwargs})
        if self.opaque(function) is not None:
            return self.object_method(function, "__call__", args, kwargs)
        if (cls := self.user_class(function)) is not None and defines(cls, "__call__"):
            return self.call(self.special(function, "__call__"), args, kwargs)
        refusal = self.refusal(f"{self.describe(function)} is called", "Python raises TypeError here")
        raise self.standing_for(refusal, TypeError("not callable"))

    def call_value(self, known: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """Call a Python callable."""
        load_families_of(known)
        if is_registered(known):
            return self.call_known(known, args, kwargs)
        if (done := self.effect_call(known, args, kwargs)) is not None:
            return done
        if (drawn := self.random_call(known, args, kwargs)) is not None:
            return drawn
        if (read := self.clock_call(known, args, kwargs)) is not None:
            return read
        match known:
            case Held():
                return self.call(self.held(known), args, kwargs)
            case types.FunctionType(__code__=code) if code is CONTEXT_MANAGER:
                made = self.call(av.Known(known.__wrapped__), args, kwargs)  # type: ignore[attr-defined]  # by wraps
                return av.Partial(av.Known(contextlib.contextmanager), (made,), {})
            case type() if issubclass(known, BaseException):
                return self.exception(known, args, kwargs)
            case types.FunctionType() if known not in MEANINGS and not self.is_library(known):
                return self.call_function(self.activation(av.Known(known), args, kwargs))
            case types.MethodType() if isinstance(known.__func__, types.FunctionType) and not has_rule(known):
                receiver = self.outside(known.__self__, lambda: known.__self__, "self", f"the receiver of `{known!r}`")
                return self.call(av.Known(known.__func__), [receiver, *args], kwargs)
            case np.vectorize():
                function = self.outside(known.pyfunc, lambda: known.pyfunc, "pyfunc", "what `np.vectorize` calls")
                return self.by_element(function, av.Known(known.otypes), args, kwargs)
            case functools.partial():
                first = [self.captured(known.args, k, known) for k in range(len(known.args))]
                more = {k: self.captured(known.keywords, k, known) for k in known.keywords}
                return self.call(av.Known(known.func), [*first, *args], {**more, **kwargs})
            case type() if is_user_class(known) and known not in SPECIAL:
                return self.construct(known, args, kwargs)
        if (inner := called_through(known)) is not None:
            result = self.call(self.outside(inner, lambda: inner, "function", f"what `{known!r}` calls"), args, kwargs)
            if isinstance(known, CACHE) and isinstance(result, Ref):
                self.heap.frozen[result] = "the result of a cached function"
            return result
        return self.call_known(known, args, kwargs)

    def by_element(
        self,
        function: AbstractValue,
        otypes: AbstractValue | None,
        args: list[AbstractValue],
        kwargs: dict[str, AbstractValue],
    ) -> AbstractValue:
        """Call what `np.vectorize` has made."""
        dtypes = None if otypes is None else self.static_value(otypes)
        if kwargs or (dtypes and len(dtypes) != 1):
            raise self.refusal(
                "`np.vectorize` is called with keywords, or has several results",
                "one array is made, of what it is given by position",
                "pass its arguments by position, or write a loop",
            )
        if not dtypes:
            before = self.session.promotions
            made = self.as_written(vectorized_as_first, function, *args)
            if self.session.promotions != before:
                raise self.refusal(
                    "`np.vectorize` of a function that gives an int on one path and a float on another",
                    "NumPy casts all results to the type of the first one, which is known at run time only",
                    "pass `otypes=[float]`, or return floats on all paths (`1.0` for `1`)",
                )
            return made
        return self.as_written(vectorized, function, av.Known(np.dtype(dtypes[0])), *args)

    def captured(self, parts: Any, key: Any, known: Any) -> AbstractValue:
        return self.outside(parts[key], lambda: parts[key], str(key), f"the argument {key!r} of `{known!r}`")

    def call_function(self, activation: Activation) -> AbstractValue:
        """Call a user function."""
        raise NotImplementedError

    def as_written(
        self, function: Callable[..., object], *args: AbstractValue, **kwargs: AbstractValue
    ) -> AbstractValue:
        """Interpret a function of the prelude; what is refused in it is refused where it is called."""
        return self.interpreted(self.activation(av.Known(function), list(args), kwargs))

    def interpreted(self, activation: Activation) -> AbstractValue:
        """Call a function of the prelude, or one that such a function has made."""
        before, session = self.session.called_at, self.session
        session.called_at = before or self.loc
        try:
            return self.call_function(activation)
        except DifferentiationError as error:
            if error.loc is not None and error.loc.file == activation.code.file:
                error.loc = self.loc
            raise
        finally:
            session.called_at = before

    # Binding.

    def activation(
        self, callee: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> Activation:
        """Bind arguments to the parameters of a function."""
        if isinstance(callee, av.Closure):
            code, defaults = callee.code, dict(callee.defaults)

            def frame(value: AbstractValue) -> Frame:
                assert isinstance(value, av.Closure)
                return Frame(value.code, parent=value.frame, owner=value.frame.owner, receiver=value.frame.receiver)

        else:
            assert isinstance(callee, av.Known)
            function: types.FunctionType = callee.value
            try:
                code = source.locate(function)
            except SourceNotFoundError as error:
                error.loc = self.loc
                raise
            defaults = {}
            cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
            owner = self.owner_of(cells)

            def frame(value: AbstractValue) -> Frame:
                return Frame(code, cells=cells, owner=owner)

            for name, value, read in defaults_of(function):
                defaults[name] = self.outside(value, read, name, f"the default of `{name}` of `{code.name}`")
        self.refuse_kind(code)
        arguments, defaulted = self.bound_arguments(code, args, kwargs, defaults)
        return Activation(code, callee, arguments, defaulted, frame)

    def owner_of(self, cells: Mapping[str, types.CellType]) -> type | None:
        """The class that a method was defined in, where it uses `super()`."""
        cell = cells.get("__class__")
        return None if cell is None else cell.cell_contents

    def refuse_kind(self, code: Code) -> None:
        """Refuse coroutines."""
        if isinstance(code.node, ast.AsyncFunctionDef):
            raise self.refusal(f"`{code.name}` is a coroutine", "`async` is not supported", "make it a plain function")

    def bound_arguments(
        self,
        code: Code,
        args: list[AbstractValue],
        kwargs: dict[str, AbstractValue],
        defaults: Mapping[str, AbstractValue],
    ) -> tuple[dict[str, AbstractValue], frozenset[str]]:
        """Arguments by parameter, in the order of the definition."""
        assert isinstance(code.node, ast.FunctionDef | ast.Lambda)
        spec = code.node.args
        positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        positional_only = {a.arg for a in spec.posonlyargs}
        keyword = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
        given = dict(zip(positional, args, strict=False))
        extra = args[len(positional) :]
        if extra and spec.vararg is None:
            raise self.bad_call(code, f"takes {len(positional)} positional arguments but {len(args)} were given")
        more: dict[str, AbstractValue] = {}
        for name, value in kwargs.items():
            if name in keyword:
                if name in given:
                    raise self.bad_call(code, f"got multiple values for argument '{name}'")
                given[name] = value
            elif spec.kwarg is not None:
                more[name] = value
            else:
                kind = "positional-only" if name in positional_only else "unexpected keyword"
                raise self.bad_call(code, f"got an {kind} argument '{name}'")
        bound: dict[str, AbstractValue] = {}
        defaulted: set[str] = set()
        for name in [*positional, *(a.arg for a in spec.kwonlyargs)]:
            if name in given:
                bound[name] = given[name]
            elif name in defaults:
                bound[name] = defaults[name]
                defaulted.add(name)
            else:
                raise self.bad_call(code, f"is missing the argument '{name}'")
        if spec.vararg is not None:
            bound[spec.vararg.arg] = av.Tuple(tuple(extra))
        if spec.kwarg is not None:
            bound[spec.kwarg.arg] = self.heap.new("dict", Container(dict, tuple(more), tuple(more.values())))
        return bound, frozenset(defaulted)

    def bad_call(self, code: Code, what: str) -> DifferentiationError:
        return self.users_error(TypeError(f"{code.name}() {what}"))

    # Calling.


def defaults_of(function: types.FunctionType) -> list[tuple[str, Any, Callable[[], Any]]]:
    """Defaults by parameter, and how each is read."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    found: list[tuple[str, Any, Callable[[], Any]]] = []
    defaults = function.__defaults__ or ()
    for k, name in enumerate(names[len(names) - len(defaults) :]):
        found.append((name, defaults[k], item_of(lambda: function.__defaults__, k)))
    for name, value in (function.__kwdefaults__ or {}).items():
        found.append((name, value, item_of(lambda: function.__kwdefaults__, name)))
    return found


def has_rule(function: Any) -> bool:
    """Whether it is known what a function of a library computes."""
    return function in MEANINGS or function in SOURCES


def is_user_class(cls: type) -> bool:
    """Whether a class is one that users define."""
    return not is_of_library(cls) and is_written_in_python(cls)
