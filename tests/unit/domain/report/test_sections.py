"""Each section from plain inputs: what it says, and what it says that somebody has to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connector.domain.planning import Outcome
from connector.domain.records.ledger import REJECTED, EmployeeLink, Rejection
from connector.domain.records.mode import Mode, ModeName
from connector.domain.report.changes import back_dated, changes
from connector.domain.report.decisions import decisions, mapping_versions
from connector.domain.report.drift import Disagreement, drift
from connector.domain.report.gaps import Code, Gaps, gaps
from connector.domain.report.happened import Happened
from connector.domain.report.head_count import Counts, head_count, places_before
from connector.domain.report.open_people import open_people
from connector.domain.report.period import Month, Period
from connector.domain.report.running import State, state
from connector.domain.report.sheet import Section, Table
from connector.domain.status.people import OpenPeople

A_MOVE = Rejection("move", {"department": "SALES"})
OVER = Period(Month(2026, 11), date(2026, 12, 2))
RUNNING = Period(Month(2026, 11), date(2026, 11, 24))
AT = datetime(2026, 11, 20, 9, 30, 15, tzinfo=UTC)
A, B = ("norway", "400"), ("norway", "500")


def table(section: Section, key: str) -> Table:
    return next(each for each in section.tables if each.key == key)


def happened(**members: Any) -> Happened:
    """A change of somebody in Norway, as the audit has it now."""
    row = {
        "person": "p1", "time": AT.isoformat(), "outcome": "updated", "kind": "department",
        "company": "norway", "employee_code": "1013", "cause": "poll", "message": "Updated 1013.",
        "cost_centre_before": "400", "cost_centre_after": "500", "mapping": "7",
    }  # fmt: skip
    return Happened.of({**row, **members})


def older(**members: Any) -> Happened:
    """A row that an earlier version wrote."""
    row = {"person": "p1", "time": AT.isoformat(), "outcome": "updated", "company": "norway"}
    return Happened.of({**row, **members})


def act(verb: str, **members: Any) -> Happened:
    row = {"person": "operators", "time": AT.isoformat(), "outcome": verb, "operator": "arn:kari"}
    return Happened.of({**row, **members})


def test_a_difference_is_that_of_now_and_what_changed_since_the_last_day_is_none() -> None:
    counts = Counts({A: 5, B: 2}, {A: 6, B: 2}, {A: 6, B: 1})

    section = head_count(counts, ["norway"], OVER)

    assert table(section, "cost-centres").rows == (
        ("norway", "400", 5, 1, 6, 0),
        ("norway", "500", 2, 0, 1, -1),
    )
    (needs,) = section.needs_human
    assert "500 has 1 in Visma and 2 in Rippling" in needs
    assert "400" not in needs


def test_people_were_where_their_first_move_since_took_them_from() -> None:
    rows = [
        older(person="p0"),
        happened(cost_centre_before="400"),
        happened(cost_centre_before="500", cost_centre_after="600"),
        happened(person="p2", cost_centre_before="", outcome="created"),
        happened(person="p3", cost_centre_after="400"),
        happened(person="p4", planned=True),
        happened(person="p5", company="sweden", cost_centre_after="", outcome="deactivated"),
    ]

    assert places_before(rows) == {"p1": ("norway", "400"), "p5": ("sweden", "400")}


def test_a_cost_centre_that_only_one_side_has_is_shown() -> None:
    rows = table(head_count(Counts({}, {}, {A: 1}), ["norway"], RUNNING), "cost-centres").rows

    assert rows == (("norway", "400", 0, 1, 1),)


def test_a_company_that_could_not_be_read_has_no_number_and_is_not_said_to_differ() -> None:
    counts = Counts({A: 5}, {A: 5}, {}, unread={"norway": "no right"})

    section = head_count(counts, ["norway"], RUNNING)

    assert table(section, "cost-centres").rows == (("norway", "400", 5, None, None),)
    assert section.needs_human == (
        "norway: Visma could not be read: no right. Type `connector ping`.",
    )


def test_nobody_is_left_out_of_the_head_count_silently() -> None:
    counts = Counts({}, {}, {}, left_out={"no company claims X": 3}, untold={"too odd": 1})

    section = head_count(counts, ["norway"], RUNNING)

    assert table(section, "left-out").rows == (("no company claims X", 3),)
    assert "Of 1 person it cannot be told where they belong: too odd." in section.needs_human[0]


def test_many_differences_are_counted_and_the_first_are_named() -> None:
    centres = {("norway", str(code)): 1 for code in range(100, 120)}

    (needs,) = head_count(Counts({}, centres, {}), ["norway"], RUNNING).needs_human

    assert "20 cost centres not the same" in needs
    assert "and 14 more" in needs


def a_link(outcome: Outcome, **members: Any) -> EmployeeLink:
    return replace(EmployeeLink("p1", "norway", outcome, AT, employee_code="1013"), **members)


def test_everyone_with_whom_something_is_open_stands_under_what_it_is() -> None:
    links = [
        a_link(Outcome.HELD, reason="30 would leave"),
        a_link(Outcome.WAITING, employee_code=None, expected_code="1020", reason="no row"),
        a_link(Outcome.REJECTED, reason="contact.last_name: it is empty"),
        a_link(Outcome.REJECTED, reason="conflict: it is somebody else's"),
        a_link(Outcome.REJECTED, rejections=(A_MOVE,), reason=REJECTED),
        a_link(Outcome.SCHEDULED, due_on=date(2026, 12, 31)),
    ]

    section = open_people(OpenPeople.among(links), {"p1": "Sales"}, {})

    whys = {each.key: [(row[1], row[4]) for row in each.rows] for each in section.tables}
    assert whys == {
        "held": [("1013", "30 would leave")],
        "waiting": [("1020", "no row")],
        "rejected": [("1013", "contact.last_name: it is empty")],
        "conflicts": [("1013", "conflict: it is somebody else's")],
        "left": [("1013", REJECTED)],
        "scheduled": [("1013", "due on 2026-12-31")],
    }
    assert len(section.needs_human) == 4, "nobody has to do anything about the last two"
    assert "`connector rejected`" in section.needs_human[2]
    assert "`connector conflicts`" in section.needs_human[3]


def test_who_is_open_has_a_number_a_department_and_a_day() -> None:
    people = OpenPeople.among([a_link(Outcome.HELD, employee_code=None)])

    (row,) = table(open_people(people, {}, {}), "held").rows

    assert row == ("norway", "p1", "", AT.date(), "")
    (row,) = table(open_people(people, {}, {"p1": "1246"}), "held").rows
    assert row[1] == "1246"


def test_a_move_is_a_change_of_both_cost_centres() -> None:
    section = changes([happened()], OVER)

    assert table(section, "kinds").rows == (
        ("norway", "400", "another department: gone", 1, 1),
        ("norway", "500", "another department: come", 1, 1),
    )


def test_what_is_only_planned_or_was_not_written_is_no_change() -> None:
    rows = [happened(planned=True), happened(outcome="waiting"), happened(outcome="unchanged")]

    section = changes(rows, OVER)

    assert table(section, "kinds").rows == table(section, "days").rows == ()


def test_rows_of_an_earlier_version_count_and_are_told_apart() -> None:
    section = changes([older(outcome="created"), older(), happened()], OVER)

    kinds = {row[1:4] for row in table(section, "kinds").rows}
    assert {("(not recorded)", "hired", 1), ("(not recorded)", "change", 1)} < kinds
    assert (
        "3 changes of 1 person. 2 of them were written down by an earlier version" in section.note
    )


def test_people_are_counted_once_however_often_they_changed() -> None:
    rows = [happened(kind="contact", cost_centre_before="500")] * 3

    assert table(changes(rows, OVER), "kinds").rows == (
        ("norway", "500", "name, address or contact", 3, 1),
    )


def test_the_changes_of_a_day_are_counted_by_what_became_of_them() -> None:
    rows = [happened(), happened(outcome="created"), happened(time="2026-11-03T10:00:00+00:00")]

    assert table(changes(rows, OVER), "days").rows == (
        (date(2026, 11, 3), 0, 1, 0, 0, 1),
        (date(2026, 11, 20), 1, 1, 0, 0, 2),
    )


@pytest.mark.parametrize(
    ("day", "is_late"), [("2026-10-31", True), ("2026-11-01", False), ("2026-11-19", False)]
)
def test_back_dated_is_what_holds_since_before_the_month(day: str, is_late: bool) -> None:
    section = back_dated([happened(back_dated=day)], OVER)

    assert bool(table(section, "back-dated").rows) is is_late
    assert section.needs_human == (), "it is done: what is to be corrected is in the books"


def test_an_old_row_of_a_first_load_that_was_approved_is_not_called_back_dated() -> None:
    load = older(outcome="created", cause="operator", back_dated="2012-10-23")

    section = back_dated([load, happened(outcome="created", back_dated="2026-10-01")], OVER)

    assert len(table(section, "back-dated").rows) == 1
    assert "1 hire that an operator let through, left out" in section.note


def test_what_does_not_agree_is_counted_for_each_company_with_what_to_type() -> None:
    found = [
        Disagreement("norway", "1013", "edited", "x"),
        Disagreement("sweden", "7", "extra", "y"),
    ]

    section = drift(found, ["finland: no right"], [happened(cause="drift")], OVER)

    assert section.needs_human == (
        "norway: 1 employee not as Rippling and the mapping ask for."
        " Type `connector reconcile --company norway`.",
        "sweden: 1 employee not as Rippling and the mapping ask for."
        " Type `connector reconcile --company sweden`.",
        "This could not be compared: finland: no right. Type `connector ping`.",
    )
    assert len(table(section, "edits").rows) == 1


def test_a_report_of_one_company_has_only_its_own_in_it() -> None:
    period = replace(OVER, company="sweden")
    rows = [happened(back_dated="2026-10-01", cause="drift", operator="arn:kari")]

    assert (
        table(drift([Disagreement("norway", "1", "edited", "x")], (), rows, period), "now").rows
        == ()
    )
    assert table(drift((), (), rows, period), "edits").rows == ()
    assert table(changes(rows, period), "kinds").rows == ()
    assert table(back_dated(rows, period), "back-dated").rows == ()
    assert table(decisions(rows, period), "approved").rows == ()


def test_who_approved_a_change_stands_beside_its_cost_centre() -> None:
    rows = [happened(operator="arn:kari"), happened(), act("approve", said={"names": "1013"})]

    section = decisions(rows, OVER)

    assert table(section, "approved").rows == (
        (AT.date(), "norway", "500", "1013", "another department", "arn:kari"),
    )
    ((moment, *rest),) = table(section, "acts").rows
    assert moment == datetime(2026, 11, 20, 9, 30)  # noqa: DTZ001 to the minute, of UTC
    assert rest == ["arn:kari", "approve", "names 1013", ""]


def test_an_act_that_was_refused_says_why_and_reports_are_not_among_them() -> None:
    section = decisions([act("approve", problems=["nobody is held"]), act("report")], OVER)

    assert [row[2:] for row in table(section, "acts").rows] == [("approve", "", "nobody is held")]


def test_each_version_of_the_mapping_is_told_with_how_much_it_decided() -> None:
    later = "2026-11-28T10:00:00+00:00"
    rows = [older(), happened(), happened(), happened(mapping="8", time=later)]

    section = mapping_versions(rows, OVER, is_in_force_everywhere=True)

    counts = [(row[0], row[3]) for row in table(section, "versions").rows]
    assert counts == [("(an earlier version of the connector)", 1), ("7", 2), ("8", 1)]
    assert section.needs_human == ()


def test_a_mapping_that_is_not_in_force_everywhere_keeps_the_month_open() -> None:
    section = mapping_versions([], OVER, is_in_force_everywhere=False)

    assert "`connector status`" in section.needs_human[0]


def test_what_people_wait_for_is_told_once_for_all_of_them() -> None:
    waits = a_link(Outcome.WAITING, waiting_for=("cost_centre#310", "of_another_version"))
    other = replace(waits, person_id="p2", waiting_for=("cost_centre#310",))

    section = gaps(Gaps(waiting=[waits, other]))

    rows = table(section, "missing").rows
    assert [row[2] for row in rows] == [2, 1]
    assert "no active cost centre 310" in str(rows[0][1])
    assert rows[1][1] == "of_another_version"
    assert len(section.needs_human) == 2


def test_a_code_that_visma_lacks_needs_somebody_only_where_people_are_on_it() -> None:
    used = Code("norway", "cost centre", "300", "blocked", 2)
    idle = Code("norway", "cost centre", "310", "blocked")

    section = gaps(Gaps(blocked=[used, idle], unused=[idle]))

    (needs,) = section.needs_human
    assert "cost centre 300: blocked; 2 people on it" in needs
    assert [row[2] for row in table(section, "blocked").rows] == ["300", "310"]
    assert [row[2] for row in table(section, "unused").rows] == ["310"]


def test_facts_that_are_not_shown_and_companies_that_were_not_read_are_told() -> None:
    section = gaps(Gaps(facts_unknown={"end_date": 3}, unread={"sweden": "no right"}))

    assert section.needs_human == (
        "Rippling does not show the end date of 3 people. Type `connector ping`.",
        "sweden: what Visma has could not be read: no right. Type `connector ping`.",
    )


IN_STEP = State(
    datetime(2026, 12, 2, 12, tzinfo=UTC),
    Mode(ModeName.LIVE),
    "",
    datetime(2026, 12, 2, 3, tzinfo=UTC),
    0,
    0,
)


def test_nothing_keeps_a_month_open_after_a_reconciliation() -> None:
    assert state(IN_STEP, OVER).needs_human == ()


@pytest.mark.parametrize(
    ("ended", "is_enough"),
    [
        (None, False),
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 0, 0, tzinfo=UTC), True),
    ],
)
def test_only_a_reconciliation_after_the_last_day_has_seen_the_whole_month(
    ended: datetime | None, is_enough: bool
) -> None:
    section = state(replace(IN_STEP, reconciled=ended), OVER)

    assert bool(section.needs_human) is not is_enough


def test_a_reconciliation_of_long_ago_is_told_of_though_it_came_after_the_month() -> None:
    known = replace(IN_STEP, now=datetime(2026, 12, 9, tzinfo=UTC))

    assert "for two days" in state(known, OVER).needs_human[0]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mode": Mode(ModeName.OFF)}, "off"),
        ({"mode": Mode(ModeName.REHEARSAL)}, "in rehearsal"),
        ({"paused": "uninstalled"}, "paused: uninstalled"),
        ({"queued": 2}, "2 changes on the queue"),
        ({"dead": 3}, "3 dead letters"),
    ],
)
def test_each_state_that_keeps_a_month_open_is_one_sentence(
    changed: dict[str, Any], says: str
) -> None:
    (needs,) = state(replace(IN_STEP, **changed), OVER).needs_human

    assert says in needs
    assert "ype `connector " in needs
