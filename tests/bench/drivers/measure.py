"""What every driver shares: its task, its counters, and what it tells the bench.

Only the standard library, since each driver runs in the environment of the tool that it drives.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class Run:
    """One measured run: what is to be done, and from when to when the work goes on.

    The work begins when everything is imported and built; what came before is the start-up.
    """

    def __init__(self) -> None:
        self.task: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
        self.folder = Path(self.task["folder"])
        self._told: dict[str, Any] = {}

    def begin(self) -> None:
        """The work begins."""
        self._told["start_cpu"] = _cpu()
        self._wall = time.perf_counter()

    def end(self) -> None:
        """The work is over; the counters are read."""
        wall, cpu = time.perf_counter() - self._wall, _cpu()
        self._told.update(wall=wall, cpu=cpu - self._told["start_cpu"], peak_mb=_peak_mb())

    def tell(self, **found: Any) -> None:
        """Tells the bench what was measured, and for the judge what came of it."""
        Path(self.task["answer"]).write_text(json.dumps({**self._told, **found}), "utf-8")


def ids_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The ids of rows, in order."""
    return [str(row["id"]) for row in rows]


def _cpu() -> float:
    """Seconds of processor time of this process and of those that it has waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    """The greatest resident size; `ru_maxrss` would count that of the parent before the exec."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
