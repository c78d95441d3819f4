"""`python -m tests.demo`: deploys, tells the story, checks it, and ends in a verdict."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import nullcontext

from tests.demo import month_end
from tests.demo.auditor import Report, audit
from tests.demo.stage import DemoError, Stage
from tests.demo.story import CHAPTERS, ChapterError, Story
from tests.embedded import EmbeddedError, end_remembered, remember
from tests.simulator.page import PageServer

PEOPLE = 240
PASS, FAIL = "verdict: PASS", "verdict: FAIL"
OUTCOMES = (
    "created",
    "updated",
    "unchanged",
    "deactivated",
    "reactivated",
    "scheduled",
    "waiting",
    "held",
    "rejected",
    "out_of_scope",
)


def main() -> int:
    """Tells the story; 0 when everything held."""
    options = parser().parse_args()
    if options.keep:
        return _in_background(options.people)
    with Stage(options.people, companies=2) as stage:
        verdict = _tell(stage)
        if options.stay:
            _stay(stage)
    return 0 if verdict else 1


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    options = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    options.add_argument("--people", type=int, default=PEOPLE)
    options.add_argument("--keep", action="store_true", help="leave everything running")
    options.add_argument("--stay", action="store_true", help=argparse.SUPPRESS)
    return options


def _tell(stage: Stage) -> bool:
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    say("building the template and deploying it on the embedded AWS ...")
    try:
        stage.deploy()
        say("deployed: preflight, poller, webhook, writer, releaser, operations; IAM is enforced")
        story = Story(stage, say)
        for chapter in (*CHAPTERS, *month_end.CHAPTERS):
            say(chapter(story))
    except (ChapterError, DemoError, EmbeddedError) as problem:
        say(f"stopped: {problem}")
        print(FAIL, flush=True)
        return False
    report = audit(stage.rippling, stage.visma, story.books)
    _draw(stage, report)
    contract_errors = sum(
        bool(call.contract_errors) for call in (*stage.rippling.journal, *stage.visma.journal)
    )
    if contract_errors:
        print(f"{contract_errors} requests were not what the vendors' contracts say")
    good = report.is_clean and not contract_errors
    print(PASS if good else FAIL, flush=True)
    return good


def _draw(stage: Stage, report: Report) -> None:
    outcomes = Counter(str(row["outcome"]) for row in stage.outcomes())
    rows = [("people in Rippling", report.people)]
    rows += [(f"changes that ended {name.replace('_', ' ')}", outcomes[name]) for name in OUTCOMES]
    rows += [
        ("employees in Norway", len(stage.visma.employees(company="norway"))),
        ("employees in Sweden", len(stage.visma.employees(company="sweden"))),
        ("duplicates", report.duplicates),
        ("lost or wrong", len(report.lost)),
        ("calls to Rippling", len(stage.rippling.journal)),
        ("calls to Visma", len(stage.visma.calls(path="/v1/.*"))),
    ]
    print()
    for name, count in rows:
        print(f"  {name:<32}{count:>7}")
    for problem in report.lost:
        print(f"  {problem}")
    print()


def _stay(stage: Stage) -> None:
    """Leaves everything running for a person to look at, until `make down`."""
    stage.aws.publish()
    remember("demo", os.getpid(), stage.rippling.url)
    with _page(stage) or nullcontext():
        _say_where(stage)
        ended = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        ended.wait()


def _page(stage: Stage) -> PageServer | None:
    """The page for trying it by hand, over a stack that came to be."""
    try:
        page = stage.page()
    except (DemoError, EmbeddedError) as problem:
        print(f"There is no page to try it by hand: {problem}")
        return None
    print(f"Try it by hand at {page.start().url}/")
    return page


def _say_where(stage: Stage) -> None:
    print(f"Rippling is at {stage.rippling.url}, Visma at {stage.visma.url}, AWS at")
    print(f"{stage.aws.endpoint_url}. `source .local/env` and try for example:")
    print("  .venv/bin/connector --stack connector audit --outcome waiting")
    print("`make down` ends it all.", flush=True)


def _in_background(people: int) -> int:
    """Tells the story in a process that outlives this one."""
    end_remembered()
    command = [sys.executable, "-m", "tests.demo", "--stay", "--people", str(people)]
    story = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, bufsize=1
    )
    verdict = 1
    for line in story.stdout or ():
        print(line, end="", flush=True)
        verdict = 0 if line.strip() == PASS else verdict
        if line.startswith("`make down`"):
            break
    return verdict


if __name__ == "__main__":
    sys.exit(main())
