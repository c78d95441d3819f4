"""Running one stage of one tool in a process and an environment of its own, and its counters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.embedded.template import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DRIVERS = ROOT / "tests" / "bench" / "drivers"
ENVIRONMENTS = ROOT / ".local" / "bench"
OURS = ""
"""In place of a peer: the environment of the connector itself."""

PATIENCE_SECONDS = 240


class FailedError(Exception):
    """A driver has failed; the text is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One tool with one way of using it: its label, its driver, and what the driver is told."""

    label: str
    driver: str
    peer: str = OURS
    options: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[str, ...] = ("full", "nothing", "changed", "late")

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return ENVIRONMENTS / self.peer / "bin" / "python" if self.peer else Path(sys.executable)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one run took. Seconds of wall and of processor time, megabytes at the peak, calls."""

    start_cpu: float
    wall: float
    cpu: float
    peak_mb: float
    calls: int


def run(subject: Subject, task: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Runs the driver once; what it measured and found.

    Raises:
        FailedError: it ended with an error, or told nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told, answer = folder / "task.json", folder / "answer.json"
    answer.unlink(missing_ok=True)
    content = {**task, **subject.options, "folder": str(folder), "answer": str(answer)}
    told.write_text(json.dumps(content), "utf-8")
    environment = _environment(folder, is_ours=subject.peer == OURS)
    command = [str(subject.python), str(DRIVERS / f"{subject.driver}.py"), str(told)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=folder,
        timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise FailedError(f"{subject.label}: {done.stdout[-1500:]}{done.stderr[-3000:]}")
    return dict(json.loads(answer.read_text("utf-8"))) if answer.exists() else {}


def measured(answer: Mapping[str, Any], calls: int) -> Measurement:
    """A measurement out of what a driver told and what the servers counted."""
    start, wall, cpu, peak = (answer[each] for each in ("start_cpu", "wall", "cpu", "peak_mb"))
    return Measurement(start, wall, cpu, peak, calls)


def middle(runs: Iterable[Measurement]) -> Measurement:
    """The median of each figure."""
    each = list(runs)
    return Measurement(
        median(one.start_cpu for one in each),
        median(one.wall for one in each),
        median(one.cpu for one in each),
        median(one.peak_mb for one in each),
        round(median(one.calls for one in each)),
    )


def _environment(folder: Path, *, is_ours: bool) -> dict[str, str]:
    """No variable of this process but the path: what a tool is told stands in its task."""
    plain = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8"}
    plain["NO_PROXY"] = "127.0.0.1"
    if is_ours:
        plain["PYTHONPATH"] = os.pathsep.join([str(ROOT / "layers" / "connector"), str(ROOT)])
    return plain
