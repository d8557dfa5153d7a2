"""`match` statements: each case is a test and, where it holds, names for parts of the subject.

What is structure (lengths, keys, classes, strings) is decided now; numbers known at run time only make the cases a
chain of conditionals, as `if` and `elif` do.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, Outcome
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.control.comprehensions import Comprehensions
from pullback.ir.types import BOOL, Shape

ITSELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)  # `int(x)` binds the subject


class Matching(Comprehensions):
    """One method per question that a pattern asks."""

    def match_statement(self, node: ast.Match) -> Outcome:
        """Run the body of the first case that matches."""
        return self.first_case(node.cases, self.evaluate(node.subject))

    def first_case(self, cases: list[ast.match_case], subject: AbstractValue) -> Outcome:
        for k, case in enumerate(cases):
            with self.at(case.pattern):
                links = [partial(self.matches, case.pattern, subject), partial(self.guarded, case, subject)]
                verdict = self.truth(self.by_case(partial(self.boolean, True, links)))
            if verdict is False:
                continue
            if verdict is True:
                return self.block(case.body)
            with self.at(case.pattern):
                then = self.arm(partial(self.block, case.body), {verdict: True})
                other = self.arm(partial(self.first_case, cases[k + 1 :], subject), {verdict: False})
                return self.merge(verdict, then, other)
        return NEXT

    def guarded(self, case: ast.match_case, subject: AbstractValue) -> AbstractValue:
        """Bind what a pattern that matches names; whether its guard holds."""
        self.capture(case.pattern, subject)
        return av.Known(True) if case.guard is None else self.evaluate(case.guard)

    # Does it match?

    def matches(self, pattern: ast.pattern, subject: AbstractValue) -> AbstractValue:
        """Whether a pattern matches."""
        subject = self.readable(subject)
        match pattern:
            case ast.MatchValue(value=value):
                return self.compare(ast.Eq, subject, self.evaluate(value))
            case ast.MatchSingleton(value=bool(value)) if (
                isinstance(subject, av.Dynamic) and self.type_of(subject) == BOOL
            ):
                return subject if value else self.negated(subject.atom)
            case ast.MatchSingleton(value=value):
                return self.compare(ast.Is, subject, av.Known(value))
            case ast.MatchAs(pattern=None) | ast.MatchStar():
                return av.Known(True)
            case ast.MatchAs(pattern=ast.pattern() as inner):
                return self.matches(inner, subject)
            case ast.MatchOr(patterns=patterns):
                return self.boolean(False, [partial(self.matches, p, subject) for p in patterns])
            case ast.MatchSequence(patterns=patterns):
                return self.all_match(self.sequence_parts(patterns, subject))
            case ast.MatchMapping(keys=keys, patterns=patterns):
                return self.all_match(self.mapping_parts(keys, patterns, subject))
            case ast.MatchClass():
                return self.all_match(self.class_parts(pattern, subject))
        raise self.refusal("this pattern is used", "it is not supported", "write it with `if` and `elif`")

    def all_match(self, parts: list[tuple[ast.pattern, AbstractValue]] | None) -> AbstractValue:
        """Whether the parts of a subject match; there are none where its structure does not."""
        if parts is None:
            return av.Known(False)
        return self.boolean(True, [partial(self.matches, p, part) for p, part in parts]) if parts else av.Known(True)

    def sequence_parts(
        self, patterns: list[ast.pattern], subject: AbstractValue
    ) -> list[tuple[ast.pattern, AbstractValue]] | None:
        """The elements of a sequence, each with its pattern."""
        subject = self.checked(subject)
        is_sequence = isinstance(subject, av.Tuple) or isinstance(self.type_of(subject), Shape)
        if isinstance(subject, av.Known):
            is_sequence = isinstance(subject.value, tuple | list | range)
        if not (is_sequence or (isinstance(subject, Ref) and subject.kind == "list")):
            return None
        items = self.items_of(subject, "a pattern")
        starred = next((k for k, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), None)
        if starred is None:
            return list(zip(patterns, items, strict=True)) if len(items) == len(patterns) else None
        after = len(patterns) - starred - 1
        if len(items) < len(patterns) - 1:
            return None
        middle = self.heap.list_of(tuple(items[starred : len(items) - after]))
        found = [*items[:starred], middle, *items[len(items) - after :]]
        return list(zip(patterns, found, strict=True))

    def mapping_parts(
        self, keys: list[ast.expr], patterns: list[ast.pattern], subject: AbstractValue
    ) -> list[tuple[ast.pattern, AbstractValue]] | None:
        """What a dict holds under the keys of a pattern."""
        subject = self.checked(subject)
        if not (isinstance(subject, Ref) and subject.kind == "dict"):
            return None
        held = self.heap.container(subject)
        values = [held.get(self.static_key(self.evaluate(key), "a dict key")) for key in keys]
        found = [value for value in values if value is not None]
        return list(zip(patterns, found, strict=True)) if len(found) == len(keys) else None

    def class_parts(
        self, pattern: ast.MatchClass, subject: AbstractValue
    ) -> list[tuple[ast.pattern, AbstractValue]] | None:
        """The attributes of an instance that a class pattern looks at."""
        subject = self.checked(subject)
        cls = self.static_value(self.evaluate(pattern.cls))
        if not isinstance(cls, type):
            raise self.users_error(TypeError("called match pattern must be a class"))
        if not self.is_instance(subject, (cls,)):
            return None
        parts: list[tuple[ast.pattern, AbstractValue]] = []
        if cls in ITSELF and len(pattern.patterns) == 1:
            parts.append((pattern.patterns[0], subject))
        else:
            names: tuple[Any, ...] = getattr(cls, "__match_args__", ())
            if len(names) < len(pattern.patterns):
                few = f"{cls.__name__}() accepts {len(names)} positional sub-patterns ({len(pattern.patterns)} given)"
                raise self.users_error(TypeError(few))
            by_position = zip(names, pattern.patterns, strict=False)
            for name, inner in (*by_position, *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)):
                found = self.find_attribute(subject, name)
                if found is None:
                    return None
                parts.append((inner, found))
        return parts

    # What it binds.

    def capture(self, pattern: ast.pattern, subject: AbstractValue) -> None:
        """Bind the names of a pattern that matches."""
        subject = self.readable(subject)
        match pattern:
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self.capture(inner, subject)
                self.capture_name(name, subject)
            case ast.MatchStar(name=name):
                self.capture_name(name, subject)
            case ast.MatchOr(patterns=patterns):
                self.capture_first(patterns, subject)
            case ast.MatchSequence(patterns=patterns):
                self.capture_parts(self.sequence_parts(patterns, subject))
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                self.capture_parts(self.mapping_parts(keys, patterns, subject))
                if rest is not None and isinstance(subject, Ref):
                    held = self.heap.container(subject)
                    for key in keys:
                        held = held.drop(self.static_key(self.evaluate(key), "a dict key"))
                    self.capture_name(rest, self.heap.new("dict", Container(dict, held.keys, held.values)))
            case ast.MatchClass():
                self.capture_parts(self.class_parts(pattern, subject))

    def capture_name(self, name: str | None, value: AbstractValue) -> None:
        if name is not None:
            self.name(value, name)
            self.assign_name(name, value)

    def capture_parts(self, parts: list[tuple[ast.pattern, AbstractValue]] | None) -> None:
        for inner, part in parts or ():
            self.capture(inner, part)

    def capture_first(self, patterns: list[ast.pattern], subject: AbstractValue) -> None:
        """Of alternatives, bind the names of the first that matches."""

        def captured(inner: ast.pattern) -> Outcome:
            self.capture(inner, subject)
            return NEXT

        def first_of(rest: list[ast.pattern]) -> Outcome:
            self.capture_first(rest, subject)
            return NEXT

        for k, inner in enumerate(patterns):
            verdict = self.truth(self.matches(inner, subject))
            if verdict is False:
                continue
            if verdict is True or k + 1 == len(patterns):
                self.capture(inner, subject)
                return
            then = self.arm(partial(captured, inner), {verdict: True})
            other = self.arm(partial(first_of, patterns[k + 1 :]), {verdict: False})
            self.merge(verdict, then, other)
            return
