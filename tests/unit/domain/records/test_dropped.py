"""What is remembered of a person whose change was rejected tells whether anything has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from connector.domain.facts import EMPTY, NOT_SHOWN, UNKNOWN, Known, Named
from connector.domain.people import (
    HIDDEN_TYPE,
    EmploymentStatus,
    EmploymentType,
    Facts,
    Worker,
    facts_digest,
)
from connector.domain.records.rejection.dropped import remembered, still_holds

SHOWN = Facts(
    EmploymentStatus.TERMINATED,
    number=Known("1002"),
    end_date=Known(date(2026, 11, 20)),
    department=Named("d1", "Sales", "400"),
    employment_type=EmploymentType.of("Salaried full-time", "EMPLOYEE", "SALARIED"),
    custom_fields=Known({"Team": "A"}),
)
HIDDEN = (
    {"number": UNKNOWN},
    {"end_date": UNKNOWN},
    {"department": NOT_SHOWN},
    {"department": Named("d1", is_partial=True)},
    {"employment_type": HIDDEN_TYPE},
    {"custom_fields": UNKNOWN},
)
OTHERWISE = (
    {"status": EmploymentStatus.ACTIVE},
    {"number": Known("1003")},
    {"number": EMPTY},
    {"end_date": EMPTY},
    {"start_date": Known(date(2026, 1, 1))},
    {"department": Named("d2", "Finance", "500")},
    {"department": Named("d2", is_partial=True)},
    {"employment_type": EmploymentType.of("Salaried full-time", "EMPLOYEE", "HOURLY")},
    {"custom_fields": Known({"Team": "B"})},
    {"custom_fields": Known({"Team": "A", "Car": "yes"})},
)


def seen(**facts: object) -> list[Worker]:
    return [Worker("w1", "p1", replace(SHOWN, **facts))]  # type: ignore[arg-type]


def test_it_holds_of_the_same() -> None:
    assert still_holds(remembered(seen()), seen())
    assert still_holds(remembered([]), [])


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_hidden_or_shown_again_is_no_change(hidden: dict[str, object]) -> None:
    assert still_holds(remembered(seen()), seen(**hidden))
    assert still_holds(remembered(seen(**hidden)), seen())


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_what_is_otherwise_is_a_change(otherwise: dict[str, object]) -> None:
    assert not still_holds(remembered(seen()), seen(**otherwise))
    assert not still_holds(remembered(seen(**otherwise)), seen())


@pytest.mark.parametrize("hidden", HIDDEN)
def test_beside_what_is_hidden_everything_else_still_counts(hidden: dict[str, object]) -> None:
    left = {"status": EmploymentStatus.ACTIVE}
    assert not still_holds(remembered(seen(**hidden)), seen(**left))
    assert not still_holds(remembered(seen()), seen(**hidden, **left))


def test_what_was_shown_before_it_was_hidden_is_not_forgotten() -> None:
    while_hidden = remembered(seen(number=UNKNOWN), before=remembered(seen()))
    assert still_holds(while_hidden, seen())
    assert not still_holds(while_hidden, seen(number=Known("1003")))

    shown_again = remembered(seen(), before=remembered(seen(number=UNKNOWN)))
    assert not still_holds(shown_again, seen(number=Known("1003")))


@pytest.mark.parametrize(
    "called", [Named("d1", "Sales Nordic", "400"), Named("d1", "Sales", "410")]
)
@pytest.mark.parametrize("what", ["department", "location", "legal_entity"])
def test_what_a_thing_is_called_is_no_change_where_its_id_is_shown(
    what: str, called: Named
) -> None:
    before, after = seen(**{what: SHOWN.department}), seen(**{what: called})
    assert still_holds(remembered(before), after)
    assert not still_holds(remembered(before), seen(**{what: replace(called, id="d2")}))


def test_custom_fields_are_told_apart_by_what_stands_in_them_whatever_they_are_called() -> None:
    before, after = ({"id": "7", "name": name} for name in ("A", "B"))
    assert not still_holds(
        remembered(seen(custom_fields=Known(before))), seen(custom_fields=Known(after))
    )


def test_without_an_id_another_name_may_be_another_thing() -> None:
    before, after = (seen(department=Named(name=name)) for name in ("Sales", "Sales Nordic"))
    assert not still_holds(remembered(before), after)


def test_one_employment_more_or_less_is_a_change() -> None:
    two = [*seen(), Worker("w2", "p1", SHOWN)]
    assert not still_holds(remembered(two), seen())
    assert not still_holds(remembered(seen()), two)


def test_it_says_nothing_in_clear() -> None:
    text = remembered(seen())
    assert not any(word in text for word in ("Sales", "1002", "2026", "TERMINATED", "Salaried"))


def test_what_an_earlier_version_remembered_counts_until_something_changes() -> None:
    assert still_holds(facts_digest(seen()), seen())
    assert not still_holds(facts_digest(seen()), seen(number=Known("1003")))
