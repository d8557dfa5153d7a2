"""Conditionals on values known at run time only: both arms are interpreted, and what they leave is joined.

An arm that returns needs no flag: the conditional stays open (`Pending`), and the rest of the function is interpreted
inside the other arm. Only where an arm may or may not have returned, a flag `returned` says so. What leaves the trip of
a loop is treated alike, except that the state that it leaves goes on. An arm that raises leaves nothing: it guards what
follows, which is not inside the conditional.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from pullback.errors import DifferentiationError
from pullback.frontend.abstract.heap import Contents
from pullback.frontend.abstract.state import DIVERGES, NEXT, RAISES, SKIP, Arm, Outcome, Pending
from pullback.frontend.abstract.values import AbstractValue, Diverges, Frame, Raised, Ref, Thrown
from pullback.frontend.base.outside import Outside
from pullback.frontend.joins.values import Join
from pullback.ir.core import Atom, Block, Const, Loc, Op, Value
from pullback.ir.regions import IF
from pullback.records import dataclass

NOTHING: Mapping[Atom, bool] = {}


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the interpretation: the state, and how much has been built, opened and learnt."""

    state: tuple[list[dict[str, AbstractValue]], dict[Ref, Contents]]
    ops: list[Op]
    length: int
    seen: list[int]
    pending: int
    facts: int
    frozen: dict[Ref, str]
    watched: int
    loc: Loc | None


