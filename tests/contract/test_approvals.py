"""The contract of the `ApprovalsTable`: the latest decision about a person in a company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connector.adapters.aws.approvals import DynamoApprovals
from connector.adapters.memory import InMemoryApprovals
from connector.domain.guards import ChangeKind
from connector.domain.planning import Outcome
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.ledger import EmployeeLink
from connector.ports.approvals import Approvals
from tests.contract.bench import NOON, aws, make_table

HELD = EmployeeLink(
    "p1", "norway", Outcome.HELD, NOON, held_kind="move", held_run="r1", held_plan="d1"
)


@pytest.fixture(params=["memory", "dynamodb"])
def approvals(request: pytest.FixtureRequest) -> Iterator[Approvals]:
    if request.param == "memory":
        yield InMemoryApprovals()
        return
    with aws("dynamodb") as client:
        yield DynamoApprovals(client, make_table(client, "ApprovalsTable"))


def test_what_was_never_decided_is_none(approvals: Approvals) -> None:
    assert approvals.latest("p1", "norway") is None


def test_the_latest_decision_is_the_one_that_counts(approvals: Approvals) -> None:
    approvals.save(Approval.of(HELD, OperatorDecision.APPROVE, NOON))
    rejected = Approval.of(HELD, OperatorDecision.REJECT, NOON + timedelta(hours=1))
    approvals.save(rejected)

    assert approvals.latest("p1", "norway") == rejected
    assert approvals.latest("p1", "sweden") is None


def test_who_said_so_is_kept_each_once(approvals: Approvals) -> None:
    first = Approval.of_plan("p1", "norway", ChangeKind.CREATE, "ab" * 16, NOON, "kari")
    approvals.save(first)

    for operator, by in (("kari", ("kari",)), ("ola", ("kari", "ola"))):
        said = Approval.of_plan("p1", "norway", ChangeKind.CREATE, "ab" * 16, NOON, operator)
        approvals.save(said.seconding(approvals.latest("p1", "norway")))
        latest = approvals.latest("p1", "norway")
        assert latest is not None
        assert latest.by == by

    other = Approval.of_plan("p1", "norway", ChangeKind.CREATE, "cd" * 16, NOON, "per")
    assert other.seconding(approvals.latest("p1", "norway")).by == ("per",)
