"""`python -m tests.simulation --seeds 1-1000`: plays years, shows those that break a promise.

With `--bugs`, each planted bug is played through the same years: in how many is it noticed?
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.planted.bugs import BUGS
from tests.simulation.year import play, shrunk

TOLD_EVERY = 100


def main() -> int:
    """Plays the seeds asked for; 1 where any of them breaks a promise."""
    options = parser().parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if options.bugs:
        return noticed(seeds)
    return told(seeds, is_whole=options.whole, processes=options.processes)


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    options = argparse.ArgumentParser(prog="python -m tests.simulation")
    options.add_argument("--seeds", default="1-20", help="one seed, or the first and the last")
    options.add_argument("--whole", action="store_true", help="do not make a failing story shorter")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options.add_argument("--bugs", action="store_true", help="plant the bugs, one at a time")
    return options


def told(seeds: range, *, is_whole: bool, processes: int) -> int:
    """Plays the years side by side, and shows each that breaks a promise as soon as it does."""
    failed, spent = 0, 0.0
    with ProcessPoolExecutor(processes) as pool:
        played = pool.map(partial(one_year, is_whole=is_whole), seeds, chunksize=5)
        for count, (story, seconds) in enumerate(played, 1):
            spent += seconds
            if story:
                failed += 1
                print(story, flush=True)
            if not count % TOLD_EVERY:
                print(f"{count} of {len(seeds)} years, {failed} broke a promise", file=sys.stderr)
    years = "1 year" if len(seeds) == 1 else f"{len(seeds)} years"
    print(f"{years}, {failed} broke a promise, {spent:.0f} s of CPU")
    return int(bool(failed))


def one_year(seed: int, *, is_whole: bool) -> tuple[str, float]:
    """The story of a year that broke a promise, empty for any other; and its seconds of CPU."""
    begin = time.process_time()
    failure = play(seed)
    story = str(failure if is_whole else shrunk(failure)) if failure else ""
    return story, time.process_time() - begin


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
