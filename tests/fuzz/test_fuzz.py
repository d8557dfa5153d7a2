"""A few hundred random programs keep every law, and nearly all of them are understood. `make fuzz` runs thousands."""

from __future__ import annotations

import pytest

from fuzz.campaign import campaign

PROGRAMS = 75
MOST_REFUSED = 0.05


@pytest.mark.parametrize("part", range(8))
def test_random_programs(part: int) -> None:
    tally = campaign(range(part * PROGRAMS, (part + 1) * PROGRAMS))
    assert not tally.failures, "\n\n".join(map(str, tally.failures.values()))
    assert tally.refused <= MOST_REFUSED * PROGRAMS, tally.reasons
    assert tally.comparisons >= PROGRAMS
