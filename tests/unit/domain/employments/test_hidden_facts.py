"""What Rippling hides of a person's employments decides nothing: not who counts, nor that one left.

Every pair of employments is played with every fact hidden and every two, told and silently, at once
and days later. What is decided must be what was so, or is so by now; or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations, product
from typing import Any

import pytest

from connector.domain.decisions import Action, Decision, decide
from connector.domain.employment import Counted
from connector.domain.facts import EMPTY, NOT_SHOWN, UNKNOWN, Named
from connector.domain.mapping.model import MappingFile
from connector.domain.people import HIDDEN_TYPE, EmploymentStatus, EmploymentType, Worker
from tests.unit.builders import NOW, TODAY, a_mapping, a_worker, some_rules

ACTIVE, ACCEPTED = EmploymentStatus.ACTIVE, EmploymentStatus.ACCEPTED
TERMINATED, NO_WORD = EmploymentStatus.TERMINATED, EmploymentStatus.UNKNOWN
NORWAY, SWEDEN = Named("e1", "Nordfab AS"), Named("e2", "Nordfab AB")
CONTRACTOR = EmploymentType.of("Consultant", "CONTRACTOR", "HOURLY", None)
A_FEW_DAYS = 4


def _day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


STATES: Sequence[dict[str, Any]] = (
    {"status": ACTIVE},
    {"status": TERMINATED, "end_date": _day(2)},
    {"status": TERMINATED, "end_date": _day(9)},
    {"status": TERMINATED, "end_date": _day(-20)},
    {"status": ACCEPTED, "start_date": _day(-5)},
    {"status": ACCEPTED, "start_date": _day(-3)},
    {"status": ACCEPTED, "start_date": _day(2)},
    {"status": ACCEPTED, "start_date": _day(9)},
    {"status": NO_WORD},
)
OLDER = ({"start_date": _day(-900)}, {"start_date": _day(-30)})
KINDS: Sequence[dict[str, Any]] = ({}, {"legal_entity": SWEDEN}, {"employment_type": CONTRACTOR})
ENDED_LONG_AGO = a_worker(
    "w0", status=TERMINATED, start_date=_day(-2000), end_date=_day(-1500), legal_entity=NORWAY
)

TOLD: dict[str, Any] = {
    "status": NO_WORD,
    "start_date": UNKNOWN,
    "end_date": UNKNOWN,
    "legal_entity": NOT_SHOWN,
    "employment_type": HIDDEN_TYPE,
}
SILENT: dict[str, Any] = {"start_date": EMPTY, "end_date": EMPTY}


def _mapping() -> MappingFile:
    return a_mapping(norway=some_rules(), sweden=some_rules(legal_entities=["Nordfab AB"]))


def _people() -> Iterator[list[Worker]]:
    """Everyone with two employments, and some with a third that ended long ago."""
    for (one, before), other, kind in product(product(STATES, OLDER), STATES, KINDS):
        first = a_worker("w1", **{**before, **kind, **one})
        second = a_worker("w2", **{"start_date": _day(-10), **other})
        yield [first, second] if kind else [ENDED_LONG_AGO, first, second]


def _hidings() -> Iterator[dict[str, Any]]:
    for among in (TOLD, SILENT):
        names = chain.from_iterable(combinations(among, size) for size in (1, 2))
        yield from ({name: among[name] for name in some} for some in names)
    yield TOLD


def _hidden(workers: Iterable[Worker], hiding: dict[str, Any], of: str) -> list[Worker]:
    """The workers without these facts: all of them, or the one of this id."""
    return [
        replace(each, facts=replace(each.facts, **hiding)) if of in ("", each.id) else each
        for each in workers
    ]


def _counted(worker: Worker) -> Counted:
    return Counted(worker.id, worker.facts.start_date, worker.facts.end_date)


def _done(decision: Decision) -> tuple[Any, ...]:
    """What a decision does to the employees of a person."""
    if decision.action is Action.WRITE and decision.worker:
        return Action.WRITE, decision.worker.id, decision.company
    return (decision.action,) if decision.action is Action.LEAVE else ()


@pytest.mark.parametrize("days", [0, A_FEW_DAYS])
def test_no_fact_that_is_hidden_moves_anybody_or_makes_anybody_leave(days: int) -> None:
    mapping, later, played = _mapping(), NOW + timedelta(days=days), 0
    for workers in _people():
        before = decide(workers, mapping, NOW, ())
        if before.action is not Action.WRITE or before.worker is None or not before.company:
            continue
        known = [before.company], _counted(before.worker)
        allowed = {_done(before), _done(decide(workers, mapping, later, *known)), ()}
        for hiding, of in product(_hidings(), ("", before.worker.id)):
            shown = _hidden(workers, hiding, of)
            found = _done(decide(shown, mapping, later, *known))
            assert found in allowed, (hiding, of or "all", [each.facts for each in workers])
            played += 1
    assert played > 5_000, "there is somebody to hide something of"


def test_a_first_day_that_was_shown_and_is_gone_does_not_make_the_older_employment_count() -> None:
    older = a_worker("older")
    begun = a_worker("begun", status=ACCEPTED, start_date=_day(-5))
    silent = _hidden([older, begun], {"start_date": EMPTY}, "")

    decision = decide(silent, a_mapping(), NOW, ["norway"], _counted(begun))

    assert (decision.action, decision.unknown) == (Action.KEEP, ("start_date",))
    assert decision.worker is not None
    assert decision.worker.id == "begun"


def test_a_first_day_that_was_never_shown_is_none_and_nor_is_one_of_who_is_no_employee() -> None:
    nameless = a_worker("w1", status=ACCEPTED, start_date=None)

    never = decide([nameless], a_mapping(), NOW, ["norway"], Counted("w1"))
    begun = _counted(a_worker("w1", start_date=_day(-5)))
    nobody = decide([nameless], a_mapping(), NOW, (), begun)

    assert never.action is nobody.action is Action.SCHEDULE


def test_an_employment_with_a_status_nobody_knows_still_counts_before_an_older_one() -> None:
    older, now = a_worker("older"), a_worker("now", status=NO_WORD, start_date=_day(-10))

    kept = decide([older, now], a_mapping(), NOW, ["norway"], _counted(now))
    other = decide([older, now], a_mapping(), NOW, ["norway"], _counted(older))

    assert (kept.action, kept.unknown) == (Action.KEEP, ("status",))
    assert other.action is Action.WRITE, "what never counted stands in nobody's way"


def test_whoever_may_still_work_has_not_left_because_another_employment_is_ahead() -> None:
    leaving = a_worker("w1", status=TERMINATED, end_date=None, start_date=_day(-30))
    ahead = a_worker("w2", status=ACCEPTED, start_date=_day(9))
    known = Counted("w1", leaving.facts.start_date, a_worker(end_date=_day(5)).facts.end_date)

    decision = decide([ENDED_LONG_AGO, leaving, ahead], a_mapping(), NOW, ["norway"], known)

    assert (decision.action, decision.unknown) == (Action.KEEP, ("end_date",))


def test_whoever_may_work_in_an_employment_that_never_counted_has_not_left_either() -> None:
    unclear = a_worker("w1", status=NO_WORD)
    ahead = a_worker("w2", status=ACCEPTED, start_date=_day(9))

    decision = decide([ENDED_LONG_AGO, unclear, ahead], a_mapping(), NOW, ["norway"])

    assert (decision.action, decision.due_on) == (Action.SCHEDULE, _day(9))


def test_another_employment_that_may_be_out_of_scope_does_not_count_while_that_is_hidden() -> None:
    works = a_worker("works")
    maybe = a_worker("maybe", start_date=_day(-10), employment_type=HIDDEN_TYPE)

    decision = decide([works, maybe], a_mapping(), NOW, ["norway"], _counted(works))

    assert decision.action is Action.KEEP
    assert "employment type" in decision.reason


def _back(takes: str, counted_until: int) -> Decision:
    """Somebody in Norway whose employment ends, and who is hired again without a legal entity."""
    rules = {"norway": ["Nordfab AS"], "sweden": ["Nordfab AB"]}
    rules[takes] += ["?"]
    mapping = a_mapping(**{key: some_rules(legal_entities=names) for key, names in rules.items()})
    left = a_worker("w1", status=TERMINATED, end_date=_day(counted_until), legal_entity=NOT_SHOWN)
    back = a_worker("w2", start_date=_day(0), legal_entity=NOT_SHOWN)
    return decide([left, back], mapping, NOW, ["norway"], _counted(left))


def test_whoever_left_and_was_hired_again_before_anyone_looked_goes_on_where_such_people_go() -> (
    None
):
    decision = _back("norway", counted_until=0)

    assert decision.worker is not None
    assert (decision.action, decision.company) == (Action.WRITE, "norway")
    assert (decision.worker.id, decision.unknown) == ("w2", ("legal_entity",))


def test_no_one_goes_to_another_company_for_that_nor_before_they_have_left() -> None:
    assert _back("sweden", counted_until=0).action is Action.KEEP
    assert _back("norway", counted_until=5).action is Action.KEEP
