"""An operator says every verb, and the doors are knocked at: nobody is refused what he is to do.

What no call of this story needs is listed, so that a right nobody uses is a decision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.domain.changes import Cause, Change
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.foresee.apply import wanted_in
from tests.load.stage import Stage, a_stage
from tests.load.test_rights import a_code_is_claimed_for_nothing
from tests.simulator import nordfab_books, webhook_credentials
from tests.simulator.nordfab import WEBHOOK_TOKENS, nordfab_mapping
from tests.support.payroll import NORDFAB_PAYROLL
from tests.support.rights import Right

EVENTS = Path(__file__).resolve().parents[2] / "events"
PEOPLE = 24


NOT_SAID = {"oauth start", "oauth confirm"}
"""They need a stack whose `RipplingAuth` is `oauth`."""

BY_AWS = {
    "SchedulerRole lambda:InvokeFunction": {"PollerFunction", "OperationsFunction"},
    "SchedulerRole sqs:SendMessage": {"FailedInvocationsQueue"},
    "ReleaserRole sqs:SendMessage": {"FailedInvocationsQueue"},
    "ReleaserRole dynamodb:DescribeStream": {"MappingsTable/stream"},
    "ReleaserRole dynamodb:GetRecords": {"MappingsTable/stream"},
    "ReleaserRole dynamodb:GetShardIterator": {"MappingsTable/stream"},
    "ReleaserRole dynamodb:ListStreams": {"MappingsTable/stream"},
    "WriterRole sqs:ReceiveMessage": {"ChangesQueue"},
    "WriterRole sqs:DeleteMessage": {"ChangesQueue"},
    "WriterRole sqs:GetQueueAttributes": {"ChangesQueue"},
}
"""What AWS does with these rights: it starts functions, and hands them what they are to do."""

NOT_TOLD = {
    # Whether what an earlier run queued, and noted as under way, may lie there still.
    "ReleaserRole sqs:GetQueueAttributes": {"ChangesQueue"},
    # A cost that is written as it was read is not sealed once more.
    "OperationsRole kms:Encrypt": {"PayKey"},
}
"""What functions need in corners to which this story does not come."""


def listed(rights: Iterable[Right]) -> Mapping[str, set[str]]:
    """By role and action, on which resources; without those to log, which Lambda does."""
    found: dict[str, set[str]] = {}
    for role, action, resource in rights:
        if not action.startswith("logs:"):
            found.setdefault(f"{role} {action}", set()).add(resource)
    return found


def mapping(sales: str = "SALES") -> str:
    """Nordfab's with payroll in Norway, and the department in which Sales is there."""
    plain = yaml.load(nordfab_mapping(2), Loader=yaml.BaseLoader)  # noqa: S506
    norway = plain["companies"]["norway"]["departments"]
    next(row for row in norway if row["rippling"] == "Sales")["department"] = sales
    plain["companies"]["norway"]["payroll"] = NORDFAB_PAYROLL
    return str(yaml.safe_dump(plain, sort_keys=False))


