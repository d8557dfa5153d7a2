"""Functions that are not entered: library functions by their meaning, and the methods of built-in types."""

from __future__ import annotations

import builtins
import inspect
import math
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np

from pullback.errors import MissingRuleError, closest_name
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.foreign import words_for
from pullback.frontend.abstract.state import top_module
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.calls.draws import Draws
from pullback.frontend.calls.nearest import nearest
from pullback.frontend.calls.overwriting import handed_over
from pullback.frontend.calls.series import is_series, source_of_series
from pullback.frontend.calls.special import SPECIAL
from pullback.frontend.calls.written import FOLDS, UNCHAINED, WRITTEN, at_ufunc, at_unary_ufunc
from pullback.frontend.calls.written_samples import SAMPLES
from pullback.frontend.operations.operators import BINARY, defines
from pullback.ir.core import Const
from pullback.ir.opaque import opaque_type
from pullback.ir.types import Shape, same_dtype
from pullback.primitives.expr import Expr
from pullback.primitives.families.creation import created
from pullback.primitives.functionals import Functional, Repeated
from pullback.primitives.inference import dtype_of
from pullback.primitives.on_demand import home_of, numpy_name
from pullback.primitives.own import is_registered
from pullback.primitives.registry import CONSTANTS, CREATIONS, FUNCTIONALS, MEANINGS, METHODS, SOURCES

BUILTINS: dict[Any, str] = {
    getattr(builtins, name): name
    for name in [
        "len",
        "isinstance",
        "issubclass",
        "hasattr",
        "getattr",
        "setattr",
        "type",
        "tuple",
        "list",
        "dict",
        "set",
        "frozenset",
        "zip",
        "enumerate",
        "reversed",
        "map",
        "filter",
        "sorted",
        "sum",
        "min",
        "max",
        "any",
        "all",
        "range",
        "iter",
        "next",
        "callable",
        "id",
        "print",
        "int",
        "float",
        "bool",
        "str",
        "repr",
        "format",
        "super",
        "object",
        "slice",
        "vars",
        "dir",
        "globals",
        "locals",
        "eval",
        "exec",
        "compile",
        "open",
        "input",
        "hash",
    ]
}
PURE_OF_TYPES = frozenset({np.issubdtype, np.isdtype, np.promote_types, np.can_cast, np.min_scalar_type})
PURE_BUILTINS = (abs, round, divmod, pow, ord, chr, complex, bytes, hex, bin, oct, ascii)
PROTOCOLS = {abs: "__abs__", round: "__round__", math.floor: "__floor__", math.ceil: "__ceil__"}
EFFECTS = ("open", "input")
DYNAMIC_CODE = {
    **dict.fromkeys(["eval", "exec", "compile"], "write the code out in its place"),
    **dict.fromkeys(["globals", "locals"], "name the variable that is meant; write to a local one, and return it"),
    **dict.fromkeys(["vars", "dir"], "name the attributes that are meant"),
    **dict.fromkeys(["id", "hash"], "compare what the objects hold"),
}
BY_FUNCTION = {function: kind for kind, (function, _, _) in BINARY.items()}
MUTATING = frozenset({"fill", "sort", "partition", "put", "itemset", "resize", "setfield", "byteswap", "setflags"})


