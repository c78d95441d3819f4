"""Plays the stories in a company of thousands and writes the tables of docs/load.md."""

from __future__ import annotations

import argparse
import sys
import time

from tests.load import stories
from tests.load.stage import a_stage
from tests.load.stories import Storyteller
from tests.load.tables import PAGE, tables, write

PEOPLE = 5_000


def main() -> int:
    """Does what the command line asks; 1 where a story did not end well."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args().people
    began = time.monotonic()
    with a_stage(people) as stage:
        teller = Storyteller.on(stage)
        for tell in stories.stories(people):
            told = tell(teller)
            seconds = time.monotonic() - began
            print(
                f"{seconds:4.0f} s  {told.name}: {'; '.join(told.problems) or 'well'}", flush=True
            )
    print(f"{time.monotonic() - began:.0f} s")
    text = tables(teller.told)
    if people == PEOPLE:
        write(PAGE, text)
    else:
        print(text)
    return int(any(told.problems for told in teller.told))


if __name__ == "__main__":
    sys.exit(main())
