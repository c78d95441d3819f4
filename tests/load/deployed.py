"""What only a deployed stack shows: how much memory each function takes, and what it logs.

The template is deployed on the embedded AWS, where each function is a process of its own. Its clock
is the real one, so this is a first load and a burst of changes, and no outage of hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.demo.auditor import Books, audit
from tests.demo.stage import Stage
from tests.embedded import Embedded

PEOPLE = 400
CHANGES = 60


@dataclass(frozen=True)
class Process:
    """A function, and the greatest memory that one of its processes has had."""

    function: str
    peak_mb: float


@dataclass(frozen=True)
class Deployed:
    """What a deployed stack came to."""

    people: int
    writes: int
    problems: tuple[str, ...]
    processes: tuple[Process, ...]
    log_bytes: int


def deployed(port: int = 0) -> Deployed:
    """Deploys, loads everyone, changes some, asks for the status, and looks at the processes."""
    with Embedded.start(port) as aws, Stage(PEOPLE, companies=2, aws=aws) as stage:
        stage.deploy()
        stage.begin()
        stage.settle()
        for worker in stage.rippling.workers()[:CHANGES]:
            stage.rippling.change_user(worker["user_id"], family_name="Annen")
            stage.webhook(worker["id"])
        for _ in stage.quiet():
            pass
        stage.tick(full_sweep=True)
        stage.connector("status")
        report = audit(stage.rippling, stage.visma, Books())
        writes = sum(call.applied for call in stage.visma.calls())
        return Deployed(
            report.people, writes, report.lost, tuple(processes(aws.emulator.pid)), logged(aws)
        )


def processes(emulator: int) -> Iterator[Process]:
    """The functions that run on an emulator, by name."""
    peaks: dict[str, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[2]) != emulator:
                continue
            variables = (folder / "environ").read_bytes().split(b"\0")
            status = (folder / "status").read_text()
        except OSError:
            continue  # it has ended
        given = dict(each.partition(b"=")[::2] for each in variables)
        if name := given.get(b"POWERTOOLS_SERVICE_NAME", b"").decode():
            line = next(each for each in status.splitlines() if each.startswith("VmHWM"))
            peaks[name] = max(peaks.get(name, 0.0), int(line.split()[1]) / 1024)
    yield from (Process(name, peak) for name, peak in sorted(peaks.items()))


def logged(aws: Embedded) -> int:
    """Bytes in all log groups."""
    logs = aws.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    found = 0
    for name in names:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
            found += sum(len(event["message"].encode()) for event in page["events"])
    return found
