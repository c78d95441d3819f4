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

ONLY_IN_THE_WRITER = {ChangeKind.REACTIVATE, ChangeKind.REWRITE}
"""Nothing of these is to be seen before the ledger's links or Visma are read."""

NONE, ALL = frozenset[str](), frozenset({"department", "branch"})

PROPOSED = {
    ChangeKind.DEACTIVATE: (Decision(Action.LEAVE, WORKER, "norway"), ("norway",), NONE),
    ChangeKind.TRANSFER: (
        Decision(Action.WRITE, WORKER, "sweden", leave_first=("norway",)),
        ("norway",),
        ALL,
    ),
    ChangeKind.CREATE: (Decision(Action.WRITE, WORKER, "norway"), (), ALL),
    ChangeKind.MOVE: (Decision(Action.WRITE, WORKER, "norway"), ("norway",), ALL),
    ChangeKind.RECLASSIFY: (
        Decision(Action.WRITE, WORKER, "norway"),
        ("norway",),
        frozenset({"branch"}),
    ),
}
PLANNED = {
    ChangeKind.DEACTIVATE: Plan(Outcome.DEACTIVATED, (Difference("status", "Active", "Inactive"),)),
    ChangeKind.CREATE: Plan(Outcome.CREATED, (Difference("department", "", "PROD"),)),
    ChangeKind.REACTIVATE: Plan(
        Outcome.REACTIVATED,
        (Difference("status", "Inactive", "Active"), Difference("department", "SALES", "PROD")),
    ),
    ChangeKind.MOVE: Plan(Outcome.UPDATED, (Difference("department", "SALES", "PROD"),)),
    ChangeKind.RECLASSIFY: Plan(Outcome.UPDATED, (Difference("employee_class", "A", "B"),)),
    ChangeKind.REWRITE: Plan(Outcome.UPDATED, (Difference("contact.phone1", "a", "b"),)),
}

kinds = pytest.mark.parametrize("kind", ChangeKind)


@kinds
def test_every_kind_has_one_rule_with_a_phrase_and_a_limit(kind: ChangeKind) -> None:
    (rule,) = (each for each in GUARDS if each.kind is kind)

    assert rule.phrase
    assert limit(kind, Guards(floor=0), 100) == rule.percent(Guards())


@kinds
def test_every_kind_is_recognised_before_a_run_queues_it(kind: ChangeKind) -> None:
    if kind in ONLY_IN_THE_WRITER:
        assert not any(rule_of(kind).found_in(ProposedChange(*each)) for each in PROPOSED.values())
        return

    found = kind_of(ProposedChange(*PROPOSED[kind]))

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
    counted = {kind: kind_of(ProposedChange(*proposed)) for kind, proposed in PROPOSED.items()}

    assert counted == {
        ChangeKind.DEACTIVATE: ("norway", ChangeKind.DEACTIVATE),
        ChangeKind.TRANSFER: ("norway", ChangeKind.TRANSFER),
        ChangeKind.CREATE: ("norway", ChangeKind.CREATE),
        ChangeKind.MOVE: ("norway", ChangeKind.MOVE),
        ChangeKind.RECLASSIFY: ("norway", ChangeKind.RECLASSIFY),
    }


@pytest.mark.parametrize("action", [Action.KEEP, Action.IGNORE, Action.SCHEDULE])
def test_what_writes_nothing_is_of_no_guarded_kind(action: Action) -> None:
    change = ProposedChange(Decision(action, WORKER, "norway"), ("norway",), ALL)

    assert kind_of(change) is None
    assert kind_of_plan(Plan(Outcome.UNCHANGED)) is None
    assert kind_of_plan(Plan(Outcome.UPDATED, (Difference("status", "A", "B"),))) is None
