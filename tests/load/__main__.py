"""Plays the stories in a company of thousands and writes the tables of docs/load.md.

Of a company of another size they are printed, and with `--write` written.
"""

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
    options = parser().parse_args()
    # Another process, because time is driven in this one; beside it, so that it takes no longer.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        real = pool.submit(deployed, options.port)
        told = play(options.people)
        stack = real.result()
    print(f"{stack.people} people on a deployed stack: {'; '.join(stack.problems) or 'well'}")
    text = tables(told, stack)
    print(text)
    if options.write or is_full(options):
        write(PAGE, text)
    return int(bool(stack.problems) or any(each.problems for each in told))


def parser() -> argparse.ArgumentParser:
    """What can be asked for; whoever asks for nothing gets a full run."""
    options = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    options.add_argument("--people", type=int, default=PEOPLE)
    options.add_argument("--port", type=int, default=0, help="of the embedded AWS; any free one")
    options.add_argument("--write", action="store_true", help="full run or not, write the page")
    return options


def is_full(options: argparse.Namespace) -> bool:
    """Whether the company has the size that is published."""
    return bool(options.people == PEOPLE)


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