class Joins(Outside):
    """Interprets arms and joins them."""

    def scopes(self) -> list[Frame]:
        """The frames whose names an arm may bind: that of the function, and of comprehensions in it."""
        frames = [self.frame]
        while frames[-1].code.is_comprehension and frames[-1].parent is not None:
            frames.append(frames[-1].parent)
        return frames

    def state(self) -> tuple[list[dict[str, AbstractValue]], dict[Ref, Contents]]:
        return [dict(frame.names) for frame in self.scopes()], self.heap.snapshot()

    def restore(self, names: list[dict[str, AbstractValue]], heap: dict[Ref, Contents]) -> None:
        for frame, kept in zip(self.scopes(), names, strict=True):
            frame.names = dict(kept)
        self.heap.restore(heap)

    def arm(self, run: Callable[[], Outcome], given: Mapping[Atom, bool] = NOTHING) -> Arm:
        """Interpret an arm in a region of its own, where something is `given`, and go back to the state before it."""
        before = self.state()
        base, facts = len(self.pending), self.facts.mark()
        self.dynamic += 1
        for condition, truth in given.items():
            self.facts.learn(condition, truth)
        try:
            with self.builder.region() as ops:
                try:
                    outcome = run()
                except Diverges:
                    outcome = DIVERGES
                except Raised:
                    outcome = RAISES
                except Thrown as thrown:
                    outcome = thrown.outcome
                except DifferentiationError as error:
                    diverted = self.diverted(error)
                    if diverted is None:
                        raise
                    outcome = diverted
                outcome = self.close(base, outcome)
                return self.ended_arm(list(ops), outcome)
        finally:
            self.abandon(base)
            self.facts.forget(facts)
            self.dynamic -= 1
            self.restore(*before)

    def ended_arm(self, ops: list[Op], outcome: Outcome) -> Arm:
        """An arm at its end: its state, and what it knows of it."""
        names, heap = self.state()
        known = self.decided([outcome.value, *(value for frame in names for value in frame.values())])
        return Arm(ops, outcome, names, heap, known)

    def mark(self) -> Mark:
        """Where the interpreter is; give it to `go_back`."""
        builder = self.builder
        return Mark(
            self.state(),
            builder.ops,
            len(builder.ops),
            [len(seen) for seen in builder.watchers],
            len(self.pending),
            self.facts.mark(),
            dict(self.heap.frozen),
            len(self.watched),
            builder.loc,
        )

    def go_back(self, mark: Mark, conditions: Sequence[Atom]) -> None:
        """Forget what has been interpreted since a mark, to do so again where conditions are known."""
        self.abandon(mark.pending)
        self.restore(*mark.state)
        assert self.builder.ops is mark.ops
        since = {result for op in mark.ops[mark.length :] for result in op.results}
        if not since.isdisjoint(atom for atom in conditions if isinstance(atom, Value)):
            raise self.refusal(
                "which of several things it is depends on a condition inside this statement",
                "what looks at it is interpreted once for each, after the condition",
                "give it a name in a statement of its own",
            )
        del mark.ops[mark.length :]
        for seen, length in zip(self.builder.watchers, mark.seen, strict=True):
            del seen[length:]
        self.facts.forget(mark.facts)
        self.heap.frozen = dict(mark.frozen)
        del self.watched[mark.watched :]
        self.builder.loc = mark.loc

    def abandon(self, base: int) -> None:
        """Drop open conditionals after an exception."""
        while len(self.pending) > base:
            pending = self.pending.pop()
            pending.region.close()
            self.facts.forget(pending.facts)

    def merge(self, condition: Atom, then: Arm, other: Arm) -> Outcome:
        """Go on after a conditional whose arms have been interpreted."""
        exits = then.outcome.exit, other.outcome.exit
        if "diverges" in exits:
            alive = other if exits[0] == "diverges" else then
            if alive.outcome.exit == "diverges":
                return DIVERGES
            self.builder.ops.extend(alive.ops)
            self.restore(alive.names, alive.heap)
            return self.reopen(alive.outcome)
        if "raises" in exits:
            alive = other if exits[0] == "raises" else then
            if alive.outcome.exit == "raises":
                self.branch(condition, then.ops, other.ops)
                return RAISES
            self.guard_against(condition, then if alive is other else other, alive, raising_is_then=alive is other)
            return self.reopen(alive.outcome)
        for returned, rest, rest_is_then in ((then, other, False), (other, then, True)):
            if returned.outcome.exit in ("return", "skip") and rest.outcome.exit == "next":
                self.open(condition, returned, rest, rest_is_then)
                return NEXT
        return self.reopen(self.combine(condition, then, other))

    def reopen(self, outcome: Outcome) -> Outcome:
        """Where a block may have returned, guard the rest by its flag."""
        if outcome.exit != "mixed":
            return outcome
        assert outcome.flag is not None
        left = SKIP if outcome.skips else Outcome("return", outcome.value)
        returned = Arm([], left, *self.state())
        self.open(outcome.flag, returned, Arm([], NEXT, *self.state()), rest_is_then=False)
        return NEXT

    def open(self, condition: Atom, returned: Arm, rest: Arm, rest_is_then: bool) -> None:
        """Let the rest of the program go to the arm that has not returned."""
        region = ExitStack()
        ops = region.enter_context(self.builder.region())
        ops.extend(rest.ops)
        self.restore(rest.names, rest.heap)
        self.pending.append(Pending(condition, returned, rest_is_then, ops, region, self.loc, self.facts.mark()))
        self.facts.learn(condition, rest_is_then)

    def guard_against(self, condition: Atom, raising: Arm, alive: Arm, raising_is_then: bool) -> None:
        """Go on with one arm after a conditional whose other arm raises: the arms have nothing to join."""
        self.branch(condition, *((raising.ops, []) if raising_is_then else ([], raising.ops)))
        self.builder.ops.extend(alive.ops)
        self.restore(alive.names, alive.heap)
        self.facts.learn(condition, not raising_is_then)

    def branch(self, condition: Atom, then: list[Op], other: list[Op]) -> None:
        """Append a conditional that is there for its effects."""
        blocks = (Block((), tuple(then), ()), Block((), tuple(other), ()))
        self.builder.emit(Op(IF, (condition,), {}, (), blocks, self.loc))

    def close(self, base: int, outcome: Outcome) -> Outcome:
        """Close the conditionals opened since there were `base` of them; `outcome` is how the innermost one ends."""
        while len(self.pending) > base:
            pending = self.pending.pop()
            rest = self.ended_arm(list(pending.ops), outcome)
            pending.region.close()
            self.facts.forget(pending.facts)
            before, self.builder.loc = self.builder.loc, pending.loc
            if outcome.exit == "diverges":
                self.builder.ops.extend(pending.returned.ops)
                self.restore(pending.returned.names, pending.returned.heap)
                outcome = pending.returned.outcome
            elif outcome.exit == "raises":
                self.guard_against(pending.condition, rest, pending.returned, pending.open_is_then)
                outcome = pending.returned.outcome
            else:
                arms = (rest, pending.returned) if pending.open_is_then else (pending.returned, rest)
                outcome = self.combine(pending.condition, *arms)
            self.builder.loc = before
        return outcome

    def combine(self, condition: Atom, then: Arm, other: Arm) -> Outcome:
        """Build the `if`, and make the joined state the present one."""
        self.heap.restore({**then.heap, **other.heap})  # for messages: what either arm made can be described
        join = Join(self, then, other, condition)
        exits = then.outcome.exit, other.outcome.exit
        outcome = NEXT
        if exits == ("return", "return"):
            outcome = Outcome("return", join.result(then.outcome.value, other.outcome.value))
        elif exits == ("skip", "skip"):
            outcome = SKIP
        elif exits != ("next", "next"):
            skips = any(arm.outcome.exit == "skip" or arm.outcome.skips for arm in (then, other))
            flag = join.atom(left_flag(then.outcome), left_flag(other.outcome), "skipped" if skips else "returned")
            outcome = Outcome("mixed", join.result(then.outcome.value, other.outcome.value), flag, skips)
        gone = [arm.outcome.exit == "return" for arm in (then, other)]
        if not all(gone):
            frames = self.scopes()
            for frame, a, b in zip(frames, then.names, other.names, strict=True):
                frame.names = join.names(None if gone[0] else a, None if gone[1] else b)
        self.heap.restore(join.heaps())
        results = tuple(result for _, _, result in join.yielded)
        blocks = tuple(
            Block((), tuple(arm.ops), tuple(pair[k] for pair in join.yielded)) for k, arm in enumerate((then, other))
        )
        self.builder.emit(Op(IF, (condition,), {}, results, blocks, self.loc))
        return outcome


def left_flag(outcome: Outcome) -> Atom:
    """Whether an arm has returned, or left the trip of a loop."""
    return outcome.flag if outcome.flag is not None else Const(outcome.exit in ("return", "skip"))
