"""The table of guards: every kind is recognised on both sides, and a plan trips only its own."""

from __future__ import annotations

import pytest

from connector.domain.decisions import Action, Decision
from connector.domain.guards import (
    GUARDS,
    ChangeKind,
    ProposedChange,
    kind_of,
    kind_of_plan,
    limit,
    rule_of,
)
from connector.domain.mapping.model import Guards
from connector.domain.people import EmploymentStatus, Facts, Worker
from connector.domain.planning import Difference, Outcome, Plan

WORKER = Worker("w1", "p1", Facts(EmploymentStatus.ACTIVE))
ASKED_BY_THE_APPLIER = {ChangeKind.TRANSFER}
"""Two plans make a transfer, so no plan shows it: the applier asks before the first of them."""

PROPOSED = {
    ChangeKind.DEACTIVATE: (Decision(Action.LEAVE, WORKER, "norway"), ("norway",), False),
    ChangeKind.TRANSFER: (
        Decision(Action.WRITE, WORKER, "sweden", leave_first=("norway",)),
        ("norway",),
        True,
    ),
    ChangeKind.CREATE: (Decision(Action.WRITE, WORKER, "norway"), (), True),
    ChangeKind.MOVE: (Decision(Action.WRITE, WORKER, "norway"), ("norway",), True),
}
PLANNED = {
    ChangeKind.DEACTIVATE: Plan(Outcome.DEACTIVATED, (Difference("status", "Active", "Inactive"),)),
    ChangeKind.CREATE: Plan(Outcome.CREATED, (Difference("department", "", "PROD"),)),
    ChangeKind.MOVE: Plan(Outcome.UPDATED, (Difference("department", "SALES", "PROD"),)),
}

kinds = pytest.mark.parametrize("kind", ChangeKind)


@kinds
def test_every_kind_has_one_rule_with_a_phrase_and_a_limit(kind: ChangeKind) -> None:
    (rule,) = (each for each in GUARDS if each.kind is kind)

    assert rule.phrase
    assert limit(kind, Guards(floor=0), 100) == rule.percent(Guards())


@kinds
def test_every_kind_is_recognised_before_a_run_queues_it(kind: ChangeKind) -> None:
    decision, active_in, changes_department = PROPOSED[kind]
    found = kind_of(ProposedChange(decision, active_in, changes_department=changes_department))

    assert found is not None
    assert found[1] is kind


@kinds
def test_every_kind_is_recognised_before_the_writer_sends_it(kind: ChangeKind) -> None:
    if kind in ASKED_BY_THE_APPLIER:
        assert not any(rule_of(kind).planned_by(plan) for plan in PLANNED.values())
        return

    assert kind_of_plan(PLANNED[kind]) is kind
    others = [plan for other, plan in PLANNED.items() if other is not kind]
    assert not any(rule_of(kind).planned_by(plan) for plan in others)


def test_a_change_is_counted_where_it_takes_people_from_or_puts_them() -> None:
    counted = {
        kind: kind_of(ProposedChange(decision, active_in, changes_department=changes))
        for kind, (decision, active_in, changes) in PROPOSED.items()
    }

    assert counted == {
        ChangeKind.DEACTIVATE: ("norway", ChangeKind.DEACTIVATE),
        ChangeKind.TRANSFER: ("norway", ChangeKind.TRANSFER),
        ChangeKind.CREATE: ("norway", ChangeKind.CREATE),
        ChangeKind.MOVE: ("norway", ChangeKind.MOVE),
    }


@pytest.mark.parametrize("action", [Action.KEEP, Action.IGNORE, Action.SCHEDULE])
def test_what_writes_nothing_is_of_no_guarded_kind(action: Action) -> None:
    change = ProposedChange(
        Decision(action, WORKER, "norway"), ("norway",), changes_department=True
    )

    assert kind_of(change) is None
    assert kind_of_plan(Plan(Outcome.UNCHANGED)) is None
    assert kind_of_plan(Plan(Outcome.UPDATED, (Difference("branch", "1", "2"),))) is None
