import io
import math

import pytest

from pullback.errors import VerificationError
from pullback.verify import Finding, Report, Skipped
from pullback.verify.verdict import FUNCTION, Comparison, judge


def judged(*pairs: tuple[float, float], uncertainty: float = 0.0, value: float = 0.0) -> Finding:
    comparisons = [Comparison(f"x[{k}]", got, expected, uncertainty) for k, (got, expected) in enumerate(pairs)]
    scale = max((abs(e) for _, e in pairs if math.isfinite(e)), default=0.0)
    return judge("oracle", "x", 1, comparisons, 1e-8, scale, value)


@pytest.mark.parametrize(
    ("got", "expected", "agrees"),
    [
        (1.0, 1.0, True),
        (1.0 + 1e-9, 1.0, True),
        (1.0 + 1e-7, 1.0, False),
        (-1.0, 1.0, False),
        (0.0, 1e-30, False),
        (1e-30, 0.0, False),
        (math.nan, 1.0, False),
        (1.0, math.nan, False),
        (math.inf, 1.0, False),
        (math.inf, -math.inf, False),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
    ],
)
def test_one_number(got: float, expected: float, agrees: bool) -> None:
    assert (judged((got, expected)).disagreement == "") is agrees


def test_an_entry_is_judged_by_itself_unless_it_is_tiny() -> None:
    assert judged((1.0, 1.0), (1.01e-3, 1e-3)).disagreement == "x[1] is 0.00101, and 0.001 by the oracle"
    assert not judged((1.0, 1.0), (1.1e-14, 1e-14)).disagreement


def test_rounding_of_the_value_is_no_gradient() -> None:
    assert not judged((1e-16, 0.0), value=1.0).disagreement
    assert judged((1e-12, 0.0), value=1.0).disagreement
    assert judged((1e-16, 1e-20), value=1.0).disagreement


def test_an_uncertain_oracle_is_given_the_benefit_of_the_doubt_tenfold() -> None:
    assert not judged((1.0 + 9e-6, 1.0), uncertainty=1e-6).disagreement
    assert judged((1.0 + 2e-5, 1.0), uncertainty=1e-6).disagreement


GOOD = Finding("symbolic", "W", 3, 12, 1e-16, 2.0)
BAD = Finding("symbolic", "W", 3, 12, 0.5, None, "W[0] is 1.0, and 2.0 by the oracle")


def test_testing_nothing_is_a_failure() -> None:
    assert Report("gradient", ("W",), (GOOD,)).ok
    assert not Report("gradient", (), ()).ok
    assert not Report("gradient", ("W",), ()).ok
    assert not Report("gradient", ("W", "b"), (GOOD,)).ok
    assert not Report("gradient", ("W",), (Finding(FUNCTION, "W", 3, 3, 0.0),)).ok
    assert not Report("gradient", ("W",), (Finding("symbolic", "W", 3, 0, 0.0),)).ok
    assert not Report("gradient", ("W",), (GOOD, BAD)).ok


def test_check_raises_with_the_report() -> None:
    report = Report("gradient", ("W",), (BAD,), (Skipped("complex step", "", "f is not analytic"),))
    with pytest.raises(VerificationError) as caught:
        report.check()
    assert caught.value.report is report
    assert str(caught.value) == (
        "gradient: WRONG, it disagrees with: symbolic\n"
        "  of  oracle    points  entries  error    ulp  verdict\n"
        "  W   symbolic  3       12       5.0e-01       DISAGREES\n"
        "  symbolic: W[0] is 1.0, and 2.0 by the oracle\n"
        "  complex step could not be applied: f is not analytic"
    )
    good = Report("gradient", ("W",), (GOOD,))
    assert good.check() is good


def test_rich_shows_the_same() -> None:
    from rich.console import Console

    console = Console(width=120, record=True, file=io.StringIO())
    console.print(Report("gradient", ("W", "b"), (GOOD, BAD)))
    text = console.export_text()
    assert "NOT VERIFIED" not in text
    assert "WRONG" in text
    assert "DISAGREES" in text
    assert "2.0 by the oracle" in text