class Kari:
    """The operator, what she said, and the stack."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.said: set[str] = set()

    def says(self, verb: str, *, ok: bool = True, **arguments: Any) -> dict[str, Any]:
        """The answer to a verb, which is carried out."""
        answer = self.stage.operate(verb, **arguments)
        assert answer["ok"] is ok, (verb, answer)
        self.said.add(verb)
        return answer

    def knocks(self, **body: str) -> None:
        """Rippling tells of something."""
        text = "&".join(f"{name}={value}" for name, value in body.items())
        headers = {"Authorization": f"Bearer {WEBHOOK_TOKENS[0]}"}
        event = {"headers": headers, "body": text, "isBase64Encoded": False}
        answer = self.stage.invoke("webhook", event)
        assert answer
        assert answer["statusCode"] == 202

    def staff(self) -> list[dict[str, Any]]:
        """Who works in Norway and is in Visma, by number."""
        known = {str(row["employeeNumber"]) for row in self.stage.visma.employees(company="norway")}
        rows = [row for row in self.stage.rippling.workers() if row["status"] == "ACTIVE"]
        return [row for row in rows if str(row["number"]) in known]


def begins(kari: Kari) -> None:
    kari.stage.visma.calls_per_hour = 15_000
    kari.stage.cloud.put_secret("WebhookSecret", webhook_credentials())
    nordfab_books(kari.stage.rippling, kari.stage.visma, months=1)
    kari.says("mappings scaffold")
    kari.says("mappings import", text=nordfab_mapping(2))
    kari.says("rehearse")
    kari.stage.run_for(minutes=20)
    kari.says("go-live")
    kari.stage.run_for(minutes=40)


def looks_round(kari: Kari) -> None:
    someone = kari.staff()[0]
    for verb in ("status", "ping", "waiting", "scheduled", "conflicts", "held", "rejected",
                 "duplicates", "dead-letters", "mappings history", "reconcile", "plan",
                 "audit", "audit verify", "audit export"):  # fmt: skip
        kari.says(verb)
    kari.says("audit", since="2026-11-23")
    kari.says("audit", outcome="created")
    kari.says("audit", person=someone["user_id"])
    kari.says("audit verify", scheduled=True)
    kari.says("explain", person=str(someone["number"]))
    kari.says("personal-data", person=someone["user_id"])
    kari.says("sync", person=str(someone["number"]))
    kari.says("tick")
    kari.says("sweep")


def edits_the_mapping(kari: Kari) -> None:
    text = mapping()
    kari.says("mappings diff", text=text)
    kari.says("mappings import", text=text, preview=True)
    kari.says("mappings import", text=text)
    kari.says("mappings export")
    kari.says("mappings check")
    kari.says("mappings import", text=mapping(sales="FIN"))
    kari.stage.invoke("releaser", json.loads((EVENTS / "releaser_mapping_edit.json").read_text()))
    kari.stage.run_for(minutes=10)
    kari.says("mappings rollback")
    kari.stage.run_for(minutes=20)


def decides_what_is_held(kari: Kari) -> None:
    kari.stage.start_cold()
    leavers = kari.staff()[:8]
    for worker in leavers:
        kari.stage.rippling.terminate(worker["id"], "2026-11-23")
        kari.knocks(event_name="employee.updated", id=worker["id"], company_id="1")
    kari.stage.run_for(minutes=20)
    first, second, *_ = kari.says("held")["rows"]
    kari.says("approve", people=[first["person"]])
    kari.says("reject", people=[second["person"]])
    kari.stage.run_for(minutes=20)
    kari.says("rejected take-back", people=[second["person"]])
    kari.stage.run_for(minutes=20)


def exports_payroll(kari: Kari) -> None:
    run = kari.stage.rippling.payroll.draft_run(
        "Nordfab AS", "2026-10-01", "2026-10-31", "2026-11-05"
    )
    kari.stage.rippling.payroll.approve_run(run["id"])
    kari.says("payroll runs")
    kari.says("payroll export", run=run["id"], plan=True)
    kari.says("payroll export", run=run["id"])


def gives_codes(kari: Kari) -> None:
    stage = kari.stage
    worker = stage.rippling.hire(legal_entity="Nordfab AS", department="Sales", number=8001)
    other = {"contact.lastName": "Else", "contact.email": "else@example.com"}
    before = {"contact.lastName": "Before", "contact.email": "private@example.com"}
    stage.visma.add_employee("8001", company="norway", **other)
    stage.visma.add_employee("OLD-7", company="norway", **before)
    stage.run_for(minutes=10)
    kari.says("adopt", person=worker["user_id"], code="OLD-7", company="norway")
    stage.run_for(minutes=10)
    kari.says("rename", person=worker["user_id"], code="7010", company="norway")
    stage.run_for(minutes=10)
    stage.visma.edit_employee("7010", company="norway", department="MGMT")
    kari.says("reconcile heal")
    stage.run_for(minutes=10)


def replays(kari: Kari) -> None:
    stage, now = kari.stage, kari.stage.clock.now()
    change = Change(kari.staff()[0]["id"], Cause.WEBHOOK, "once-given-up")
    stage.cloud.dead_letters.send(change.to_body(), change.group, {}, now)
    stage.cloud.changes.send("{no change", "no-change", {}, now)
    stage.run_for(minutes=5)
    kari.says("dead-letters")
    kari.says("replay")
    stage.run_for(minutes=10)


def is_told_that_the_app_is_gone(kari: Kari) -> None:
    kari.knocks(event_name="employee.updated", id=kari.staff()[0]["id"], company_id="1")
    kari.knocks(event_name="company.deleted", company_id="1")
    kari.stage.run_for(minutes=10)
    kari.says("resume")


def hears_of_visma(kari: Kari) -> None:
    """As the function for Visma's notifications has the poller look, which is on no stage."""
    code = str(kari.staff()[0]["number"])
    for recheck in ({"company": "norway"}, {"company": "norway", "employee_code": code}):
        summary = kari.stage.invoke("poller", {"recheck": recheck})
        assert summary
        assert summary["problems"] == []


def applies_a_plan(kari: Kari) -> None:
    worker = kari.staff()[0]
    kari.stage.rippling.move(worker["id"], department="Finance")
    planned = wanted_in(json.dumps(kari.says("plan")))
    wanted = [[person, company, digest, planned.numbers.get(person, "")]
              for (person, company), digest in planned.digests.items()]  # fmt: skip
    begun = kari.says("apply", wanted=wanted)
    kari.stage.run_for(minutes=10)
    kari.says("apply", started=begun["started"], progress="", waiting=begun["waiting"])


def erases(kari: Kari) -> None:
    worker = kari.stage.rippling.workers()[0]
    kari.stage.rippling.terminate(worker["id"], "2026-11-23")
    kari.stage.run_for(minutes=20)
    kari.stage.rippling.remove(worker["id"])
    kari.says("erase", person=worker["user_id"], confirm=worker["user_id"])


def ends(kari: Kari) -> None:
    kari.says("report", month="2026-11")
    kari.says("pause", reason="a test")
    kari.stage.run_for(minutes=10)


@pytest.fixture
def kari() -> Iterator[Kari]:
    with a_stage(PEOPLE, CostAllocation="true") as stage:
        yield Kari(stage)


def test_an_operator_is_refused_nothing_whatever_she_says(kari: Kari) -> None:
    begins(kari)
    a_code_is_claimed_for_nothing(kari.stage)
    looks_round(kari)
    edits_the_mapping(kari)
    decides_what_is_held(kari)
    exports_payroll(kari)
    gives_codes(kari)
    replays(kari)
    is_told_that_the_app_is_gone(kari)
    hears_of_visma(kari)
    applies_a_plan(kari)
    erases(kari)
    ends(kari)

    assert {each.name for each in VERBS} - kari.said == NOT_SAID
    assert listed(kari.stage.cloud.rights.unused()) == BY_AWS | NOT_TOLD
