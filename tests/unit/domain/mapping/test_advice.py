"""Warnings about class rules and defaults: told where they stand, where there is reason."""

from __future__ import annotations

from typing import Any

import pytest

from connector.domain.mapping.advice import NO_DEFAULTS, warnings
from tests.unit.builders import some_rules

HOURLY = {"compensation_time_period": "HOURLY"}


def band(at_least: int | None, below: int | None, currency: str = "NOK", **when: Any) -> Any:
    bounds = {"at_least": at_least, "below": below}
    known = {name: value for name, value in bounds.items() if value is not None}
    return {**when, "annual_pay": {**known, "currency": currency}}


def told(*whens: dict[str, Any], **changes: Any) -> list[str]:
    classes = [{"when": when, "employee_class": f"C{place}"} for place, when in enumerate(whens)]
    rules = some_rules(employee_classes=classes, **changes)
    return [each.message() for each in warnings(rules)]


def test_a_gap_between_two_bands_is_told_with_its_bounds() -> None:
    assert told(HOURLY, band(700000, 900000), band(1000000, None)) == [
        "employee_classes[1]: no band takes who earns 900000 or more and less than 1000000 NOK:"
        " they get the class of a rule without a band, or the default"
    ]


@pytest.mark.parametrize(
    "whens",
    [
        [band(700000, 900000), band(900000, None)],
        [band(900000, None), band(700000, 900000)],
        [band(None, 700000)],
        [band(700000, 900000), band(1000000, None, "SEK")],
        [band(700000, 900000, country="NO"), band(1000000, None, country="SE")],
        [band(700000, 900000), band(1000000, None), band(850000, 1000000)],
        [band(700000, 900000, country="NO"), band(1000000, None, country="NO"), band(0, None)],
    ],
)
def test_bands_that_leave_no_gap_are_not_told(whens: list[dict[str, Any]]) -> None:
    assert [each for each in told(*whens) if "no band takes" in each] == []


def test_a_band_before_the_rule_for_people_paid_by_the_hour_is_told() -> None:
    assert told(band(0, None), HOURLY) == [
        "employee_classes[0] comes before the rule for people paid by the hour"
        " (employee_classes[1]), and takes those whose hours of a whole year are worth so much;"
        " put it behind"
    ]


@pytest.mark.parametrize(
    "whens",
    [
        [HOURLY, band(0, None)],
        [band(0, None, compensation_time_period="SALARIED"), HOURLY],
        [band(0, None, country="SE"), {**HOURLY, "country": "NO"}],
        [band(0, None, compensation_time_period="HOURLY"), band(0, None, country="NO", **HOURLY)],
    ],
)
def test_bands_that_take_nobody_paid_by_the_hour_are_not_told(whens: list[dict[str, Any]]) -> None:
    assert told(*whens) == []


def test_a_company_without_any_default_is_told() -> None:
    assert told(defaults={}) == [f"defaults: {NO_DEFAULTS}"]
    assert told(defaults={"branch": "1"}) == []
