"""The errors a user may meet: each shows the place, what was found, why it is refused, and a way out."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullback.ir.core import Loc


class DifferentiationError(Exception):
    """Base of everything that the compiler refuses.

    Attributes:
        found: what stands in the source, in one clause.
        reason: why it cannot be differentiated.
        way_out: what to do instead.
        loc: where it stands; None when there is no source.
        exception: what the function itself raises here in any case, where that is what is refused.
    """

    exception: BaseException | None = None
    is_exact = False
    place: object = None

    def __init__(self, found: str, reason: str = "", way_out: str = "", loc: Loc | None = None) -> None:
        self.found = found
        self.reason = reason
        self.way_out = way_out
        self.loc = loc
        super().__init__(found)

    def __str__(self) -> str:
        parts = [f"{self.found}."]
        if self.reason:
            parts.append(f"  why: {self.reason}.")
        if self.way_out:
            parts.append(f"  do:  {self.way_out}.")
        message = "\n".join(parts)
        return message if self.loc is None else f"{message}\n{excerpt(self.loc)}"


class UnsupportedSyntaxError(DifferentiationError):
    """A construct of Python that the compiler does not understand exactly."""


class MissingRuleError(DifferentiationError):
    """A function that has no derivative rule, and whose source is not entered."""


class AliasingError(DifferentiationError):
    """A write where NumPy decides only at run time whether two arrays share memory."""


class NonDifferentiableError(DifferentiationError):
    """A gradient is asked for that does not exist: of an integer, or of an output that is no scalar."""


class SourceNotFoundError(DifferentiationError):
    """A function whose source text cannot be found."""


class SignatureError(DifferentiationError):
    """`wrt` or the arguments do not fit the function."""


class RuleError(DifferentiationError):
    """A rule that is registered does not fit its function."""


class VerificationError(DifferentiationError):
    """The generated code disagrees with an oracle, or no oracle could be applied.

    Attributes:
        report: what was compared, as a `pullback.verify.Report`, where it came to that.
    """

    report: object = None

    def __str__(self) -> str:
        return super().__str__() if self.report is None else str(self.report)


class SeveralErrors(DifferentiationError):
    """All that was refused in one function, in source order."""

    def __init__(self, errors: Sequence[DifferentiationError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} constructs cannot be differentiated", loc=None)

    def __str__(self) -> str:
        return "\n\n".join([f"{self.found}:", *map(str, self.errors)])


def closest_name(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that is most like one that is not known; None where none is near.

    >>> closest_name("arcsinhh", ["arcsinh", "arccosh", "exp"])
    'arcsinh'
    """
    import difflib  # slow to load, and for refusals only

    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=cutoff)), None)


def excerpt(loc: Loc) -> str:
    """The source line with a caret under the span, headed as Python's tracebacks are.

    File "model.py", line 12, column 5, in loss
        y = f(x)
            ^^^^
    """
    head = f'  File "{loc.file}", line {loc.line}, column {loc.column + 1}'
    if loc.function:
        head += f", in {loc.function}"
    line = linecache.getline(loc.file, loc.line).rstrip("\n")
    stripped = line.lstrip()
    if not stripped:
        return head
    end = loc.end_column if loc.end_line == loc.line else len(line)
    caret = " " * (loc.column - (len(line) - len(stripped))) + "^" * max(end - loc.column, 1)
    return f"{head}\n    {stripped}\n    {caret}"
