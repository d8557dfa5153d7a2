"""A few hundred random programs keep every law, and most of them are understood. `make fuzz` runs thousands."""

from __future__ import annotations

import pytest

from fuzz.campaign import campaign

PROGRAMS = 75
MOST_REFUSED = {False: 0.05, True: 0.35}


@pytest.mark.parametrize("loops", [False, True])
@pytest.mark.parametrize("part", range(4))
def test_random_programs(part: int, loops: bool) -> None:
    numbers = range(3 * part * PROGRAMS, 3 * (part + 1) * PROGRAMS, 3)
    tally = campaign(k + 1 for k in numbers) if loops else campaign(numbers)
    assert not tally.failures, "\n\n".join(map(str, tally.failures.values()))
    assert tally.refused <= MOST_REFUSED[loops] * PROGRAMS + 2, tally.reasons  # few programs: some slack
    assert tally.comparisons >= PROGRAMS
