"""Plays the stories in a company of thousands and writes the tables of docs/load.md."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.load import stories
from tests.load.deployed import deployed
from tests.load.stage import a_stage
from tests.load.stories import Storyteller, Told
from tests.load.tables import PAGE, tables, write

PEOPLE = 5_000


def main() -> int:
    """Does what the command line asks; 1 where a story did not end well."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--port", type=int, default=0, help="of the embedded AWS; any free one")
    parser.add_argument("--write", action="store_true", help="whatever the size, write the page")
    options = parser.parse_args()
    # Another process, because time is driven in this one; beside it, because there are two cores.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        real = pool.submit(deployed, options.port)
        told = play(options.people)
        stack = real.result()
    print(f"{stack.people} people on a deployed stack: {'; '.join(stack.problems) or 'well'}")
    text = tables(told, stack)
    if options.write or options.people == PEOPLE:
        write(PAGE, text)
    else:
        print(text)
    return int(bool(stack.problems) or any(each.problems for each in told))


def play(people: int) -> list[Told]:
    """All stories, one after the other in one company."""
    began = time.monotonic()
    with a_stage(people) as stage:
        teller = Storyteller.on(stage)
        for tell in stories.stories(people):
            told = tell(teller)
            found = "; ".join(told.problems[:5]) or "well"
            print(f"{time.monotonic() - began:4.0f} s  {told.name}: {found}", flush=True)
    return teller.told


if __name__ == "__main__":
    sys.exit(main())
