"""The contract of the `ApprovalsTable`: the latest decision about a person in a company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from connector.adapters.aws.approvals import DynamoApprovals
from connector.adapters.memory import InMemoryApprovals
from connector.domain.errors import ConflictError
from connector.domain.guards import ChangeKind
from connector.domain.planning import Outcome
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.ledger import EmployeeLink
from connector.ports.approvals import Approvals
from connector.services.foresee.deciding import MOST_TRIES, written_down
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
    approved = Approval.of(HELD, OperatorDecision.APPROVE, NOON)
    approvals.save(approved, None)
    rejected = Approval.of(HELD, OperatorDecision.REJECT, NOON + timedelta(hours=1))
    approvals.save(rejected, approved)

    assert approvals.latest("p1", "norway") == rejected
    assert approvals.latest("p1", "sweden") is None


def test_who_said_so_is_kept_each_once(approvals: Approvals) -> None:
    first = Approval.of_plan("p1", "norway", ChangeKind.CREATE, "ab" * 16, NOON, "kari")
    approvals.save(first, None)

    for operator, by in (("kari", ("kari",)), ("ola", ("kari", "ola"))):
        said = Approval.of_plan("p1", "norway", ChangeKind.CREATE, "ab" * 16, NOON, operator)
        before = approvals.latest("p1", "norway")
        approvals.save(said.seconding(before), before)
        latest = approvals.latest("p1", "norway")
        assert latest is not None
        assert latest.by == by

    other = Approval.of_plan("p1", "norway", ChangeKind.CREATE, "cd" * 16, NOON, "per")
    assert other.seconding(approvals.latest("p1", "norway")).by == ("per",)


def test_a_decision_is_not_written_over_one_that_nobody_has_read(approvals: Approvals) -> None:
    kari, ola, per = (
        Approval.of(HELD, OperatorDecision.APPROVE, NOON, name) for name in ("kari", "ola", "per")
    )
    approvals.save(kari, None)
    with pytest.raises(ConflictError):
        approvals.save(ola, None)
    assert approvals.latest("p1", "norway") == kari

    both = ola.seconding(kari)
    approvals.save(both, kari)
    with pytest.raises(ConflictError):
        approvals.save(per.seconding(kari), kari)
    assert approvals.latest("p1", "norway") == both

    approvals.erase("p1", ["norway"])
    with pytest.raises(ConflictError):
        approvals.save(per.seconding(both), both)
    assert approvals.latest("p1", "norway") is None


def test_of_many_at_once_each_counts_once(approvals: Approvals) -> None:
    """Each time somebody has read, another one has written before."""
    names = [f"operator {number}" for number in range(MOST_TRIES)]
    said = [Approval.of(HELD, OperatorDecision.APPROVE, NOON, name) for name in names]

    on_record = written_down(Overtaken(approvals, said[1:]), said[0])

    assert sorted(on_record.by) == names
    assert approvals.latest("p1", "norway") == on_record


def test_whoever_is_always_overtaken_is_refused_and_told_to_say_it_again(
    approvals: Approvals,
) -> None:
    names = [f"operator {number}" for number in range(MOST_TRIES + 1)]
    said = [Approval.of(HELD, OperatorDecision.APPROVE, NOON, name) for name in names]

    with pytest.raises(ConflictError, match="say it again"):
        written_down(Overtaken(approvals, said[1:]), said[0])

    latest = approvals.latest("p1", "norway")
    assert latest is not None
    assert sorted(latest.by) == names[1:]


def test_whoever_says_otherwise_at_the_same_moment_is_not_written_over(
    approvals: Approvals,
) -> None:
    rejected = Approval.of(HELD, OperatorDecision.REJECT, NOON, "ola")
    approved = Approval.of(HELD, OperatorDecision.APPROVE, NOON, "kari")

    with pytest.raises(ConflictError, match="decided otherwise at this moment"):
        written_down(Overtaken(approvals, [rejected]), approved)

    assert approvals.latest("p1", "norway") == rejected


class Overtaken:
    """The decisions, where others decide between what one reads and writes."""

    def __init__(self, approvals: Approvals, others: list[Approval]) -> None:
        self._approvals = approvals
        self._others = others

    def latest(self, person_id: str, company: str) -> Approval | None:
        return self._approvals.latest(person_id, company)

    def save(self, approval: Approval, before: Approval | None) -> None:
        if self._others:
            written_down(self._approvals, self._others.pop(0))
        self._approvals.save(approval, before)

    def erase(self, person_id: str, companies: Iterable[str]) -> None:
        self._approvals.erase(person_id, companies)
