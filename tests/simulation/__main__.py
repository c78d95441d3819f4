"""`python -m tests.simulation --seeds 1-1000`: plays years, shows those that break a promise."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.year import play, shrunk


def main() -> int:
    """Plays the seeds asked for; 1 where any of them breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", default="1-20", help="one seed, or the first and the last")
    parser.add_argument("--whole", action="store_true", help="do not make a failing story shorter")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    begin, failed = time.process_time(), 0
    for seed in seeds:
        failure = play(seed)
        if failure:
            failed += 1
            print(failure if options.whole else shrunk(failure), flush=True)
    print(
        f"{len(seeds)} years, {failed} broke a promise, {time.process_time() - begin:.0f} s of CPU"
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
