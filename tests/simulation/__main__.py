"""`python -m tests.simulation --seeds 1-1000`: plays years, shows those that break a promise.

With `--bugs`, each planted bug is played through the same years: in how many is it noticed?
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.simulation.bugs import BUGS
from tests.simulation.year import play, shrunk


def main() -> int:
    """Plays the seeds asked for; 1 where any of them breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", default="1-20", help="one seed, or the first and the last")
    parser.add_argument("--whole", action="store_true", help="do not make a failing story shorter")
    parser.add_argument("--bugs", action="store_true", help="plant the bugs, one at a time")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if options.bugs:
        return noticed(seeds)
    begin, failed = time.process_time(), 0
    for seed in seeds:
        failure = play(seed)
        if failure:
            failed += 1
            print(failure if options.whole else shrunk(failure), flush=True)
    spent = time.process_time() - begin
    print(f"{len(seeds)} years, {failed} broke a promise, {spent:.0f} s of CPU")
    return int(bool(failed))


def noticed(seeds: range) -> int:
    """Tells in how many of these years each bug is noticed, and by which check."""
    for bug in BUGS:
        with bug.plant():
            failures = [play(seed) for seed in seeds]
        checks = Counter(each.violation.check.name for each in failures if each)
        print(f"{checks.total():3} of {len(seeds)}  {bug.name}  {dict(checks)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
