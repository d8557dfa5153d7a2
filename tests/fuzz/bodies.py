"""Random bodies of functions: statements over a scope, run as they are written."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from fuzz.choices import Choices
from fuzz.expressions import CONSTANTS, UNARY, Expressions
from fuzz.scope import LARGEST, Scope, is_container, is_deep, is_number, is_usable, kind_of

NAMES = ["h", "z", "s", "u", "out", "t1", "acc", "lambda_", "x_bar", "saved", "value", "_y", "sum_", "tmp"]
STEP = "    "


class Body:
    """One block of statements.

    Args:
        choices: where decisions come from.
        scope: the variables, which statements change.
        call: writes a call to a function of the module, or gives None.
        protected: names that keep their kind.
        elementwise: whether only functions are used that accept every shape.
        arm: whether this is an arm of a conditional, whose effects must fit those of the other one.
        returns: the kind of what a `return` gives, where it is known.
        enclosing: whether the statement around this block runs with these lines in it; None: nothing repeats it.
        nested: how many loops are around it.
        in_loop: whether `break` has a meaning here.
        may_continue: whether `continue` ends.
        loops: whether loops and writes to arrays are what the block is made of, mostly.
    """

    def __init__(
        self,
        choices: Choices,
        scope: Scope,
        call: Callable[[Scope], str | None],
        protected: frozenset[str],
        elementwise: bool = False,
        arm: bool = False,
        returns: Hashable | None = None,
        enclosing: Callable[[list[str]], bool] | None = None,
        nested: int = 0,
        in_loop: bool = False,
        may_continue: bool = False,
        loops: bool = True,
    ) -> None:
        self.choices = choices
        self.scope = scope
        self.call = call
        self.protected = protected
        self.elementwise = elementwise
        self.arm = arm
        self.returns = returns
        self.enclosing = enclosing
        self.nested = nested
        self.in_loop = in_loop
        self.may_continue = may_continue
        self.loops = loops
        self.lines: list[str] = []
        self.expressions = Expressions(choices, scope, call, elementwise)

    def fresh(self) -> str:
        name = self.choices.one(NAMES)
        while name in self.scope.values or name in self.scope.module:
            name += str(self.choices.below(9))
        return name

    def write(self, text: str) -> bool:
        """Add a statement if it runs, and puts no container into itself."""
        before = dict(self.scope.values)
        trial = self.scope.copy()
        if not trial.execute(text) or any(is_deep(v) for v in trial.values.values()):
            return False
        if self.enclosing is not None and not self.runs(text.split("\n")):
            return False
        if not self.scope.execute(text):
            self.scope.values = before
            return False
        self.lines += text.split("\n")
        return True

    def runs(self, lines: list[str]) -> bool:
        """Whether the block, and the loops around it, run with these lines at its end, and keep the kinds of what they
        carry."""
        if self.enclosing is not None:
            return self.enclosing([*self.lines, *lines])
        trial = self.scope.copy()
        return trial.execute("\n".join(lines)) and trial.is_tame()

    def fill(self, count: int, depth: int) -> None:
        for _ in range(count):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        plain = [self.assign, self.assign, self.assign, self.reassign, self.alias]
        rich = [
            self.augment,
            self.unpack,
            self.make_container,
            self.change_container,
            self.loop,
            self.comprehension,
            self.closure,
        ]
        kinds = [*plain, *([] if self.elementwise else rich)]
        if depth > 0:
            kinds += [self.conditional, self.conditional, self.conditional, self.test]
            if not self.elementwise:
                kinds += [self.static_conditional]
        if self.loops and not self.elementwise and self.choices.chance(55):
            self.repeat_or_write(depth)
        else:
            self.choices.one(kinds)(depth)

    def repeat_or_write(self, depth: int) -> None:
        from fuzz import loops, writes

        kinds = [writes.element_write] * 5 + [writes.view_write] * 3 + [writes.fresh_buffer, writes.swap]
        kinds += [loops.for_range] * 5 + [loops.for_array] * 3 + [loops.while_counts] * 3 + [loops.growing]
        kinds += [loops.leave] * (4 if self.in_loop else 0)
        self.choices.one(kinds)(self, depth)

    # Statements without blocks.

    def test(self, depth: int) -> None:
        """A condition that has a name, so that it may decide more than once."""
        if (condition := self.expressions.comparison()) is not None:
            self.write(f"{self.fresh()} = {condition[0]}")

    def assign(self, depth: int) -> None:
        text, _ = self.expressions.any()
        self.write(f"{self.fresh()} = {text}")

    def reassign(self, depth: int) -> None:
        names = [n for n, v in self.scope.values.items() if is_usable(v)]
        if not names:
            return
        name = self.choices.one(names)
        if self.arm or name in self.protected or self.choices.chance(60):
            text = self.expressions.of_kind(kind_of(self.scope.values[name]), 2)
        else:
            text = self.expressions.any()[0]
        self.write(f"{name} = {text}")

    def augment(self, depth: int) -> None:
        names = [n for n, v in self.scope.values.items() if is_number(v)]
        if not names:
            return
        name = self.choices.one(names)
        operand, value = self.expressions.atom()
        if not is_number(value):
            operand = self.choices.one(CONSTANTS)
        old = self.scope.values[name]
        new = self.scope.evaluate(f"{name} {(sign := self.choices.one('+-*'))} {operand}")
        if is_usable(new) and kind_of(new) == kind_of(old) and abs(new) < LARGEST:
            self.write(f"{name} {sign}= {operand}")

    def alias(self, depth: int) -> None:
        readable = [(t, v) for t, v in self.scope.readable() if is_usable(v) or is_container(v)]
        text, value = self.choices.one(readable)
        if isinstance(value, np.ndarray) and value.ndim and self.choices.chance(40) and not self.elementwise:
            text = self.choices.one(["{0}[0:]", "{0}.T", "{0}[::-1]", "{0}.reshape({0}.shape)", "{0}[:]"]).format(text)
        self.write(f"{self.fresh()} = {text}")

    def unpack(self, depth: int) -> None:
        tuples = [(t, v) for t, v in self.scope.containers() if isinstance(v, tuple | list) and v]
        if tuples and self.choices.chance(60):
            text, value = self.choices.one(tuples)
            targets = [self.fresh() + f"_{k}" for k in range(len(value))]
            if len(targets) > 1 and self.choices.chance(30):
                targets = [targets[0], "*" + targets[1]]
            self.write(f"{', '.join(targets)}{',' if len(targets) == 1 else ''} = {text}")
            return
        names = [n for n, v in self.scope.values.items() if is_usable(v) and n not in self.protected]
        if len(names) > 1 and not self.arm and self.choices.chance(50):
            a, b = names[0], names[-1]
            self.write(f"{a}, {b} = {b}, {a}")
        else:
            a, b = self.fresh(), self.fresh() + "b"
            x, y = self.expressions.any()[0], self.expressions.any(1)[0]
            forms = [
                "{a}, {b} = {x}, {y}",
                "({a}, {b}), {a}c = ({x}, {y}), {x}",
                "{b} = ({a} := {x}) * 0.5",
                "{a} = {b} = {x}",
            ]
            self.write(self.choices.one([forms[0], *forms]).format(a=a, b=b, x=x, y=y))

    # Containers.

    def item(self) -> str:
        """What is put into a container."""
        if self.choices.chance(50):
            return self.expressions.atom()[0]
        containers = self.scope.containers()
        if containers and self.choices.chance(15):
            return self.choices.one(containers)[0]
        return self.expressions.any(1)[0]

    def make_container(self, depth: int) -> None:
        a, b, c = self.item(), self.item(), self.item()
        form = self.choices.one([
            "[{0}, {1}]", "({0}, {1})", '{{"a": {0}, "b": {1}}}', "Pair({0}, {1})", "Box({0}, {1})", "[{0}]",
            "dict(a={0}, c=[{1}, {2}])", "Pair(second={0}, first={1})", '{{f"k{{1 + 1}}": {0}, "list": [{1}]}}',
            "list(({0}, {1}, {2}))", "[*({0}, {1}), {2}]", '{{**{{"a": {0}, "b": {1}}}, "a": {2}}}',
            "(({0}, {1}), [{2}])", "[{0}] + [{1}, {2}]", "Box(w={0}, b=({1}, {2}))",
        ])  # fmt: skip
        self.write(f"{self.fresh()} = {form.format(a, b, c)}")

    def change_container(self, depth: int) -> None:
        """Mutate a dict, a list or an object; in an arm, only put a value of the same kind in place of another."""
        candidates = [(t, v) for t, v in self.scope.containers() if not isinstance(v, tuple)]
        if not candidates:
            return
        text, value = self.choices.one(candidates)
        item = self.item()
        keys = (
            list(value)
            if isinstance(value, dict)
            else list(range(len(value)))
            if isinstance(value, list)
            else ["w", "b"]
        )
        key = self.choices.one(keys) if keys else None
        place = f"{text}.{key}" if key in ("w", "b") and not isinstance(value, dict | list) else f"{text}[{key!r}]"
        if self.arm:
            if key is not None and is_usable(old := self.scope.evaluate(place)):
                self.write(f"{place} = {self.expressions.of_kind(kind_of(old), 2)}")
            return
        forms = [f"{place} = {item}"] if key is not None else []
        if isinstance(value, dict):
            forms += [f'{text}["new"] = {item}', f"{text}.update(extra={item})", f'{text}.setdefault("new", {item})']
        elif isinstance(value, list):
            forms += [
                f"{text}.append({item})",
                f"{text}.append({item})",
                f"{text}.insert(0, {item})",
                f"{text} += [{item}]",
            ]
            forms += [f"{text}.extend([{item}, {item}])", f"{text}.reverse()"]
        self.write(self.choices.one(forms))

    def sequences(self) -> list[tuple[str, Any]]:
        """Lists, tuples and dicts of floats and arrays, as something to loop over."""
        found: list[tuple[str, Any]] = []
        for text, value in self.scope.containers():
            if isinstance(value, list | tuple) and value and all(map(is_usable, value)):
                found += [(text, value), (f"reversed({text})", value)]
            elif isinstance(value, dict) and value and all(map(is_usable, value.values())):
                found.append((f"{text}.values()", value))
        return found

    def loop(self, depth: int) -> None:
        """A loop over a static structure, which adds up or chains."""
        total, v, k = self.fresh(), "v" + self.fresh(), "k" + self.fresh()
        unary = self.choices.one(UNARY).format(v)
        sequences = self.sequences()
        if not sequences or self.choices.chance(25):
            start = self.expressions.atom()
            step = self.choices.one([f"0.9 * np.sin({total}) + 0.1", f"np.tanh({total} + {k})", f"{total} * 0.5 - {k}"])
            self.write(
                f"{total} = {start[0]}\nfor {k} in range({self.choices.one([2, 3, 1])}):\n{STEP}{total} = {step}"
            )
            return
        text, _ = self.choices.one(sequences)
        pairs, zipped = f"for {k}, {v} in enumerate({text}):", f"zip({text}, {text})"
        product = f"{v} * {v}2"
        form = self.choices.one([
            f"{total} = 0.0\nfor {v} in {text}:\n    {total} = {total} + np.sum({unary})",
            f"{total} = 0.0\n{pairs}\n    if {k} == 1:\n        continue\n    {total} += np.mean({unary})",
            f"{total} = 1.0\n{pairs}\n    {total} = np.tanh({total} * np.mean({v}) + {k})",
            f"{total} = []\nfor {v} in {text}:\n    {total}.append({unary})",
            f"{total} = {{}}\n{pairs}\n    {total}[f'p{{{k}}}'] = {unary}\n    if {k} > 0:\n        break",
            f"{total} = 0.3\nfor {k}, ({v}, {v}2) in enumerate({zipped}):\n    {total} += np.mean({product})",
        ])  # fmt: skip
        self.write(form)

    def comprehension(self, depth: int) -> None:
        sequences = self.sequences()
        if not sequences:
            return
        text, _ = self.choices.one(sequences)
        unary = self.choices.one(UNARY).format("v")
        form = self.choices.one([
            "[{u} for v in {s}]", "sum(np.sum({u}) for v in {s})", '{{f"c{{k}}": {u} for k, v in enumerate({s})}}',
            "[np.sum({u}) for k, v in enumerate({s}) if k != 1]", "tuple({u} for v in {s})",
            "list(map(lambda v: {u}, {s}))",
        ])  # fmt: skip
        self.write(f"{self.fresh()} = {form.format(u=unary, s=text)}")

    def closure(self, depth: int) -> None:
        """A function inside this one, which reads its variables."""
        name = "inner" + self.fresh()
        a, (b, _) = self.choices.one(UNARY).format("p"), self.expressions.atom()
        if self.choices.chance(50):
            text = f"def {name}(p, q=0.5):\n{STEP}r = {a}\n{STEP}return r * q + {b}"
        else:
            text = f"{name} = lambda p, q=0.3: {a} + q * {b}"
        if self.write(text):
            for _ in range(1 + self.choices.below(2)):
                argument = self.expressions.atom()[0]
                extra = self.choices.one(["", ", q=0.7", f", {self.expressions.atom()[0]}"])
                value = self.scope.evaluate(f"{name}({argument}{extra})")
                if is_usable(value) and np.max(np.abs(value)) < LARGEST:
                    self.write(f"{self.fresh()} = {name}({argument}{extra})")

    # Conditionals.

    def conditional(self, depth: int) -> None:
        condition = self.expressions.condition()
        if condition is not None:
            test, taken = condition
            if self.choices.chance(20) and (other := self.expressions.condition()) is not None:
                word = self.choices.one(["and", "or"])
                test, taken = f"{test} {word} {other[0]}", bool(self.scope.evaluate(f"{test} {word} {other[0]}"))
            self.branch(test, taken, depth)

    def static_conditional(self, depth: int) -> None:
        tests = ['mode == "tanh"', "flag", "not flag", "RATE > 0.5", "n > 1", "n == 2", 'mode in ("relu", "sin")']
        tests += [f"{t}.ndim > 1" for t, _ in self.scope.arrays()[-2:]]
        tests += [f"len({t}) == 2" for t, v in self.scope.containers()[-2:] if isinstance(v, dict | list | tuple)]
        tests += [f'"new" in {t}' for t, v in self.scope.containers()[-2:] if isinstance(v, dict)]
        test = self.choices.one(tests)
        if (value := self.scope.evaluate(test)) is not None:
            self.branch(test, bool(value), depth)

    def branch(self, test: str, taken: bool, depth: int) -> None:
        """`if` with two arms, or one, that bind variables of the same kinds; an arm may return."""
        targets: list[tuple[str, Hashable]] = []
        floats = self.scope.floats()
        for _ in range(1 + self.choices.below(2)):
            text, value = self.choices.one(floats)
            known = text in self.scope.values and self.choices.chance(60)
            targets.append((text if known else self.fresh(), kind_of(value)))
        targets = list(dict(targets).items())
        two = any(name not in self.scope.values for name, _ in targets) or self.choices.chance(60)
        returning = self.returns is not None and self.choices.chance(25) and self.choices.one([1, 2])
        after: list[dict[str, Any]] = []
        lines: list[str] = [f"if {test}:"]
        for k in (True, False):
            if not k and not two:
                after.append(self.scope.values)
                break
            header = f"if {test}:" if k else f"if not ({test}):"

            def around(lines: list[str], header: str = header) -> bool:
                return self.runs([header, *(STEP + line for line in lines)])

            arm = Body(
                self.choices, self.scope.copy(), self.call, self.protected, self.elementwise, True, self.returns,
                around if self.enclosing else None, self.nested, self.in_loop, self.may_continue, self.loops,
            )  # fmt: skip
            arm.fill(self.choices.below(3), depth - 1)
            gives_back = returning == (1 if k else 2) and (text := arm.expressions.of_kind(self.returns, 2)) is not None
            if gives_back:
                arm.lines.append(f"return {text}")
            else:
                for name, kind in targets:
                    if (text := arm.expressions.of_kind(kind, 2)) is not None:
                        arm.write(f"{name} = {text}")
            after.append(arm.scope.values)
            if not k:
                lines.append("else:")
            lines += [STEP + line for line in arm.lines or ["pass"]]
            if gives_back and k and self.choices.chance(50) and all(name in self.scope.values for name, _ in targets):
                after.append(self.scope.values)
                break
        if not all(name in values for name, _ in targets for values in after):
            return
        if self.enclosing is not None and not self.runs(lines):
            return
        self.lines += lines
        new = after[0 if taken else 1]
        if returning in (1, 2) and "return" in "".join(lines):
            new = after[returning % 2]
        kept = [n for n in new if n in self.scope.values or n in dict(targets)]
        self.scope.values = {n: new[n] for n in kept}
