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
