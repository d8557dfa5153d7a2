"""What generated code refers to outside itself: modules, builtins, runtime functions. Nothing unused is imported."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from typing import Any

import pullback_runtime

RUNTIME = "pullback_runtime"
_ALIASES = {"numpy": "np"}


class Imports:
    """Collects what a module uses. Names that a parameter has are never given to anything else."""

    def __init__(self, parameter_names: Iterable[str]) -> None:
        self._parameters = frozenset(parameter_names)
        self._modules: dict[str, str] = {}
        self._members: dict[tuple[str, str], str] = {}
        self.given: dict[str, Any] = {}

    def module(self, name: str) -> ast.expr:
        """A reference to a module."""
        return ast.Name(self._modules.setdefault(name, self._free(_ALIASES.get(name, name.rpartition(".")[2]))))

    def numpy(self, dotted: str) -> ast.expr:
        """A reference to `np.dotted`."""
        return attribute(self.module("numpy"), dotted)

    def member(self, module: str, name: str) -> ast.expr:
        """A reference to a function or class of a module, imported by name."""
        return ast.Name(self._members.setdefault((module, name), self._free(name)))

    def named(self, value: Any, module: str, name: str) -> ast.expr:
        """A reference to something of the user's, or of a library, that is known by its name in a module.

        What cannot be imported (it was made in a function, in `__main__`, in text that was executed) is `given` to the
        generated code when that is loaded; a module built ahead of time has no access to it.
        """
        if module == "builtins":
            return self.builtin(name)
        if not name:
            return self.module(module)
        if _is_standard(module):
            return attribute(self.module(module), name)
        if module == "numpy" or module.startswith("numpy."):
            return self.numpy(f"{module}.{name}".removeprefix("numpy."))
        if is_importable(value, module, name):
            outer, _, rest = name.partition(".")
            return attribute(self.member(module, outer), rest) if rest else self.member(module, outer)
        alias = next((a for a, v in self.given.items() if v is value), None) or self._free(name.rpartition(".")[2])
        self.given[alias] = value
        return ast.Name(alias)

    def builtin(self, name: str) -> ast.expr:
        """A reference to a builtin, even where a parameter shadows it."""
        if name in self._parameters:
            return attribute(self.module("builtins"), name)
        return ast.Name(name)

    def function(self, dotted: str) -> ast.expr:
        """A reference to a function by the name that primitives are spelled with."""
        head, _, rest = dotted.partition(".")
        if "." in rest and head != "np":  # `scipy.special.erf` is `special.erf`
            module, _, rest = rest.partition(".")
            return attribute(self.member(head, module), rest)
        if rest:
            return attribute(self.module("numpy" if head == "np" else head), rest)
        if hasattr(pullback_runtime, head):
            return self.member(RUNTIME, head)
        if hasattr(builtins, head):
            return self.builtin(head)
        raise AssertionError(f"`{dotted}` is neither a builtin nor a function of the runtime")

    def runtime_functions(self) -> list[str]:
        """The functions of the runtime that are used."""
        return sorted(name for module, name in self._members if module == RUNTIME)

    def statements(self, without_runtime: bool = False) -> list[list[ast.stmt]]:
        """The import statements in groups: the standard library, then the rest."""
        groups: tuple[list[ast.stmt], list[ast.stmt]] = ([], [])
        for name, alias in sorted(self._modules.items()):
            statement = ast.Import([ast.alias(name, None if alias == name else alias)])
            groups[not _is_standard(name)].append(statement)
        for module in sorted({module for module, _ in self._members}):
            if not (module == RUNTIME and without_runtime):
                names = sorted((n, a) for (m, n), a in self._members.items() if m == module)
                aliases = [ast.alias(n, None if a == n else a) for n, a in names]
                groups[not _is_standard(module)].append(ast.ImportFrom(module, aliases, 0))
        return [group for group in groups if group]

    def reserved(self, names: Iterable[str]) -> set[str]:
        """What imports of these names are, or would be, called."""
        return {alias for name in names for alias in (name, self._free(name))}

    def names(self) -> set[str]:
        """The names that the imports bind."""
        return {*self._modules.values(), *self._members.values(), *self.given}

    def _free(self, name: str) -> str:
        while name in self._parameters or name in self.names():
            name += "_"
        return name


def is_importable(value: Any, module: str, name: str) -> bool:
    """Whether `from module import name`, in whatever program, gives this value."""
    found: Any = None if module == "__main__" else sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


def attribute(base: ast.expr, dotted: str) -> ast.expr:
    for part in dotted.split("."):
        base = ast.Attribute(base, part)
    return base


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
