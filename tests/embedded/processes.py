"""Processes that outlive the command that started them: remembered on disk, ended by their id.

An id alone proves nothing, since the system hands it out again: the moment the process began is
kept beside it, and a process that began at another moment is not ours.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.embedded.template import ROOT

LOCAL = ROOT / ".local"
RUNNING = LOCAL / "running"

GRACE_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class Remembered:
    """A process that was left running, by the name it was remembered under."""

    name: str
    pid: int
    began: str
    address: str
    home: str

    @property
    def is_running(self) -> bool:
        """Whether this very process is still there."""
        return _began(self.pid) == self.began


def remember(name: str, pid: int, address: str, home: Path | None = None) -> None:
    """Notes a process that leads a group of its own, so that `make down` ends it.

    `home` is a folder whose sub-folders are of no use once the process has ended.
    """
    RUNNING.mkdir(parents=True, exist_ok=True)
    entry = {"pid": pid, "began": _began(pid), "address": address, "home": str(home or "")}
    (RUNNING / f"{name}.json").write_text(json.dumps(entry), encoding="utf-8")


def remembered() -> list[Remembered]:
    """What was left running, whether it still runs or not."""
    return [
        Remembered(name=path.stem, **json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(RUNNING.glob("*.json"))
    ]


def end_remembered() -> list[Remembered]:
    """Ends what was left running and forgets it; says what it ended."""
    ended = []
    for process in remembered():
        if process.is_running:
            end_group(process.pid)
            ended.append(process)
        if process.home:
            sweep(Path(process.home))
        (RUNNING / f"{process.name}.json").unlink(missing_ok=True)
    return ended


def sweep(home: Path) -> None:
    """Removes the folders in a process's home and leaves the files, which are its logs."""
    if home.is_dir():
        for leftover in home.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)


def end_group(pid: int) -> None:
    """Ends a process and its whole group: asks, waits for the leader, and insists."""
    _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while _is_there(pid) and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN_SECONDS)
    _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, wish: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # the latter: macOS, all have ended already
        os.killpg(pid, wish)


def _is_there(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return _began(pid) != ""


def _began(pid: int) -> str:
    """When a process began, in the system's own words; empty when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if fields[0] == "Z" else fields[19]
    listing = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout.strip()
