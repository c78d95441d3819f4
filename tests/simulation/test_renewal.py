"""The renewal of Rippling's tokens is killed before and after each of its port calls."""

from __future__ import annotations

from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from tests.simulation.fate import Fate, KilledError, Watched
from tests.simulation.wire import Vendors, connected
from tests.simulation.world import busy
from tests.simulator import nordfab_rippling
from tests.support.clock import HandClock
from tests.unit.oauth_bench import Bench

PORT = 9001
FEWEST = 12


@pytest.mark.parametrize("rotates", [False, True])
def test_a_renewal_that_is_killed_anywhere_is_made_up_for_or_rings(rotates: bool) -> None:
    ended, at = [], 0
    while told := _renewed(at, rotates=rotates):
        ended += [at] if told == "ended" else []
        at += 1

    assert at >= FEWEST
    # Where a spent refresh token is worth nothing, one that is answered and never stored is lost.
    assert bool(ended) is rotates
    assert len(ended) <= 5, ended


def _renewed(at: int, *, rotates: bool) -> str:
    """What became of the sign-in after a renewal that was killed there; empty if it was not."""
    clock = HandClock()
    rippling = nordfab_rippling(clock, people=1, port=PORT)
    rippling.app_shop.rotates = rotates
    fate = Fate()
    with connected(Vendors({rippling.url: rippling}, fate), is_watched=False):
        bench = Bench(rippling, clock).installed()
        watched: Any = bench
        watched.vault = Watched(bench.vault, "secrets", fate, busy)
        watched.leases = Watched(bench.leases, "cursors", fate, busy)
        clock.turn(days=30)
        fate.kill_in = at
        try:
            with fate.running("poller"):
                bench.client().get("/workers/")
        except KilledError:
            clock.turn(minutes=10)  # the lease of whoever died is over
        else:
            return ""
        try:
            status = bench.client().get("/workers/").status_code
        except ConfigurationError:
            status = 0
        assert status == 200 or bench.metrics["InstallationEnded"] > 0
        return "renewed" if status else "ended"
