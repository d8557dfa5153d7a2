"""What is known of conditions on the path that is being interpreted: the tests of the arms around it, and what follows
from them. Two conditions that compute the same from the same values are one condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pullback.ir.core import Atom, Const, Op, Undefined, Value
from pullback.ir.effects import has_effect
from pullback.ir.regions import IF

DEEPEST = 40  # steps of computation through which two conditions are compared


class Facts:
    """A trail of conditions that hold or do not; what an arm has added is taken back at its end."""

    def __init__(self, producers: Mapping[Value, Op]) -> None:
        self._producers = producers
        self._numbers: dict[Any, int] = {}
        self._of: dict[Value, int] = {}
        self._known: dict[int, bool] = {}
        self._trail: list[int] = []
        self._excluded: dict[tuple[int, bool], list[Atom]] = {}

    def mark(self) -> int:
        """How much is known; give it to `forget`."""
        return len(self._trail)

    def forget(self, mark: int) -> None:
        """Take back what was learned since a mark."""
        while len(self._trail) > mark:
            del self._known[self._trail.pop()]

    def exclude(self, condition: Atom, where_true: list[Atom], where_false: list[Atom]) -> None:
        """Conditions that do not hold where another one is true, and where it is false."""
        if isinstance(condition, Value):
            number = self._number(condition)
            self._excluded |= {(number, True): where_true, (number, False): where_false}

    def learn(self, condition: Atom, truth: bool) -> None:
        """A condition holds, or does not, and so does what follows."""
        if not isinstance(condition, Value) or self.truth(condition) is not None:
            return
        number = self._number(condition)
        self._known[number] = truth
        self._trail.append(number)
        for excluded in self._excluded.get((number, truth), ()):
            self.learn(excluded, False)
        op = self._producers.get(condition)
        if op is None:
            return
        if op.prim.name == "not":
            self.learn(op.operands[0], not truth)
        elif op.prim.name == "bool":
            self.learn(op.operands[0], truth)
        elif op.prim is IF:
            self._learn_of_arms(op, condition, truth)

    def _learn_of_arms(self, op: Op, condition: Value, truth: bool) -> None:
        """Where only one arm could have given this, that arm has run."""
        test, k = op.operands[0], op.results.index(condition)
        yielded = [arm.results[k] for arm in op.blocks]
        possible = [self._may_give(atom, test, k == 0, truth) for k, atom in enumerate(yielded)]
        if sum(possible) == 1:
            self.learn(test, possible[0])
            self.learn(yielded[possible.index(True)], truth)

    def _may_give(self, atom: Atom, test: Atom, is_then: bool, truth: bool) -> bool:
        """Whether an arm that yields `atom` may have given this truth."""
        if isinstance(atom, Undefined):
            return False
        if isinstance(atom, Value) and self._number(atom) == self._number(test):
            return is_then == truth
        return self.truth(atom) is not (not truth)

    def truth(self, condition: Atom) -> bool | None:
        """Whether a condition holds here; None where that is not known."""
        if isinstance(condition, Const):
            return bool(condition.value)
        if not isinstance(condition, Value):
            return None
        if (known := self._known.get(self._number(condition))) is not None:
            return known
        op = self._producers.get(condition)
        if op is None:
            return None
        if op.prim.name == "not":
            inner = self.truth(op.operands[0])
            return None if inner is None else not inner
        if op.prim.name == "bool":
            return self.truth(op.operands[0])
        if op.prim is IF:
            k, test = op.results.index(condition), self.truth(op.operands[0])
            if test is not None:
                return self.truth(op.blocks[0 if test else 1].results[k])
            found = {self.truth(arm.results[k]) for arm in op.blocks}
            return found.pop() if len(found) == 1 else None
        return None

    def _number(self, atom: Atom, depth: int = 0) -> int:
        """Equal for atoms that are surely equal; what is computed in too many steps equals itself only."""
        if not isinstance(atom, Value):
            return self._numbers.setdefault(("const", type(atom), repr(atom)), len(self._numbers))
        if atom not in self._of:
            key = atom if depth > DEEPEST else self._key(atom, depth + 1)
            self._of[atom] = self._numbers.setdefault(key, len(self._numbers))
        return self._of[atom]

    def _key(self, value: Value, depth: int) -> Any:
        op = self._producers.get(value)
        if op is None or value not in op.results:
            return value
        if op.prim is IF:
            k = op.results.index(value)
            parts = (op.operands[0], *(arm.results[k] for arm in op.blocks))
            return ("if", *(self._number(part, depth) for part in parts))
        if has_effect(op) or op.blocks or op.prim.kind in ("region", "plumbing"):
            return value
        attrs = tuple((name, repr(held)) for name, held in sorted(op.attrs.items()))
        return (op.prim, op.results.index(value), attrs, *(self._number(o, depth) for o in op.operands))
