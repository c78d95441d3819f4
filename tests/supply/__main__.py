"""`make hashes`, `make sbom` and `make advisories`."""

from __future__ import annotations

import argparse
import sys
from itertools import chain
from pathlib import Path

from tests.supply.advisories import Found, NotReachedError, asked, read
from tests.supply.pins import BENCH, FILES, Pin, pins_of, renew_hashes
from tests.supply.sbom import SBOM, text


def main(words: list[str]) -> int:
    """Runs one task; the exit code is 1 where a package has a known weakness."""
    options = parser().parse_args(words)
    if options.task == "advisories":
        return advisories(options.database)
    if options.task == "hashes":
        for path in (*FILES, *BENCH):
            renew_hashes(path)
    else:
        SBOM.write_text(text(), encoding="utf-8")
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    options = argparse.ArgumentParser(prog="python -m tests.supply", description=__doc__)
    options.add_argument("task", choices=["hashes", "sbom", "advisories"])
    options.add_argument("--database", type=Path, help="a folder of OSV files, instead of asking")
    return options


def advisories(database: Path | None) -> int:
    """Tells what is known of the pinned packages; where nothing can be known, that."""
    pins = sorted(
        set(chain.from_iterable(pins_of(path) for path in FILES)), key=lambda pin: pin.key
    )
    try:
        found = read(pins, database) if database else asked(pins)
    except NotReachedError as error:
        print(f"advisories: skipped, nothing is known of {len(pins)} packages: {error}")
        return 0
    print(summary(pins, found))
    return 1 if found else 0


def summary(pins: list[Pin], found: Found) -> str:
    """One line, and one more for each package that has a known weakness."""
    lines = [f"advisories: {len(found)} of {len(pins)} pinned packages have a known weakness"]
    lines += [f"  {pin.name} {pin.version}: {', '.join(ids)}" for pin, ids in found.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
