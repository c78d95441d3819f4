"""What to do about a person today."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connector.domain.decisions import NO_LONGER_SHOWN, Action, Decision, decide
from connector.domain.employment import Counted
from connector.domain.facts import NOT_SHOWN, UNKNOWN, Known, Named
from connector.domain.mapping.model import MappingFile
from connector.domain.people import EmploymentStatus, EmploymentType, Worker
from tests.unit.builders import NOW, a_mapping, a_worker, some_rules

TERMINATED, ACCEPTED = EmploymentStatus.TERMINATED, EmploymentStatus.ACCEPTED
CONTRACTOR = EmploymentType.of("Consultant", "CONTRACTOR", "HOURLY", None)


def _decide(
    *workers: Worker, mapping: MappingFile | None = None, now: datetime = NOW, active: Any = ()
) -> Decision:
    return decide(workers, mapping or a_mapping(), now, active)


def _two_companies() -> MappingFile:
    return a_mapping(
        norway=some_rules(),
        sweden=some_rules(legal_entities=["*"], time_zone="Europe/Stockholm"),
    )


def test_somebody_who_works_is_written() -> None:
    decision = _decide(a_worker())

    assert (decision.action, decision.company) == (Action.WRITE, "norway")
    assert decision.leave_first == ()


def test_somebody_terminated_leaves() -> None:
    decision = _decide(a_worker(status=TERMINATED, end_date=date(2026, 11, 20)), active=["norway"])

    assert (decision.action, decision.reason) == (Action.LEAVE, "left on 2026-11-20")


def test_absence_is_never_a_termination() -> None:
    decision = _decide(active=["norway"])

    assert decision.action is Action.KEEP
    assert "never a termination" in decision.reason


def test_a_status_nobody_knows_changes_nothing() -> None:
    unknown = a_worker(status=EmploymentStatus.UNKNOWN)

    assert _decide(unknown, active=["norway"]).action is Action.KEEP


def test_somebody_who_starts_later_is_scheduled_for_the_first_day() -> None:
    decision = _decide(a_worker(status=ACCEPTED, start_date=date(2026, 12, 1)))

    assert (decision.action, decision.due_on) == (Action.SCHEDULE, date(2026, 12, 1))


def test_the_day_begins_at_midnight_of_the_company_and_not_of_utc() -> None:
    worker = a_worker(status=ACCEPTED, start_date=date(2026, 12, 1))

    before = _decide(worker, now=datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    after = _decide(worker, now=datetime(2026, 11, 30, 23, 0, tzinfo=UTC))

    assert (before.action, after.action) == (Action.SCHEDULE, Action.WRITE)


ACROSS = a_mapping(
    norway=some_rules(), america=some_rules(legal_entities=["Inc"], time_zone="America/New_York")
)
ELSEWHERE = Named("e9", "Nordfab Oy")
"""A legal entity that no company of the mapping claims."""


def test_the_last_day_of_whoever_no_company_claims_is_that_of_the_company_they_are_active_in() -> (
    None
):
    """Norway's day begins an hour before that of UTC, New York's five hours after it."""
    leaver = a_worker(status=TERMINATED, end_date=date(2026, 11, 30), legal_entity=ELSEWHERE)

    def in_norway(hour: int, minute: int) -> Action:
        now = datetime(2026, 11, 29, hour, minute, tzinfo=UTC)
        return _decide(leaver, mapping=ACROSS, now=now, active=["norway"]).action

    def in_america(day: int, hour: int) -> Action:
        now = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
        return _decide(leaver, mapping=ACROSS, now=now, active=["america"]).action

    assert [in_norway(22, 59), in_norway(23, 30)] == [Action.IGNORE, Action.LEAVE]
    assert [in_america(30, 4), in_america(30, 5)] == [Action.IGNORE, Action.LEAVE]


def test_of_a_company_that_has_left_the_mapping_the_last_day_is_the_latest_to_begin() -> None:
    leaver = a_worker(status=TERMINATED, end_date=date(2026, 11, 30), legal_entity=ELSEWHERE)

    def at(hour: int) -> Action:
        now = datetime(2026, 11, 30, hour, 30, tzinfo=UTC)
        return _decide(leaver, mapping=ACROSS, now=now, active=["sweden"]).action

    assert [at(0), at(4), at(5)] == [Action.IGNORE, Action.IGNORE, Action.LEAVE]


def test_daylight_saving_moves_midnight() -> None:
    worker = a_worker(status=ACCEPTED, start_date=date(2026, 7, 1))

    before = _decide(worker, now=datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    after = _decide(worker, now=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))

    assert (before.action, after.action) == (Action.SCHEDULE, Action.WRITE)


def test_somebody_who_left_and_comes_back_later_leaves_now_and_is_due_then() -> None:
    old = a_worker("old", status=TERMINATED, end_date=date(2026, 11, 20))
    new = a_worker("new", status=ACCEPTED, start_date=date(2027, 1, 4))

    decision = _decide(old, new, active=["norway"])

    assert (decision.action, decision.due_on) == (Action.LEAVE, date(2027, 1, 4))


def test_a_start_that_moves_away_deactivates_no_one_who_is_not_terminated() -> None:
    moved = a_worker(status=ACCEPTED, start_date=date(2027, 1, 4))

    assert _decide(moved, active=["norway"]).action is Action.SCHEDULE


def test_an_employment_that_starts_later_is_due_even_for_somebody_who_works() -> None:
    second = a_worker("second", status=ACCEPTED, start_date=date(2026, 12, 1))

    decision = _decide(a_worker("first"), second, active=["norway"])

    assert decision.worker is not None
    assert (decision.action, decision.worker.id) == (Action.WRITE, "first")
    assert decision.due_on == date(2026, 12, 1)


def test_an_employment_that_never_began_is_over_beside_one_that_starts_later() -> None:
    never = a_worker("never", status=TERMINATED, termination_type="RENEGE")
    later = a_worker("later", status=ACCEPTED, start_date=date(2026, 12, 1))

    assert _decide(never, later, active=["norway"]).action is Action.LEAVE


def test_an_old_end_says_nothing_about_an_employment_that_vanished() -> None:
    old = a_worker("old", status=TERMINATED, end_date=date(2025, 1, 1))

    gone = decide([old], a_mapping(), NOW, ["norway"], Counted("vanished"))

    assert (gone.action, gone.reason) == (Action.KEEP, NO_LONGER_SHOWN)
    assert decide([old], a_mapping(), NOW, ["norway"], Counted("old")).action is Action.LEAVE


@pytest.mark.parametrize(
    "other",
    [
        a_worker("other", status=ACCEPTED, start_date=date(2027, 1, 4)),
        a_worker("other", status=ACCEPTED, start_date=None),
        a_worker("other", status=EmploymentStatus.HIRED),
        a_worker("other", status=EmploymentStatus.UNKNOWN),
        a_worker("other", status=TERMINATED, termination_type="RENEGE"),
    ],
    ids=["begins later", "has no first day", "offer", "unknown word", "never began"],
)
def test_an_employment_that_has_not_begun_says_nothing_about_one_that_vanished(
    other: Worker,
) -> None:
    gone = decide([other], a_mapping(), NOW, ["norway"], Counted("vanished"))
    alone = decide([other], a_mapping(), NOW, [], Counted("vanished"))

    assert (gone.action, gone.reason) == (Action.KEEP, NO_LONGER_SHOWN)
    assert gone.due_on == alone.due_on, "the day on which it begins still comes"
    assert alone.reason != NO_LONGER_SHOWN, "nobody is told of whoever is active nowhere"


def test_an_employment_that_goes_on_out_of_scope_speaks_for_itself_once_another_vanished() -> None:
    strict = some_rules(scope={"deactivate_when_out_of_scope": True})
    lax, mapping = a_mapping(), a_mapping(norway=strict)
    ended = a_worker("old", status=TERMINATED, employment_type=CONTRACTOR)
    hidden = a_worker(employment_type=CONTRACTOR, legal_entity=NOT_SHOWN)

    def after_one_vanished(worker: Worker, rules: MappingFile = mapping) -> Action:
        return decide([worker], rules, NOW, ["norway"], Counted("vanished")).action

    assert after_one_vanished(a_worker(employment_type=CONTRACTOR)) is Action.LEAVE
    assert after_one_vanished(a_worker(employment_type=CONTRACTOR), lax) is Action.IGNORE
    assert after_one_vanished(ended) is Action.KEEP
    assert after_one_vanished(hidden) is Action.KEEP, "it may belong to another company"
    takes_them = some_rules(legal_entities=["?"], scope={"deactivate_when_out_of_scope": True})
    assert after_one_vanished(hidden, a_mapping(norway=takes_them)) is Action.LEAVE


def test_an_offer_is_not_an_employment() -> None:
    assert _decide(a_worker(status=EmploymentStatus.HIRED)).action is Action.IGNORE


def test_an_offer_that_was_rescinded_leaves_with_that_reason() -> None:
    rescinded = a_worker(status=TERMINATED, termination_type="RESCIND")

    decision = _decide(rescinded, active=["norway"])

    assert (decision.action, decision.reason) == (Action.LEAVE, "the employment never began")


def test_contractors_are_out_of_scope_unless_the_mapping_wants_them() -> None:
    contractor = a_worker(employment_type=CONTRACTOR)
    wanted = a_mapping(norway=some_rules(scope={"exclude_employment_types": []}))

    assert _decide(contractor).action is Action.IGNORE
    assert "CONTRACTOR" in _decide(contractor).reason
    assert _decide(contractor, mapping=wanted).action is Action.WRITE


def test_a_new_contractor_is_deactivated_only_if_the_mapping_says_so() -> None:
    contractor = a_worker(employment_type=CONTRACTOR)
    strict = a_mapping(norway=some_rules(scope={"deactivate_when_out_of_scope": True}))

    assert _decide(contractor, active=["norway"]).action is Action.IGNORE
    assert _decide(contractor, mapping=strict, active=["norway"]).action is Action.LEAVE


def test_a_contractor_who_was_an_employee_is_deactivated_when_terminated() -> None:
    gone = a_worker(status=TERMINATED, end_date=date(2026, 1, 1), employment_type=CONTRACTOR)

    assert _decide(gone, active=["norway"]).action is Action.LEAVE


def test_somebody_out_of_scope_who_leaves_later_is_due_on_the_day() -> None:
    leaving = a_worker(status=TERMINATED, end_date=date(2026, 11, 30), employment_type=CONTRACTOR)

    decision = _decide(leaving, active=["norway"])

    assert (decision.action, decision.due_on) == (Action.IGNORE, date(2026, 11, 30))


def test_an_employment_in_scope_counts_beside_one_that_is_not() -> None:
    decision = _decide(a_worker("c", employment_type=CONTRACTOR), a_worker("e"))

    assert decision.worker is not None
    assert (decision.action, decision.worker.id) == (Action.WRITE, "e")


def test_a_legal_entity_that_nobody_claims_is_out_of_scope() -> None:
    decision = _decide(a_worker(legal_entity=Named("e9", "Other AB")))

    assert (decision.action, decision.company) == (Action.IGNORE, None)
    assert "Other AB" in decision.reason


def test_a_legal_entity_is_claimed_by_name_or_id_and_the_star_takes_the_rest() -> None:
    mapping = _two_companies()

    assert _decide(a_worker(), mapping=mapping).company == "norway"
    assert _decide(a_worker(legal_entity=Named()), mapping=mapping).company == "sweden"


def test_somebody_who_works_in_one_company_first_leaves_the_other() -> None:
    decision = _decide(
        a_worker(legal_entity=Named("e2", "Nordfab AB")),
        mapping=_two_companies(),
        active=["norway", "sweden"],
    )

    assert (decision.company, decision.leave_first) == ("sweden", ("norway",))


def test_a_second_employment_of_an_unknown_company_moves_no_one() -> None:
    """Its department is not one of the company where the person happens to be."""
    first = a_worker("first")
    second = a_worker("second", legal_entity=NOT_SHOWN, start_date=date(2026, 11, 20))

    decision = decide([first, second], _two_companies(), NOW, ["norway"], Counted("first"))

    assert decision.action is Action.KEEP
    assert decision.unknown == ("legal_entity",)


def test_so_does_one_that_the_company_takes_whose_entity_is_not_shown() -> None:
    mapping = a_mapping(norway=some_rules(legal_entities=["Nordfab AS", "?"]))
    first = a_worker("first", legal_entity=NOT_SHOWN)
    second = a_worker("second", legal_entity=NOT_SHOWN, start_date=date(2026, 11, 20))

    decision = decide([first, second], mapping, NOW, ["norway"], Counted("first"))

    assert decision.action is Action.KEEP
    assert "does not show the legal entity" in decision.reason


def test_the_employment_that_counts_stays_where_the_person_is_while_its_company_is_hidden() -> None:
    only = a_worker("first", legal_entity=NOT_SHOWN)

    decision = decide([only], _two_companies(), NOW, ["norway"], Counted("first"))

    assert (decision.action, decision.company) == (Action.WRITE, "norway")


def test_the_lead_of_a_company_that_is_only_guessed_starts_no_one_early() -> None:
    mapping = a_mapping(norway=some_rules(lead_days=30), sweden=some_rules(legal_entities=["*"]))
    first = a_worker("first")
    ahead = a_worker("ahead", status=ACCEPTED, start_date=date(2026, 12, 1), legal_entity=NOT_SHOWN)

    decision = decide([first, ahead], mapping, NOW, ["norway"], Counted("first"))

    assert decision.worker is first
    assert decision.due_on == date(2026, 12, 1)


def test_a_last_day_that_was_shown_and_is_gone_ends_nothing() -> None:
    leaver = a_worker("first", status=TERMINATED)
    shown_before = Known(date(2026, 12, 6))

    gone = decide([leaver], a_mapping(), NOW, ["norway"], Counted("first", last_day=shown_before))

    assert (gone.action, gone.unknown) == (Action.KEEP, ("end_date",))
    assert decide([leaver], a_mapping(), NOW, ["norway"], Counted("first")).action is Action.LEAVE


def test_of_two_employments_whose_starts_are_hidden_the_one_that_counted_still_does() -> None:
    first = a_worker("a", start_date=UNKNOWN)
    second = a_worker("b", start_date=UNKNOWN)

    for counted in ("a", "b"):
        decision = decide([first, second], a_mapping(), NOW, ["norway"], Counted(counted))
        assert decision.worker is not None
        assert decision.worker.id == counted

    shown = [a_worker("a", start_date=date(2026, 1, 1)), a_worker("b", start_date=date(2020, 1, 1))]
    decision = decide(shown, a_mapping(), NOW, ["norway"], Counted("b"))
    assert decision.worker is not None
    assert decision.worker.id == "a", "the latest start counts where it is known"
