"""Whose employee class changed within a month, and the batches that stay as they were posted."""

from __future__ import annotations

from typing import Any

from connector.domain.books.month import MonthBooks, Posted, Staff, month_books
from connector.domain.books.moves import ClassChange, class_changes
from connector.domain.books.posted import BooksPeriod, LedgerName
from connector.domain.books.self_check import check
from tests.unit.domain.books.bench import MAY, SUBACCOUNTS, chart, entry, labour, people, stay


def books() -> MonthBooks:
    """Employee 1 on cost centre 400 of norway, with one posted batch there."""
    posted = Posted(
        LedgerName("1", is_actual=True, currency="NOK"),
        BooksPeriod("202505", None, None),
        (),
        (entry("5010", "400", "50000"),),
        (),
        check([], [], [], SUBACCOUNTS),
        0,
    )
    staff = Staff(tuple(people(stay())), (), {}, True)
    return month_books("norway", MAY, labour(), chart(), posted, staff)


def row(**more: Any) -> dict[str, Any]:
    """The row of the audit of employee 1, whose class became another."""
    difference = {"field": "employee_class", "before": "STAFF", "after": "HOURLY"}
    return {"company": "norway", "employee_code": "1", "differences": [difference], **more}


def test_a_change_of_class_names_the_batches_that_stay() -> None:
    (batch,) = {line.name for line in books().posted.lines}
    changed = ClassChange("1", "STAFF", "HOURLY", ("400",), (batch,))

    assert list(class_changes([row()], books())) == [changed]


def test_what_a_rehearsal_planned_has_changed_no_class() -> None:
    assert list(class_changes([row(planned=True)], books())) == []


def test_another_company_and_another_field_are_none_of_it() -> None:
    other = {"field": "department", "before": "A", "after": "B"}

    assert list(class_changes([row(company="sweden")], books())) == []
    assert list(class_changes([row(differences=[other])], books())) == []
