"""Drives a command that asks, through a terminal of its own: Enter answers every question."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ASKS = re.compile(r"(\]|\)): $")
"""How a question of SAM ends, with its default in brackets."""

QUIET_SECONDS = 0.3
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def press_enter_through(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float = 180.0
) -> tuple[int, str]:
    """Runs a command and answers every question with Enter; its exit code and all it has shown.

    Raises:
        TimeoutError: it is not over after that many seconds.
    """
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    ) as process:
        os.close(theirs)
        try:
            shown = _until_the_end(ours, process, time.monotonic() + seconds)
        finally:
            process.kill()
            os.close(ours)
    return process.returncode, shown


def _until_the_end(ours: int, process: subprocess.Popen[bytes], deadline: float) -> str:
    shown, asked_at = "", -1
    while time.monotonic() < deadline:
        if select.select([ours], [], [], QUIET_SECONDS)[0]:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the other side has hung up
                more = b""
            if not more:
                process.wait(timeout=10)
                return shown
            shown += COLOURS.sub("", more.decode(errors="replace"))
        elif process.poll() is not None:
            return shown
        elif ASKS.search(shown) and asked_at != len(shown):
            asked_at = len(shown)
            os.write(ours, b"\n")
    raise TimeoutError(f"not over in time; it has shown\n{shown[-2000:]}")