class Library(Draws):
    """Calls of what is not interpreted."""

    def call_known(self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """Call a builtin, a library function or a type."""
        args, kwargs = list(map(self.decided_value, args)), {k: self.decided_value(v) for k, v in kwargs.items()}
        try:
            name = BUILTINS.get(function)
        except TypeError:
            raise self.missing(function) from None
        if name is not None:
            return self.call_builtin(name, function, args, kwargs)
        if (kind := BY_FUNCTION.get(function)) is not None and len(args) == 2 and not kwargs:
            return self.binary(kind, *args)
        if (special := SPECIAL.get(function)) is not None:
            return special(self, args, kwargs)
        if (functional := FUNCTIONALS.get(function)) is not None:
            return self.call_functional(functional, function, args, kwargs)
        args, out = self.without_out(function, args, kwargs)
        if is_given(out):
            where = kwargs.pop("where", None) if isinstance(function, np.ufunc) else None
            return self.write_into(
                out, self.call(av.Known(function), args, kwargs), isinstance(function, np.ufunc), where
            )
        if (written := self.write_function(function, args, kwargs)) is not None:
            return written
        method = PROTOCOLS.get(function, "")
        cls = self.user_class(self.checked(args[0])) if method and args else None
        if cls is not None and defines(cls, method):
            return self.call(self.special(args[0], method), args[1:], kwargs)
        given = [*args, *kwargs.values()]
        if function in CREATIONS and all(self.is_static(a) for a in given):
            try:
                return self.create(function, args, kwargs)
            except MissingRuleError:
                if not numpy_name(function):
                    raise
                return self.compute(function, args, kwargs)
        if all(self.is_static(a) for a in given) and self.is_pure(function):
            return self.compute(function, args, kwargs)
        if function not in MEANINGS and (made := self.written(function, args, kwargs)) is not None:
            return made
        if (made := self.function_of_objects(function, args, kwargs)) is not None:
            return made
        if function in MEANINGS:
            lowered = {k: self.lower(v) for k, v in kwargs.items()}
            given_to = [self.argument(function, a) for a in args]
            try:
                result = self.apply(MEANINGS[function], f"`{spelled(function)}`", *given_to, **lowered)
            except MissingRuleError:
                if (made := self.written(function, args, kwargs)) is not None:
                    return made
                raise
            for parameter, asked, array in handed_over(function, args, kwargs):
                if not (isinstance(asked, av.Known) and not asked.value) and isinstance(array, Ref):
                    self.give_up(array, parameter, self.spelling(function))
            return result
        raise self.missing(function)

    def written(
        self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue | None:
        """What a function does that is written in Python for the interpreter; None for any other."""
        if (written := source_of(function)) is not None:
            try:
                inspect.signature(written).bind(*args, **kwargs)
            except TypeError as error:
                raise self.refusal(
                    f"`{self.spelling(function)}` is used in a way that has no derivative rule",
                    f"this use of its parameters ({error}) is not supported",
                    "write it with the parameters that are supported",
                    kind=MissingRuleError,
                ) from None
            before = self.session.promotions
            made = self.as_written(written, *args, **kwargs)
            if function is np.apply_along_axis and self.session.promotions != before:
                raise self.refusal(
                    "`np.apply_along_axis` of a function that gives an int on one path and a float on another",
                    "NumPy converts all results to the type of the first one",
                    "return floats on all paths (`1.0` for `1`)",
                )
            return made
        ufunc = getattr(function, "__self__", None)
        if not isinstance(ufunc, np.ufunc) or ufunc.nin != 2 or ufunc.signature is not None or ufunc not in MEANINGS:
            return None
        if (fold := FOLDS.get(function.__name__)) is None or kwargs.keys() - inspect.signature(fold).parameters.keys():
            return None
        if ufunc in UNCHAINED and fold is not FOLDS["accumulate"]:
            raise self.refusal(
                f"`np.{ufunc.__name__}.{function.__name__}` is used",
                "what it gives depends on the processor: with AVX-512, NumPy leaves out steps of it",
                f"write a loop: `for row in rows[1:]: total = np.{ufunc.__name__}(total, row)`",
                kind=MissingRuleError,
            )
        return self.as_written(fold, av.Known(ufunc), *args, **kwargs)

    def at_each(self, ufunc: np.ufunc, args: list[AbstractValue]) -> AbstractValue:
        """`ufunc.at`, one index after the other."""
        t = self.type_of(args[1])
        dtype = None if t is None else dtype_of(t)
        is_list = isinstance(args[1], Ref) and args[1].kind == "list"
        if len(args) - 1 != ufunc.nin or ufunc.nout != 1 or not (is_list or (dtype is not None and dtype.kind in "iu")):
            raise self.refusal(
                f"`np.{ufunc.__name__}.at` is given an index that is no array of ints",
                "each index is taken in turn, and only ints name elements one by one",
                "pass an array of ints, or assign to the elements",
            )
        return self.as_written(at_ufunc if ufunc.nin == 2 else at_unary_ufunc, av.Known(ufunc), *args)

    def call_functional(
        self, row: Functional | Repeated, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call a function of a library that is given a function."""
        raise NotImplementedError

    def as_written(
        self, function: Callable[..., object], *args: AbstractValue, **kwargs: AbstractValue
    ) -> AbstractValue:
        """Interpret a function of the prelude."""
        raise NotImplementedError

    @staticmethod
    def without_out(
        function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> tuple[list[AbstractValue], AbstractValue | None]:
        """`out` apart from the other arguments, by name or by position."""
        if "out" in kwargs:
            return args, kwargs.pop("out")
        if isinstance(function, np.ufunc):
            extra = tuple(args[function.nin :])
            return args[: function.nin], av.Tuple(extra) if extra else None
        place = position_of_out(function) if len(args) > 1 else None  # `out` is never the first
        if place is None or len(args) <= place:
            return args, None
        kept = [av.NONE, *args[place + 1 :]] if len(args) > place + 1 else []
        return [*args[:place], *kept], args[place]

    def is_static(self, value: AbstractValue) -> bool:
        """Whether a value is known in all its parts."""
        match self.checked(value):
            case av.Known(value=known):
                return opaque_type(known) is None
            case av.Tuple(items=items):
                return all(map(self.is_static, items))
            case Ref(kind="list") as ref if self.grown(ref) is not None:
                return False
            case Ref(kind="list" | "dict" | "set") as ref:
                return all(map(self.is_static, self.heap.container(ref).values))
            case av.Slice(start=start, stop=stop, step=step):
                return all(map(self.is_static, (start, stop, step)))
            case av.View() | Ref(kind="iterator") as source if isinstance(source, av.View):
                return all(map(self.is_static, self.items_of(source, "this")))
        return False

    def is_pure(self, function: Any) -> bool:
        """Whether a library function may be evaluated at compile time."""
        if is_registered(function):
            return False  # it may read what changes
        if (
            function in PURE_BUILTINS
            or function in PURE_OF_TYPES
            or function in MEANINGS
            or function in CONSTANTS
            or isinstance(function, np.ufunc)
        ):
            return True
        if isinstance(function, type):
            return issubclass(function, np.generic | np.dtype | np.finfo | np.iinfo)
        return getattr(function, "__module__", None) in ("math", "cmath", "_operator") or is_series(function)

    def compute(self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """Evaluate a pure function on known arguments."""
        positional, named = tuple(map(self.lower, args)), {k: self.lower(v) for k, v in kwargs.items()}
        value = self.natively(function, *positional, **named)
        parts = value.items if isinstance(value, av.Tuple) else (value,)
        if not any(isinstance(part, av.Known) and isinstance(part.value, np.ndarray) for part in parts):
            return value
        if not numpy_name(function) and function not in CONSTANTS:
            if (made := self.written(function, args, kwargs)) is not None:
                return made
            raise self.missing(function)
        what = f"`{spelled(function)}`"
        if not isinstance(value, av.Tuple):
            return self.lift(created(self.builder, function, positional, named), set(), what)
        pens = [created(self.builder, function, positional, named, part=k) for k in range(len(parts))]
        return av.Tuple(tuple(self.lift(pen, set(), what) for pen in pens))

    def create(self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """Make an array from known arguments."""

        def constant(value: Any) -> Any:
            return Expr(self.builder, Const(value))

        lowered = {k: self.lower(v) for k, v in kwargs.items()}
        return self.apply(CREATIONS[function], f"`{spelled(function)}`", constant, *map(self.lower, args), **lowered)

    def missing(self, function: Any) -> Exception:
        """The refusal of a function without a rule, with the nearest one that has."""
        name = self.spelling(function)
        near = nearest(name, [spelled(f) for f in [*MEANINGS, *CREATIONS, *WRITTEN, *SOURCES] if callable(f)])
        way_out = "write it with functions that have a rule, " if near is None else f"use `{near}`, if that is meant, "
        if (words := words_for(function, name)) is not None:
            return self.refusal(f"`{name}` is called", *words)
        if ".random" in name or "Random" in name:
            return self.refusal(
                f"`{name}` draws random numbers",
                "a draw would differ between the forward and the backward pass",
                "draw outside the function and pass the numbers as an argument",
            )
        return self.refusal(
            f"`{name}` has no derivative rule",
            "the source of library functions is not entered",
            f"{way_out}give it one (`pullback.primitive`), or compute it outside the function",
            kind=MissingRuleError,
        )

    def spelling(self, function: Any) -> str:
        """A function as it is written in the source, where the call names it."""
        name = spelled(function)
        written = self.called.rpartition(".")[2]
        return self.called if written == name.rpartition(".")[2] else name

    # Methods of arrays, numbers, strings and containers.

    def call_method(
        self, method: av.Method, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call a method of a built-in type."""
        receiver, name = self.checked(method.receiver), method.name
        if name != "append":
            args, kwargs = list(map(self.decided_value, args)), {k: self.decided_value(v) for k, v in kwargs.items()}
        if (drawn := self.draw_from(receiver, name, args, kwargs)) is not None:
            return drawn
        if self.opaque(receiver) is not None:
            return self.object_method(receiver, name, args, kwargs)
        if (text := self.text_method(name, receiver, args, kwargs)) is not None:
            return text
        if isinstance(receiver, av.Late):
            return self.late_method(receiver, name, args, kwargs)
        if isinstance(receiver, av.Tuple) and receiver.cls is not tuple and name in ("_replace", "_asdict"):
            return self.namedtuple_method(receiver, name, kwargs)
        if isinstance(receiver, av.Known) and isinstance(receiver.value, property):
            return self.property_method(receiver.value, name, args)
        if isinstance(receiver, av.Known) and isinstance(receiver.value, frozenset):
            return self.container_method(name, receiver, args, kwargs)
        if isinstance(receiver, av.Known):
            if name == "join" and isinstance(receiver.value, str):
                args = [self.heap.list_of(tuple(self.items_of(args[0], "`join`")))]
            if all(self.is_static(a) for a in [*args, *kwargs.values()]):
                lowered = [self.static_value(a) for a in args], {k: self.static_value(v) for k, v in kwargs.items()}
                return self.natively(getattr(receiver.value, name), *lowered[0], **lowered[1])
        if not self.is_numeric(receiver) and not isinstance(self.type_of(receiver), Shape):
            return self.container_method(name, receiver, args, kwargs)
        if name in MUTATING:
            done = self.writing_method(name, receiver, args, kwargs)
            if done is not None:
                return done
            raise self.refusal(
                f"`.{name}()` changes an array",
                "it is not supported",
                f"use a function that returns a new array (`np.{name}`)",
            )
        if is_given(out := kwargs.pop("out", None)):
            return self.write_into(out, self.call_method(method, args, kwargs))
        if name == "astype" and not self.is_true(kwargs.pop("copy", av.Known(True))):
            return self.astype_in_place(receiver, args, kwargs)
        if name == "tolist" and not args and not kwargs and (listed := self.listed_array(receiver)) is not None:
            return listed
        if name not in METHODS:
            near = closest_name(name, METHODS, cutoff=0.75)
            raise self.refusal(
                f"the array method `.{name}()` has no derivative rule",
                "its meaning is not known to the compiler",
                f"use `.{near}()`" if near else "use NumPy functions that have a rule",
                kind=MissingRuleError,
            )
        what = "`.copy(order)`" if name == "copy" and (args or kwargs) else f"`.{name}()`"
        lowered_kwargs = {k: self.lower(v) for k, v in kwargs.items()}
        return self.apply(METHODS[name], what, self.lower(receiver), *map(self.lower, args), **lowered_kwargs)

    @staticmethod
    def is_true(value: AbstractValue) -> bool:
        return isinstance(value, av.Known) and value.value is True

    def astype_in_place(
        self, receiver: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """`astype(..., copy=False)`: the array itself where it has that dtype."""
        result = self.call_method(av.Method("astype", receiver), args, kwargs)
        old, new = self.type_of(receiver), self.type_of(result)
        if old is None or new is None or dtype_of(old) is None:
            raise self.refusal(
                "`copy=False` of an array whose dtype is known at run time only",
                "whether the result shares memory with it depends on the dtype",
                "leave `copy=` out",
            )
        return receiver if same_dtype(old, new) else result

    def static_value(self, value: AbstractValue) -> Any:
        """A Python value, where one must be known."""
        if self.is_static(value):
            return self.lower(value)
        if isinstance(value, av.Tuple):
            return tuple(map(self.static_value, value.items))
        if isinstance(value, av.Late):
            raise self.must_be_known(value)
        atom = self.leaf(value)
        if atom is not None:
            raise self.needs_static(atom, "this value")
        raise self.refusal(
            f"{self.describe(value)} is used as text", "its text is known at run time only", "use known values"
        )

    def namedtuple_method(self, value: av.Tuple, name: str, kwargs: dict[str, AbstractValue]) -> AbstractValue:
        fields: tuple[str, ...] = value.cls._fields  # type: ignore[attr-defined]  # a namedtuple class
        if name == "_asdict":
            return self.heap.new("dict", Container(dict, fields, value.items))
        items = tuple(kwargs.pop(f, item) for f, item in zip(fields, value.items, strict=True))
        if kwargs:
            raise self.users_error(ValueError(f"got unexpected field names: {list(kwargs)}"))
        return av.Tuple(items, value.cls)

    # Builtins.

    def call_builtin(
        self, name: str, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        self.refuse_builtin(name)
        handler = getattr(self, f"builtin_{name}", None)
        if handler is None:
            raise self.refusal(
                f"`{name}` is called", "it is not supported inside a differentiated function", "avoid it"
            )
        return self.fitting(handler, args, kwargs)

    def refuse_builtin(self, name: str | None) -> None:
        """Refuse effects, and code that is made at run time."""
        if name in EFFECTS:
            raise self.refusal(
                f"`{name}` is called",
                "what it gives differs from run to run, and is not part of what is computed",
                f"call `{name}` outside the function, and pass what it gives",
            )
        if name in DYNAMIC_CODE:
            raise self.refusal(
                f"`{name}` is called", "what it reads or runs cannot be seen when compiling", DYNAMIC_CODE[name]
            )


def source_of(function: Any) -> Callable[..., Any] | None:
    """The Python function that is interpreted in place of one of a library; None where there is none."""
    known = WRITTEN.get(function) or SAMPLES.get(function) or SOURCES.get(function)
    return known or source_of_series(function)


@lru_cache(maxsize=512)
def position_of_out(function: Any) -> int | None:
    """Where `out` is among the parameters of a function that takes it by position, too."""
    if top_module(getattr(function, "__module__", None) or "") != "numpy" or isinstance(function, type):
        return None
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    named = [k for k, p in enumerate(parameters) if p.name == "out" and p.kind is p.POSITIONAL_OR_KEYWORD]
    return named[0] if named else None


def is_given(out: AbstractValue | None) -> TypeGuard[AbstractValue]:
    """Whether `out=` is more than None."""
    return out is not None and not (isinstance(out, av.Known) and out.value is None)


def spelled(function: Any) -> str:
    """A public function as the user writes it."""
    if isinstance(function, np.ufunc):
        return f"{home_of(function) or 'np'}.{function.__name__}"
    name = str(getattr(function, "__qualname__", None) or getattr(function, "__name__", type(function).__name__))
    module = getattr(function, "__module__", None) or ""
    if isinstance(function, types.BuiltinMethodType) and not isinstance(
        function.__self__, types.ModuleType | type(None)
    ):
        owner = type(function.__self__)
        return f"{owner.__module__}.{owner.__name__}.{function.__name__}"
    if top_module(module) == "numpy":
        parts = [p for p in module.split(".")[1:] if not p.startswith("_") and p in ("linalg", "fft", "random")]
        return ".".join(["np", *parts, name])
    if home := home_of(function):
        return f"{home}.{name}"
    return name if module in ("builtins", "") else f"{module.lstrip('_')}.{name}"
