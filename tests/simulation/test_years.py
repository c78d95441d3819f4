"""Some years of invented companies: whatever happens, the promises hold.

`make simulate SEEDS=1-10000` plays more of them. A year that breaks a promise is shown as short as
it can be made, with the command that plays it again.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.year import play, shrunk

YEARS = int(os.environ.get("CONNECTOR_YEARS", "20"))
AT_ONCE = 10


@pytest.mark.parametrize("first", range(1, YEARS + 1, AT_ONCE))
def test_in_no_year_a_promise_is_broken(first: int) -> None:
    for seed in range(first, min(first + AT_ONCE, YEARS + 1)):
        failure = play(seed)
        assert failure is None, str(shrunk(failure))
