"""What is verified: a user's function, code that claims to be its gradient, and points to compare them at."""

from __future__ import annotations

import contextlib
import inspect
import io
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.errors import SignatureError
from pullback.ir.interface import Path, Request
from pullback.records import dataclass
from pullback.verify.repeated import drawing_again, generators_in
from pullback.verify.values import Leaves, at, is_inexact, leaves, spell, with_leaves

FLIPS = 4  # how often the last bits are changed
SPREAD = 0.05  # relative: small enough to stay inside most domains


class Unusable(Exception):
    """An oracle cannot be applied; the message says why."""


@dataclass(frozen=True, slots=True)
class Point:
    """Arguments of the function by parameter name; those that are left to their defaults are absent."""

    arguments: dict[str, Any]

    def replaced(self, new: Leaves) -> Point:
        """A copy with some leaves replaced; nothing is shared with this one."""
        return Point(with_leaves(self.arguments, new))

    def leaves(self, wrt: tuple[str, ...] | None = None) -> Leaves:
        """The numbers and arrays of these parameters (None: of all) by path."""
        return {path: leaf for path, leaf in leaves(self.arguments) if wrt is None or path[0] in wrt}

    def name(self, path: Path) -> str:
        """A leaf as one would write it."""
        return spell(self.arguments, path)

    def inexact(self, wrt: tuple[str, ...]) -> Leaves:
        """The leaves that the gradient has an entry for."""
        return {path: leaf for path, leaf in self.leaves(wrt).items() if is_inexact(leaf)}


@dataclass(frozen=True, slots=True)
class Subject:
    """A function and its alleged gradient.

    function    the user's
    generated   (*args, **kwargs) -> (what the function returns, gradient)
    generators  random generators outside that the function draws from; what it draws is the same at each call
    """

    name: str
    function: Callable[..., Any]
    generated: Callable[..., Any]
    request: Request
    signature: inspect.Signature
    generators: tuple[Any, ...] = ()

    def point(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Point:
        """The arguments of one call.

        Raises:
            SignatureError: they do not fit, or leave a parameter that is differentiated by to its default.
        """
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise SignatureError(f"the arguments do not fit {self.name}{self.signature}", str(error)) from None
        for name in self.request.wrt:
            if name not in bound.arguments:
                raise SignatureError(
                    f"`{name}` is not given", "the gradient is taken with respect to it", "pass it to verify"
                )
        return Point(dict(bound.arguments))

    def call(self, point: Point) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and keyword arguments."""
        bound = inspect.BoundArguments(self.signature, OrderedDict(point.arguments))
        return bound.args, bound.kwargs

    def result(self, point: Point, new: Leaves | None = None) -> Any:
        """What the function returns on a copy of the arguments, some leaves replaced.

        Raises:
            Unusable: the function raises, or warns that it drops an imaginary part.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            try:
                return self._run(self.function, point.replaced(new or {}))
            except Exception as error:  # whatever the user's code raises is a reason, not our failure
                raise Unusable(f"{self.name} raises {type(error).__name__}: {error}") from error

    def value(self, point: Point, new: Leaves) -> Any:
        """The number that is differentiated, with some leaves of the arguments replaced."""
        return self._value_of(self.result(point, new))

    def claim(self, point: Point) -> tuple[Any, Any]:
        """What the function returns, and the gradient, by generated code on a copy of the arguments.

        Raises:
            Unusable: the copy is no longer equal to the arguments, or the gradient shares its memory.
        """
        copied = point.replaced({})
        result, gradient = self._run(self.generated, copied)
        self._check_untouched(point, copied)
        arrays = [leaf for _, leaf in leaves(gradient) if isinstance(leaf, np.ndarray)]
        for path, leaf in copied.leaves().items():
            if isinstance(leaf, np.ndarray) and any(np.shares_memory(leaf, array) for array in arrays):
                raise Unusable(f"the gradient shares memory with the argument {point.name(path)}")
        return result, gradient

    def run(self, function: Callable[..., Any], point: Point) -> Any:
        """What other generated code returns on a copy of the arguments.

        Raises:
            Unusable: the copy is no longer equal to the arguments.
        """
        copied = point.replaced({})
        result = self._run(function, copied)
        self._check_untouched(point, copied)
        return result

    def _run(self, function: Callable[..., Any], point: Point) -> Any:
        args, kwargs = self.call(point)
        # what a function prints, it would print for every step of the differences
        with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()), self.drawing_again(point):
            return function(*args, **kwargs)

    def drawing_again(self, point: Point) -> contextlib.AbstractContextManager[None]:
        """Whatever is drawn at random inside, is drawn again by what comes after it."""
        return drawing_again([*self.generators, *generators_in(point.arguments)])

    def expect_repeatable(self, point: Point) -> None:
        """Let a function pass that returns the same twice.

        Raises:
            Unusable: it does not, as where it draws from a generator that it makes without a seed.
        """
        once, again = (dict(leaves(self.result(point))) for _ in range(2))
        if once.keys() != again.keys() or not all(map(_same, once.values(), again.values())):
            raise Unusable("two calls with the same arguments give different values")

    @staticmethod
    def _check_untouched(point: Point, copied: Point) -> None:
        after = copied.leaves()
        for path, leaf in point.leaves().items():
            if path not in after or not np.array_equal(leaf, after[path], equal_nan=is_inexact(leaf)):
                raise Unusable(f"generated code changes its argument {point.name(path)}")

    def rounding(self, point: Point, claimed: tuple[Any, Any]) -> dict[Path, float]:
        """How much generated code's value (path `()`) and gradients move when `wrt` moves in its last bits.

        That is the error which rounding alone brings about: where the true gradient is zero it is all there is.
        """
        found: dict[Path, float] = {}
        rng = np.random.default_rng(0)
        for _ in range(FLIPS):
            flipped = {path: _flipped(leaf, rng) for path, leaf in point.inexact(self.request.wrt).items()}
            result, gradient = self.run(self.generated, point.replaced(flipped))
            moved = {(): _distance(self._value_of(result), self._value_of(claimed[0]))}
            for path in flipped:
                moved[path] = _distance(self.gradient_at(gradient, path), self.gradient_at(claimed[1], path))
            found = {path: max(found.get(path, 0.0), distance) for path, distance in moved.items()}
        return found

    def _value_of(self, result: Any) -> Any:
        return result[0] if self.request.has_aux else result

    def gradient_at(self, gradient: Any, path: Path) -> Any:
        """The entry of a gradient that belongs to a leaf of the arguments."""
        if not self.request.single:
            gradient = gradient[self.request.wrt.index(path[0])]
        return at(gradient, path[1:])

    def nearby(self, point: Point, rng: np.random.Generator) -> Point:
        """A point close to another: what is differentiated by is moved a little, with its signs kept."""
        moved = {path: _moved(leaf, rng) for path, leaf in point.inexact(self.request.wrt).items()}
        return point.replaced(moved)


