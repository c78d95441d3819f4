"""The last chapters: a payroll run, whether the month may be closed, and the cure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from textwrap import indent
from typing import Any

import yaml

from tests.demo.stage import DemoError
from tests.demo.story import Story, must
from tests.embedded.template import ROOT
from tests.simulator import nordfab_books
from tests.support.payroll import NORDFAB_PAYROLL

JOURNAL = "/v2/journaltransaction"
REPORTS = ROOT / ".local"


def a_payroll_run(story: Story) -> str:
    """A payroll run is entered in Visma, which loses its answer: one batch, on hold."""
    stage = story.stage
    nordfab_books(stage.rippling, stage.visma, months=1)
    stage.mapping = with_payroll(stage.mapping)
    stage.import_mapping()
    run = an_approved_run(story)
    stage.visma.faults.lose_answer(method="POST", path=JOURNAL, times=1)
    exported = stage.connector("payroll", "export", run, "--yes")
    stage.visma.faults.clear()
    lost = [call for call in stage.visma.calls("POST", JOURNAL) if call.status == 0]
    must(len(lost) == 1, "no answer was lost")
    must(is_refused(story, run), "the run could be exported a second time")
    batches = [each for each in stage.visma.batches(company="norway") if is_payroll(each)]
    must(len(batches) == 1, f"{len(batches)} batches were entered, not 1")
    batch = batches[0]
    must(batch["status"] == "Hold", "the batch is not on hold")
    must(batch["debitTotal"] == batch["creditTotal"] > 0, "the batch does not balance")
    (sent,) = exported["batches"]
    return (
        f"payroll run: the answer was lost; one batch {batch['batchNumber']} on hold,"
        f" {sent['lines']} lines of {sent['people']} people; a second export is refused"
    )


def an_open_month(story: Story) -> str:
    """Is the month ready to be closed? No, and why."""
    report = made(story)
    must(not report["is_ready"], "the month is ready although a record is rejected")
    reasons = reasons_of(report)
    told = " ".join(reasons)
    must("rejected" in told, "the rejected record is no reason")
    must("dead letter" in told or "given up" in told, "the dead letter is no reason")
    return f"month end: {report['month']} is not ready to be closed, {len(reasons)} reasons: " + (
        "; ".join(f'"{reason}"' for reason in reasons)
    )


def a_closed_month(story: Story) -> str:
    """The cure, and the report of a month that is ready."""
    stage = story.stage
    for person in story.books.unwritable:
        stage.rippling.change_user(person, family_name="Navnesen")
    story.books.unwritable.clear()
    queue = stage.aws.outputs["DeadLetterQueueUrl"]
    stage.aws.client("sqs").purge_queue(QueueUrl=queue)  # the odd message, as the runbook says
    stage.connector("sweep")
    story.travel(counted="people looked at once more")
    file = REPORTS / "month-end.html"
    report = made(story, "-o", str(file))
    must(report["is_ready"], f"the month is not ready: {'; '.join(reasons_of(report))}")
    page = file.read_text(encoding="utf-8")
    must("Nygård" not in page and "Navnesen" not in page, "the report names someone")
    return (
        "month end: the last name is there, the odd message is taken away, a sweep finds nothing:"
        f" {report['month']} is ready to be closed; the report is {file.relative_to(ROOT)}"
    )


def made(story: Story, *words: str) -> dict[str, Any]:
    """The report of the last month that ended."""
    REPORTS.mkdir(exist_ok=True)
    return story.stage.connector("report", *words)


def reasons_of(report: dict[str, Any]) -> list[str]:
    """What keeps a month open, section by section."""
    return [reason for section in report["sections"] for reason in section["needs_human"]]


def with_payroll(text: str) -> str:
    """A mapping with payroll turned on in Norway; all else stays as it is written."""
    company = "  norway:\n"
    must(text.count(company) == 1, "the mapping has no company norway")
    payroll = indent(yaml.safe_dump({"payroll": NORDFAB_PAYROLL}, sort_keys=False), "    ")
    return text.replace(company, company + payroll)


def an_approved_run(story: Story) -> str:
    """The payroll run of last month, approved; its id."""
    last = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    first, payday = last.replace(day=1), last + timedelta(days=5)
    payroll = story.stage.rippling.payroll
    run = payroll.draft_run("Nordfab AS", first, last, payday)
    payroll.approve_run(run["id"])
    return str(run["id"])


def is_payroll(batch: dict[str, Any]) -> bool:
    """Whether a batch is one that the connector entered."""
    return "Rippling payroll run" in batch["description"]


def is_refused(story: Story, run: str) -> bool:
    """Whether a run cannot be exported, because it was."""
    try:
        story.stage.connector("payroll", "export", run, "--yes")
    except DemoError as refusal:
        return "exported already" in str(refusal)
    return False


CHAPTERS = (a_payroll_run, an_open_month, a_closed_month)
