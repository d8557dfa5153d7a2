"""Compiles a function per signature, and dispatches to what was compiled before.

Dispatch looks the exact shapes up first (one dict lookup), and falls back on the signature, so that one compiled
program serves all sizes. What a program was specialised to besides its arguments is guarded, and checked at each call.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pullback.callables import keeps_calling_style, signature_of_callable
from pullback.errors import SignatureError
from pullback.ir.interface import Guard, Path, Program, Request, Tree
from pullback.overlaps import expect_apart, is_mutable, part_at
from pullback.records import dataclass
from pullback.signature import Binder, binder, difference, key_of, signature_of, sizes_agree, tree_of

if TYPE_CHECKING:
    from pullback.emit import Emitted

MOST_EXACT_KEYS = 4096  # sizes seen; what they lead to is kept in any case


@dataclass(frozen=True, slots=True)
class HiddenInput:
    """A global or closure array, passed as a keyword; `signature` is what the program was compiled for."""

    name: str
    read: Callable[[], Any]
    signature: Hashable

    def holds(self) -> bool:
        return bool(signature_of(key_of(self.read())) == self.signature)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A gradient program for one signature: the code, and the facts that it holds for."""

    primal: Program
    program: Program
    emitted: Emitted
    function: Callable[..., Any]
    promoted: tuple[tuple[str, Path, Any], ...]
    hidden: tuple[HiddenInput, ...]
    bind: Binder
    trees: Mapping[str, Tree]
    keywords: frozenset[str]

    def holds(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
        """Whether all that the program was specialised to, besides the signature, is still so."""
        for guard in self.program.guards:
            now = guard.read()
            if now is not guard.value and not _equal(now, guard.value):
                return False
        if not self.hidden and not self.promoted and not self.primal.contiguous:
            return True
        return all(array.holds() for array in self.hidden) and self.changed_argument(args, kwargs) is None

    def broken_guard(self) -> Guard | HiddenInput | None:
        """A fact about the world outside that no longer holds, if there is one."""
        for guard in self.program.guards:
            now = guard.read()
            if now is not guard.value and not _equal(now, guard.value):
                return guard
        for array in self.hidden:
            if not array.holds():
                return array
        return None

    def changed_argument(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        """In words, an int or a length that was made static and is another one now, or an array that lies otherwise in
        memory.
        """
        if self.promoted or self.primal.contiguous:
            bound = self.bind(args, kwargs)
            for name, path, value in self.promoted:
                if part_at(bound[name], path) != value:
                    had = "had another length" if path[-2:-1] == ("shape",) else "was another number"
                    return f"`{name}` {had} when this was compiled"
            for name, path in self.primal.contiguous:
                if not part_at(bound[name], path).flags.c_contiguous:
                    return f"`{name}` was contiguous in memory when this was compiled"
        return None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.primal.changed:
            self.expect_apart(args, kwargs)
        for array in self.hidden:
            kwargs[array.name] = array.read()
        return self.function(*args, **kwargs)

    def expect_apart(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Refuse arguments that are there twice, where the function writes to them."""
        hidden = [p.hidden for p in self.program.parameters if p.hidden is not None]
        arrays = [(array.description, array.read()) for array in hidden]
        containers = [(guard.description, guard.value) for guard in self.program.guards if is_mutable(guard.value)]
        bound = self.bind(args, kwargs)
        expect_apart(bound, self.primal.changed, [*arrays, *containers], self.primal.module.entry)


def _equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(a, _COMPARED_BY_VALUE) and bool(a == b)


_COMPARED_BY_VALUE = (bool, int, float, complex, str, tuple, type(None))


class Specializer:
    """Compiles one function's gradient per signature, and dispatches.

    Args:
        function: the user's function.
        request: what is asked of it.
    """

    def __init__(self, function: Callable[..., Any], request: Request) -> None:
        self.function = function
        self.request = request
        self.signature = signature_of_callable(function)
        self._bind = binder(self.signature)
        self._keeps_style = keeps_calling_style(function)
        self._exact: dict[Hashable, list[Compiled]] = {}
        self._signatures: dict[Hashable, list[Compiled]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        compiled = self.lookup(args, kwargs)
        if compiled.hidden or compiled.primal.changed:
            return compiled(*args, **kwargs)
        return compiled.function(*args, **kwargs)

    def lookup(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Compiled:
        """The program for these arguments: what was compiled before, or compiled now."""
        try:
            # arrays in line: this is paid at every call
            key = tuple([(a.dtype, a.shape) if type(a) is np.ndarray else key_of(a) for a in args])
            if kwargs:
                key += (*kwargs, *map(key_of, kwargs.values()))
        except RecursionError:
            raise SignatureError(
                "an argument contains itself",
                "arguments are trees: containers of numbers and arrays, to any depth",
                "pass it without the reference back, or make it the receiver of a method that is differentiated",
            ) from None
        try:
            candidates = self._exact.get(key, ())
        except TypeError:
            self._trees(args, kwargs)  # names the argument that cannot be hashed
            raise
        for compiled in candidates:
            if compiled.holds(args, kwargs):
                return compiled
        return self._first(key, args, kwargs)

    def _first(self, key: Hashable, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Compiled:
        """The program for a key that was not seen before, or whose programs no longer hold."""
        if len(self._exact) >= MOST_EXACT_KEYS:
            self._exact.clear()
        candidates = self._signatures.setdefault(signature_of(key), [])
        candidates[:] = [c for c in candidates if c.broken_guard() is None]
        compiled = next((c for c in candidates if c.changed_argument(args, kwargs) is None), None)
        if compiled is None:
            compiled = self.compile(self._trees(args, kwargs), self._style(kwargs))
            candidates.append(compiled)
        self._check_sizes(compiled, args, kwargs)
        checked = [c for c in self._exact.get(key, ()) if c.broken_guard() is None]
        self._exact[key] = [*checked, compiled]
        return compiled

    def _check_sizes(self, compiled: Compiled, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Where sizes disagree that the function requires to be equal, let it say so itself.

        The generated code takes for granted what every run of the function checks: it need not compute the value,
        and so might not stumble over it. Sizes are checked once, when they are seen for the first time.
        """
        bound = self.signature.bind(*args, **kwargs).arguments
        sizes: dict[str, int] = {}
        trees = {p.name: p.tree for p in compiled.primal.parameters}
        if not all(sizes_agree(trees[name], value, sizes) for name, value in bound.items() if name in trees):
            self.function(*copy.deepcopy(args), **copy.deepcopy(dict(kwargs)))
            raise SignatureError("the sizes of the arguments disagree", "the function combines arrays of other sizes")

    def check(self, compiled: Compiled, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Refuse arguments, or a world around them, that a compiled program does not hold for.

        Raises:
            SignatureError: names what changed.
        """
        way_out = (
            "call lower(...) again on the new arguments, or call the function's own grad, which recompiles by itself"
        )
        now = self._trees(args, kwargs)
        for name in {**compiled.trees, **now}:
            before, after = compiled.trees.get(name), now.get(name)
            if before is None or after is None:
                raise SignatureError(
                    f"`{name}` was {'passed' if after is None else 'left out'} when this was compiled", "", way_out
                )
            if change := difference(before, after, name):
                raise SignatureError(change, "the code was generated for the structure that it saw", way_out)
        if compiled.keywords != self._style(kwargs):
            raise SignatureError(
                "other arguments are passed by keyword than when this was compiled",
                "the function is a wrapper that could tell",
                way_out,
            )
        self._check_sizes(compiled, args, kwargs)
        if changed := compiled.changed_argument(args, kwargs):
            raise SignatureError(changed, "the code is made for it", way_out)
        if guard := compiled.broken_guard():
            what = guard.description if isinstance(guard, Guard) else f"the dtype or shape of `{guard.name}`"
            loc = guard.loc if isinstance(guard, Guard) else None
            raise SignatureError(f"{what} has changed since this was compiled", "it is part of the code", way_out, loc)

    def _trees(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Tree]:
        bound = self.signature.bind(*args, **kwargs)
        return {name: tree_of(value, name) for name, value in bound.arguments.items()}

    def _style(self, kwargs: Mapping[str, Any]) -> frozenset[str]:
        """The arguments that are passed by keyword, where the function could tell."""
        return frozenset(kwargs) if self._keeps_style else frozenset()

    def compile(self, trees: Mapping[str, Tree], keywords: frozenset[str] = frozenset()) -> Compiled:
        """Trace, differentiate, optimise, emit and load. `keywords` are passed by keyword to a wrapper."""
        # the compiler proper is most of what there is to import, and is needed from the first gradient on only
        from pullback.compilation import compile_gradient

        primal, promoted, program, emitted, function = compile_gradient(self.function, trees, self.request, keywords)
        hidden = tuple(
            HiddenInput(p.name, p.hidden.read, signature_of(key_of(p.hidden.read())))
            for p in program.parameters
            if p.hidden is not None
        )
        return Compiled(primal, program, emitted, function, promoted, hidden, self._bind, trees, keywords)
