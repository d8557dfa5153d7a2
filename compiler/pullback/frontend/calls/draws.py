"""Random draws: calls of NumPy's generators, which are effects whose results are values.

A generator is handed on by reference: it is a parameter, lies outside the function, or is made by it. What is drawn is
a constant of differentiation.
"""

from __future__ import annotations

import inspect
import random
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Ref, is_none
from pullback.frontend.calls.effects import named
from pullback.frontend.calls.python_draws import PythonDraws
from pullback.ir.core import Atom, Value
from pullback.ir.effects import EFFECT, Action, Apply, Hole, Layout, Member, Named
from pullback.ir.types import (
    Array,
    Dim,
    Dims,
    Handle,
    Scalar,
    Shape,
    ShapesDisagree,
    Type,
    broadcast,
    dims_of,
    is_generator,
    is_generator_class,
    is_inexact,
)
from pullback.primitives.families.distributions import DISTRIBUTIONS, Distribution, Unknown, sample_of, type_of_draw
from pullback.primitives.inference import extent, unknown_dim

Arguments = dict[str, AbstractValue]
ALIASES = (np.random.ranf, np.random.sample)  # of np.random.random_sample


class Draws(PythonDraws):
    """Generators and draws."""

    def generator(self, value: AbstractValue) -> Atom | None:
        """The atom of a random generator; None of anything else."""
        if isinstance(value, av.Dynamic) and isinstance(value.atom.type, Handle):
            return value.atom
        if isinstance(value, av.Known) and is_generator(value.value):
            return self.hidden_reference(value.value)
        return None

    def made(self, function: Layout, cls: type, args: list[AbstractValue], kwargs: Arguments) -> AbstractValue:
        """A generator that is made when the code runs, each time anew."""
        atoms: list[Atom] = []
        positional = tuple(self.handed(a, atoms) for a in args)
        keywords = tuple((name, self.handed(value, atoms)) for name, value in kwargs.items())
        action = Action("call", Apply(function, positional, keywords))
        (result,) = self.builder.append(EFFECT, tuple(atoms), {"action": action}, (Handle(cls),))
        return av.Dynamic(result)

    def handed(self, value: AbstractValue, atoms: list[Atom]) -> Layout:
        """How an argument is written down, which may be a generator."""
        atom = self.generator(self.checked(value))
        if atom is None:
            return self.layout(value, atoms)
        atoms.append(atom)
        return Hole(len(atoms) - 1)

    def copied_generator(self, function: Any, value: AbstractValue) -> AbstractValue | None:
        """`copy.copy` or `copy.deepcopy` of a generator; None of anything else."""
        atom = self.generator(value)
        if atom is None:
            return None
        assert isinstance(atom.type, Handle)
        return self.made(named(function), atom.type.cls, [value], {})

    def random_call(self, function: Any, args: list[AbstractValue], kwargs: Arguments) -> AbstractValue | None:
        """A call of something in `np.random`, or of a method of a generator outside; None of anything else."""
        if isinstance(function, type) and is_generator_class(function):
            module = "random" if function is random.Random else "numpy.random"
            return self.made(Named(function, module, function.__name__), function, args, kwargs)
        if not in_numpy_random(function):
            return None
        if function in ALIASES:
            function = np.random.random_sample
        name = function.__name__
        if function is np.random.default_rng:
            given = self.checked(args[0]) if args else av.NONE
            atom = self.generator(given)
            if atom is not None and isinstance(atom.type, Handle) and atom.type.cls is np.random.Generator:
                return given  # a generator is handed through
            return self.made(Named(function, "numpy.random", name), np.random.Generator, args, kwargs)
        if function is np.random.seed:
            return self.called_for_effect(Named(function, "numpy.random", name), args, kwargs)
        owner = getattr(function, "__self__", None)
        if not is_generator(owner):
            return None
        if getattr(random, name, None) == function:
            python = Named(function, "random", name)
            return self.python_draw(name, f"random.{name}", lambda atoms: python, args, kwargs)
        if getattr(np.random, name, None) == function:
            place: Layout = Named(function, "numpy.random", name)
            return self.draw(type(owner), name, f"np.random.{name}", lambda atoms: place, args, kwargs)
        where = f"the generator of `{function!r}`"
        return self.draw_from(self.outside(owner, lambda: function.__self__, "rng", where), name, args, kwargs)

    def draw_from(
        self, receiver: AbstractValue, name: str, args: list[AbstractValue], kwargs: Arguments
    ) -> AbstractValue | None:
        """A call of a method of a generator; None of anything else."""
        atom = self.generator(receiver)
        if atom is None:
            return None
        assert isinstance(atom.type, Handle)

        def function(atoms: list[Atom]) -> Layout:
            atoms.append(atom)
            return Member(Hole(len(atoms) - 1), name)

        spelled = f"{atom.name if isinstance(atom, Value) and atom.name else 'rng'}.{name}"
        return self.draw(atom.type.cls, name, spelled, function, args, kwargs)

    def draw(
        self,
        cls: type,
        name: str,
        spelled: str,
        function: Callable[[list[Atom]], Layout],
        args: list[AbstractValue],
        kwargs: Arguments,
    ) -> AbstractValue:
        """Append the effect of a draw."""
        if cls is random.Random:
            return self.python_draw(name, spelled, function, args, kwargs)
        if name == "seed" and cls is np.random.RandomState:
            return self.drawn(function, args, kwargs, None)
        if name == "shuffle":
            return self.shuffle(cls, spelled, function, args, kwargs)
        row = DISTRIBUTIONS.get(name)
        if row is None or not hasattr(cls, name):
            raise self.refusal(
                f"`{spelled}` is called",
                "it is no draw that the compiler knows",
                "draw outside the function, and pass what is drawn as an argument",
            )
        if args and name in ("choice", "permutation") and self.is_inexact_array(args[0]) and "axis" not in kwargs:
            # the same draws choose indices: elements of an array have a derivative
            args, array = [self.builtin_len(args[0]), *args[1:]], args[0]
            chosen = self.drawn(function, args, kwargs, self.type_drawn(cls, name, spelled, row, args, kwargs))
            return self.getitem(array, chosen)
        return self.drawn(function, args, kwargs, self.type_drawn(cls, name, spelled, row, args, kwargs))

    def is_inexact_array(self, value: AbstractValue) -> bool:
        """Whether a value is an array that may carry a derivative."""
        t = self.type_of(self.checked(value))
        return isinstance(t, Array) and t.dtype is not None and bool(t.shape) and is_inexact(t)

    def drawn(
        self, function: Callable[[list[Atom]], Layout], args: list[AbstractValue], kwargs: Arguments, t: Type | None
    ) -> AbstractValue:
        atoms: list[Atom] = []
        called = function(atoms)
        positional = tuple(self.layout(a, atoms) for a in args)
        keywords = tuple((name, self.layout(value, atoms)) for name, value in kwargs.items())
        action = Action("call", Apply(called, positional, keywords))
        results = self.builder.append(EFFECT, tuple(atoms), {"action": action}, () if t is None else (t,))
        if not results:
            return av.NONE
        value = self.value_of(results[0])
        if isinstance(value, Ref) and t is not None and dims_of(t) == ():
            self.heap.numbers[value] = None  # an array if `size` is (), which few ask for
        return value

    def shuffle(
        self,
        cls: type,
        spelled: str,
        function: Callable[[list[Atom]], Layout],
        args: list[AbstractValue],
        kwargs: Arguments,
    ) -> AbstractValue:
        """`shuffle(x)`: the array becomes what `permutation(x)` gives, by the same draws."""
        bound = self.bound_draw(spelled, ("x", "axis"), args, kwargs)
        array, axis = self.checked(bound.get("x", av.NONE)), bound.get("axis", av.Known(0))
        if not (isinstance(array, Ref) and self.is_big(array)) or not is_known_zero(axis):
            raise self.refusal(
                f"`{spelled}` of {self.describe(array)}" + ("" if is_known_zero(axis) else ", along another axis"),
                "only arrays are shuffled, along their first axis",
                "index with a permutation (`x[rng.permutation(len(x))]`)",
            )

        def permutation(atoms: list[Atom]) -> Layout:
            match function(atoms):
                case Member(base=base):
                    return Member(base, "permutation")
            return Named(np.random.permutation, "numpy.random", "permutation")

        self.assign_all(array, self.draw(cls, "permutation", spelled, permutation, [array], {}))
        return av.NONE

    # The type of what is drawn.

    def bound_draw(
        self, spelled: str, names: tuple[str, ...], args: list[AbstractValue], kwargs: Arguments
    ) -> Arguments:
        """The arguments of a draw by parameter."""
        if len(args) > len(names):
            found = f"{spelled}() takes at most {len(names)} arguments ({len(args)} given)"
            raise self.users_error(TypeError(found))
        bound = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name in bound or name not in names:
                problem = "multiple values for" if name in bound else "an unexpected keyword"
                raise self.users_error(TypeError(f"{spelled}() got {problem} argument '{name}'"))
            bound[name] = value
        return bound

    def type_drawn(
        self, cls: type, name: str, spelled: str, row: Distribution, args: list[AbstractValue], kwargs: Arguments
    ) -> Type:
        """The type of what a draw gives."""
        scratch = np.random.default_rng(0) if cls is np.random.Generator else np.random.RandomState(0)
        try:
            if row.sized == "dims":
                size = self.dims_asked(av.Tuple(tuple(args)))
                assert size is not None
                self.bound_draw(spelled, (), [], kwargs)
                return type_of_draw(getattr(scratch, name), size, (), (1,) * len(size), {})
            bound = self.bound_draw(spelled, (*row.parameters, *row.options), args, kwargs)
            given = {name: self.drawn_with(bound[name]) for name in row.parameters if name in bound}
            samples = dict(zip(row.parameters, row.samples, strict=True))
            sampled: dict[str, Any] = {name: sample_of(t, samples[name]) for name, t in given.items() if t is not None}
            for option in row.options:
                if option in bound and option != "size":
                    sampled[option] = self.option(spelled, option, bound[option])
            size = self.dims_asked(bound["size"]) if "size" in bound else None
            if size is not None:
                sampled["size"] = (1,) * len(size)
            return type_of_draw(getattr(scratch, name), size, self.rest_of(row, given, size, bound), (), sampled)
        except Unknown as error:
            raise self.refusal(
                f"`{spelled}` is called",
                f"{error}: so the type of what it draws is known at run time only",
                "draw outside the function, and pass what is drawn as an argument",
            ) from error
        except (TypeError, ValueError, ShapesDisagree) as error:
            raise self.users_error(error) from error

    def drawn_with(self, value: AbstractValue) -> Type | None:
        """The type of a parameter of a draw; None for None."""
        value = self.checked(value)
        if is_none(value):
            return None
        if isinstance(value, av.Tuple) or (isinstance(value, Ref) and value.kind == "list"):
            value = self.call(av.Known(np.array), [value], {})  # for its type only
        t = self.type_of(value)
        if not isinstance(t, Scalar | Array):
            raise self.users_error(TypeError(f"{self.describe(value)} is no number or array"))
        return t

    def option(self, spelled: str, name: str, value: AbstractValue) -> Any:
        """An option of a draw, on a sample."""
        value = self.checked(value)
        if is_none(value):
            return None
        if name == "out":
            raise self.refusal(f"`out=` of `{spelled}` is given", "it is not supported", "assign the result")
        if name == "p":
            t = self.drawn_with(value)
            assert t is not None
            return sample_of(t, 1)
        return self.static_value(value)

    def dims_asked(self, value: AbstractValue) -> Dims | None:
        """The shape that `size` asks for; None for None."""
        value = self.checked(value)
        if is_none(value):
            return None
        if isinstance(value, av.Known) and isinstance(value.value, tuple):
            value = self.from_python(value.value)
        if isinstance(value, av.Tuple):
            return tuple(map(self.length_asked, value.items))
        if isinstance(value, Ref) and value.kind == "list":
            return tuple(map(self.length_asked, self.heap.container(value).values))
        t = self.type_of(value)
        if isinstance(t, Shape):
            if t.dims is None:
                raise Unknown("the length of `size` is not known")
            return t.dims
        return (self.length_asked(value),)

    def length_asked(self, value: AbstractValue) -> Dim:
        """One dimension of `size`."""
        atom = self.leaf(self.checked(value))
        t = None if atom is None else atom.type
        is_int = isinstance(t, Scalar) and t.kind in ("int", "bool")
        is_numpy_int = isinstance(t, Array) and t.shape == () and t.dtype is not None and t.dtype.kind in "iu"
        if atom is None or not (is_int or is_numpy_int):
            raise self.users_error(TypeError(f"{self.describe(value)} cannot be interpreted as an integer"))
        known = extent(atom)
        return unknown_dim() if known is None else known

    def rest_of(
        self, row: Distribution, given: dict[str, Type | None], size: Dims | None, bound: Arguments
    ) -> Dims | None:
        """The axes of a draw after those of `size`; None where they are known at run time only."""
        if row.sized == "broadcast":
            return () if size is not None else broadcast(*(dims_of(t) for t in given.values() if t is not None))
        if row.sized == "last":
            dims = dims_of(given[row.rows]) if (row.rows in given and given[row.rows] is not None) else None  # type: ignore[arg-type]
            return None if dims is None else dims[-1:]
        (name,) = row.parameters
        source = given.get(name)
        if source is None:
            raise TypeError(f"missing the argument '{name}'")
        dims = dims_of(source)
        if row.sized == "chosen":
            if dims is not None and len(dims) > 1 and not is_known_zero(bound.get("axis", av.Known(0))):
                raise Unknown("it chooses along another axis than the first")
            return None if dims is None else dims[1:]
        if dims == ():
            atom = self.leaf(self.checked(bound[name]))
            length = None if atom is None else extent(atom)
            return (unknown_dim() if length is None else length,)
        return dims


def is_known_zero(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and type(value.value) is int and value.value == 0


def in_numpy_random(function: Any) -> bool:
    """Whether a callable is a function of `np.random`, or a method of a generator."""
    if is_generator(getattr(function, "__self__", None)):
        return inspect.isroutine(function)
    return str(getattr(function, "__module__", "")).startswith("numpy.random") and not isinstance(
        function, type | types.ModuleType
    )