def _same(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=is_inexact(a) and is_inexact(b))


def _flipped(leaf: Any, rng: np.random.Generator) -> Any:
    values = np.asarray(leaf)
    bits = rng.integers(-4, 5, values.shape)
    return like(leaf, (values * (1 + bits * np.finfo(values.dtype).eps)).astype(values.dtype))


def _distance(a: Any, b: Any) -> float:
    """The largest difference of two leaves; 0 where it is not finite, or they are not alike."""
    if a is None or b is None or np.shape(a) != np.shape(b):
        return 0.0
    with np.errstate(all="ignore"):
        distance = np.abs(np.asarray(a) - np.asarray(b))
    return float(np.max(distance[np.isfinite(distance)], initial=0.0))


def _moved(leaf: Any, rng: np.random.Generator) -> Any:
    values = np.asarray(leaf)
    if not values.size:
        return leaf
    finite = np.abs(values[np.isfinite(values)])
    scale = float(finite.max(initial=0.0)) or 1.0
    away = np.where(values == 0, scale, values) * rng.uniform(-SPREAD, SPREAD, values.shape)
    moved = (values + away).astype(values.dtype)
    return like(leaf, moved)


def like(leaf: Any, values: Any) -> Any:
    """Numbers as what the leaf is: a Python number, a NumPy scalar, or an array."""
    if isinstance(leaf, np.ndarray):
        return np.asarray(values)
    if isinstance(leaf, np.generic):
        return np.asarray(values)[()]
    return complex(values) if np.asarray(values).dtype.kind == "c" else float(values)
