"""`make bench`, and `python -m tests.bench`: everything in one run, into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import reading
from tests.bench.environments import make_environments
from tests.bench.figures import Figures
from tests.bench.table import increments_table, put, reading_table

WARM_UP = 200
"""With so many people each tool is run once before it is measured."""


def main(words: list[str]) -> int:
    """Measures what is asked for, prints it, and puts it into the page."""
    options = _options(words)
    parts = options.only.split(",") if options.only else ["reading"]
    print(_machine(), flush=True)
    for part in parts:
        content = {"reading": _reading}[part](options)
        print(content, flush=True)
        if not options.keep_page:
            put(part, content)
    return 0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", help="reading or writing, or both with a comma between")
    parser.add_argument("--workers", type=int, default=10_000, help="how many are read")
    parser.add_argument("--repeats", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--peers", help="only tools with one of these words in their name")
    parser.add_argument("--keep-page", action="store_true", help="leave docs/benchmarks.md alone")
    return parser.parse_args(words)


def _reading(options: argparse.Namespace) -> str:
    wanted = options.peers.split(",") if options.peers else [""]
    subjects = [one for one in reading.SUBJECTS if any(word in one.label for word in wanted)]
    make_environments(one.peer for one in subjects)
    figures = {one.label: Figures(one) for one in subjects}
    with tempfile.TemporaryDirectory() as place:
        for one in subjects:
            reading.play(one, WARM_UP, Path(place, "warm", one.label))
        # One after another within each round, so that a slow minute hits all of them.
        for number in range(options.repeats):
            for one in subjects:
                folder = Path(place, str(number), one.label)
                reading.play(one, options.workers, folder, figures[one.label])
    found = list(figures.values())
    whole = reading_table(found, reading.FLOOR.label)
    return f"{_machine()} {options.workers:,} workers.\n\n{whole}\n\n{increments_table(found)}"


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    when = datetime.now(UTC).date()
    return f"Measured {when}, {cores} cores, Python {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
