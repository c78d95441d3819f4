"""`make bench`, and `python -m tests.bench`: everything in one run, into docs/benchmarks.md.

Anything smaller is printed, and with `--write` put into the page as well.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from tests.bench import reading, writing
from tests.bench.environments import make_environments
from tests.bench.figures import Figures
from tests.bench.running import Subject
from tests.bench.table import harm_table, increments_table, put, reading_table, speed_table

WARM_UP = 200
"""With so many people each tool is run once before it is measured."""


def main(words: list[str]) -> int:
    """Measures what is asked for and prints it; a full run puts it into the page."""
    options = parser().parse_args(words)
    for part in options.only.split(",") if options.only else PARTS:
        content = PARTS[part](options)
        print(content, flush=True)
        if options.write or is_full(options):
            put(part, content)
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked for; whoever asks for nothing gets a full run."""
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("--only", help="reading or writing, or both with a comma between")
    options.add_argument("--workers", type=int, default=10_000, help="how many are read")
    options.add_argument("--employees", type=int, default=150, help="how many are written")
    options.add_argument("--repeats", type=int, default=3, help="of which the median is taken")
    options.add_argument("--peers", help="only tools with one of these words in their name")
    options.add_argument("--write", action="store_true", help="full run or not, write the page")
    return options


def is_full(options: argparse.Namespace) -> bool:
    """Whether everything is measured, at the size that is published."""
    asked, full = vars(options), vars(parser().parse_args([]))
    return all(asked[name] == full[name] for name in full if name != "write")


def _reading(options: argparse.Namespace) -> str:
    subjects = _chosen(reading.SUBJECTS, options)
    figures = {one.label: Figures(one) for one in subjects}
    with tempfile.TemporaryDirectory() as place:
        with reading.Served(WARM_UP) as company:
            for one in subjects:
                reading.play(one, company, Path(place, "warm", one.label))
        # One after another within each round, so that a slow minute hits all of them.
        with reading.Served(options.workers) as company:
            for number in range(options.repeats):
                for one in subjects:
                    _tell(f"reading {number + 1} of {options.repeats}: {one.label}")
                    folder = Path(place, str(number), one.label)
                    reading.play(one, company, folder, figures[one.label])
    found = list(figures.values())
    whole = reading_table(found, reading.FLOOR.label)
    return (
        f"{_machine(options)} {options.workers:,} workers.\n\n{whole}\n\n{increments_table(found)}"
    )


def _writing(options: argparse.Namespace) -> str:
    subjects = _chosen(writing.SUBJECTS, options)
    figures = [Figures(one) for one in subjects]
    with tempfile.TemporaryDirectory() as place:
        for one in subjects:
            writing.play(one, writing.CLEAN, 50, Path(place, "warm", one.label), Figures(one))
        for number in range(options.repeats):
            # What goes wrong is counted, and the same each time: once is enough.
            scenarios = writing.SCENARIOS if number == 0 else writing.QUIET
            for scenario, each in product(scenarios, figures):
                one = each.subject
                _tell(f"writing {number + 1} of {options.repeats}: {one.label}: {scenario.name}")
                folder = Path(place, str(number), scenario.name, one.label)
                writing.play(one, scenario, options.employees, folder, each)
    quiet = speed_table(figures, [one.name for one in writing.QUIET], writing.OURS.label)
    harm = harm_table(figures, [one.name for one in writing.SCENARIOS])
    return f"{_machine(options)} {options.employees:,} employees.\n\n{quiet}\n\n{harm}"


PARTS = {"reading": _reading, "writing": _writing}


def _chosen(subjects: Sequence[Subject], options: argparse.Namespace) -> list[Subject]:
    wanted = options.peers.split(",") if options.peers else [""]
    chosen = [one for one in subjects if any(word in one.label for word in wanted)]
    make_environments(one.peer for one in chosen)
    return chosen


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _machine(options: argparse.Namespace) -> str:
    """Where and how it was measured; a machine that is busy with other work says so itself."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    when, python = datetime.now(UTC).date(), platform.python_version()
    rounds = "1 round" if options.repeats == 1 else f"{options.repeats} rounds"
    return f"Measured {when} in {rounds}: {cores} cores, load {load:.1f}, Python {python}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
