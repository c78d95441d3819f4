"""Which class rule holds, what hinges on pay, and which rule can never hold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.domain.facts import EMPTY, NOTHING, UNKNOWN, Known, Named, Truth, fact, shown, truth
from connector.domain.mapping.rules.class_rules import (
    ClassRule,
    first_that_holds,
    hinges_on_pay,
    label,
    unreachable,
)
from connector.domain.mapping.rules.conditions import Conditions, PayBand
from connector.domain.people import HIDDEN_TYPE, EmploymentType, Facts, Pay
from tests.unit.builders import some_facts

MIDDLE = {"at_least": "500000", "below": "900000", "currency": "NOK"}


def pay(amount: str | int, currency: str = "NOK") -> Pay:
    return Pay(Decimal(amount), currency)


def rules(*whens: dict[str, Any]) -> list[ClassRule]:
    """Rules with these conditions; the class of each is its place."""
    return [
        ClassRule.model_validate({"when": when, "employee_class": f"C{place}"})
        for place, when in enumerate(whens)
    ]


# Conditions


@pytest.mark.parametrize(
    ("condition", "holds_of", "not_of"),
    [
        (
            {"compensation_time_period": "HOURLY"},
            {"period": Known("HOURLY")},
            {"period": Known("SALARIED")},
        ),
        ({"employment_type": "Temp"}, {"named": Named(name="Temp")}, {"named": Named(name="temp")}),
        ({"kind": "CONTRACTOR"}, {"kind": Known("CONTRACTOR")}, {"kind": EMPTY}),
        (
            {"amount_worked": "PART-TIME"},
            {"amount": Known("PART-TIME")},
            {"amount": Known("FULL-TIME")},
        ),
    ],
)
def test_a_condition_on_the_employment_type_is_compared_exactly(
    condition: dict[str, str], holds_of: dict[str, Any], not_of: dict[str, Any]
) -> None:
    when = Conditions.model_validate(condition)

    for of, expected in ((holds_of, Truth.YES), (not_of, Truth.NO)):
        facts = some_facts(employment_type=EmploymentType(**of))
        assert when.hold(facts, UNKNOWN) is expected
    assert when.hold(some_facts(employment_type=HIDDEN_TYPE), UNKNOWN) is Truth.UNKNOWN


@pytest.mark.parametrize("key", ["department", "location", "legal_entity"])
def test_a_condition_on_a_thing_holds_by_id_code_or_name_and_never_by_likeness(key: str) -> None:
    thing = Named("x1", "The name", "CODE")

    def holds(word: str, of: Named) -> Truth:
        return Conditions.model_validate({key: word}).hold(some_facts(**{key: of}), UNKNOWN)

    for word in ("x1", "The name", "CODE"):
        assert holds(word, thing) is Truth.YES
    assert holds("the name", thing) is Truth.NO
    assert holds("x1", NOTHING) is Truth.NO
    assert holds("The name", Named("x1", is_partial=True)) is Truth.UNKNOWN


def test_a_condition_on_the_country_is_compared_exactly() -> None:
    when = Conditions(country="NO")

    assert when.hold(some_facts(country="NO"), UNKNOWN) is Truth.YES
    assert when.hold(some_facts(country=None), UNKNOWN) is Truth.NO
    assert when.hold(some_facts(country=UNKNOWN), UNKNOWN) is Truth.UNKNOWN


def test_all_conditions_of_a_rule_have_to_hold() -> None:
    when = Conditions.model_validate({"country": "NO", "annual_pay": MIDDLE})

    assert when.hold(some_facts(country="NO"), Known(pay(600_000))) is Truth.YES
    assert when.hold(some_facts(country="SE"), Known(pay(600_000))) is Truth.NO
    assert when.hold(some_facts(country="NO"), Known(pay(100))) is Truth.NO
    assert when.hold(some_facts(country="NO"), UNKNOWN) is Truth.UNKNOWN
    assert when.hold(some_facts(country="SE"), UNKNOWN) is Truth.NO


@pytest.mark.parametrize(
    ("amount", "holds"),
    [
        ("499999.99", False),
        ("500000", True),
        ("500000.00", True),
        ("899999.99", True),
        ("899999.9999999999", True),
        ("900000", False),
        ("0", False),
    ],
)
def test_the_lower_bound_of_a_band_belongs_to_it_and_the_upper_does_not(
    amount: str, holds: bool
) -> None:
    assert PayBand.model_validate(MIDDLE).holds(Known(pay(amount))) is truth(holds)


def test_a_band_may_be_open_on_one_side() -> None:
    low = PayBand.model_validate({"below": 500000, "currency": "NOK"})
    high = PayBand.model_validate({"at_least": "500000", "currency": "NOK"})

    assert low.holds(Known(pay(0))) is Truth.YES
    assert low.holds(Known(pay(500_000))) is Truth.NO
    assert high.holds(Known(pay("1e12"))) is Truth.YES
    assert high.holds(Known(pay("499999.999"))) is Truth.NO


def test_a_band_may_hold_of_unknown_pay_and_never_of_none_or_of_another_currency() -> None:
    band = PayBand.model_validate(MIDDLE)

    assert band.holds(UNKNOWN) is Truth.UNKNOWN
    assert band.holds(EMPTY) is Truth.NO
    assert band.holds(Known(pay(600_000, "SEK"))) is Truth.NO


@pytest.mark.parametrize(
    ("band", "words"),
    [
        ({"currency": "NOK"}, "give at_least, or below"),
        ({"at_least": 1}, "currency"),
        ({"at_least": 2, "below": 2, "currency": "NOK"}, "at_least must be less than below"),
        ({"at_least": 3, "below": 2, "currency": "NOK"}, "at_least must be less than below"),
        ({"below": 0, "currency": "NOK"}, "at_least must be less than below"),
        ({"at_least": -1, "currency": "NOK"}, "greater than or equal to 0"),
        ({"at_least": "500 000", "currency": "NOK"}, "without separators"),
        ({"at_least": "NaN", "currency": "NOK"}, "without separators"),
        ({"at_least": "Infinity", "currency": "NOK"}, "without separators"),
        ({"at_least": True, "currency": "NOK"}, "one amount belongs"),
        ({"at_least": 1, "currency": "kr"}, "currency"),
        ({"at_least": 1, "currency": "nok"}, "currency"),
        ({"at_least": 1, "currency": "NOK", "up_to": 3}, "up_to"),
    ],
)
def test_a_band_that_is_no_range_of_money_is_refused(band: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PayBand.model_validate(band)

    assert words in str(refused.value)


def test_a_bound_may_be_written_as_number_or_text_and_rests_as_text() -> None:
    for bound in (500000, "500000", " 500000 ", Decimal(500000)):
        band = PayBand.model_validate({"at_least": bound, "currency": " NOK "})
        assert band.model_dump(exclude_none=True) == {"at_least": "500000", "currency": "NOK"}


# Which rule decides


BANDS = rules(
    {"compensation_time_period": "HOURLY"},
    {"annual_pay": {"below": 500_000, "currency": "NOK"}},
    {"annual_pay": {"at_least": 500_000, "currency": "NOK"}},
    {},
)
HOURLY = EmploymentType(period=Known("HOURLY"))


@pytest.mark.parametrize(
    ("paid", "expected"),
    [(pay(499_999), "C1"), (pay(500_000), "C2"), (pay(1, "SEK"), "C3"), (None, "C3")],
)
def test_the_first_band_that_holds_decides(paid: Pay | None, expected: str) -> None:
    rule = shown(first_that_holds(BANDS, some_facts(), fact(paid)))

    assert rule is not None
    assert rule.employee_class == expected


def test_no_rule_decides_behind_one_that_might_hold() -> None:
    assert first_that_holds(BANDS, some_facts(), UNKNOWN) is UNKNOWN
    assert first_that_holds(BANDS, some_facts(employment_type=HIDDEN_TYPE), EMPTY) is UNKNOWN
    assert shown(first_that_holds(BANDS, some_facts(employment_type=HOURLY), UNKNOWN)) == BANDS[0]


def test_only_a_class_that_no_earlier_rule_settles_hinges_on_pay() -> None:
    assert hinges_on_pay(BANDS, some_facts())
    assert not hinges_on_pay(BANDS, some_facts(employment_type=HOURLY))
    assert not hinges_on_pay(rules({"country": "NO"}), some_facts())
    assert not hinges_on_pay(rules({"country": "SE", "annual_pay": MIDDLE}), some_facts())
    assert not hinges_on_pay([], some_facts())


def test_the_label_of_a_rule_says_where_a_band_stands_and_never_how_much() -> None:
    one = rules({"country": "NO", "annual_pay": MIDDLE}, {"country": "NO"}, {})

    assert [label(one, rule) for rule in one] == [
        "country NO and annual_pay as in employee_classes[0]",
        "country NO",
        "always",
    ]


# Rules that can never hold


@pytest.mark.parametrize(
    ("whens", "expected"),
    [
        ([{"country": "NO"}, {"country": "NO"}], [(1, (0,))]),
        ([{"country": "NO"}, {"country": "SE"}], []),
        ([{"country": "NO"}, {"country": "NO", "kind": "EMPLOYEE"}], [(1, (0,))]),
        ([{"country": "NO", "kind": "EMPLOYEE"}, {"country": "NO"}], []),
        ([{}, {"country": "NO"}, {}], [(1, (0,)), (2, (0,))]),
        ([{"annual_pay": MIDDLE}, {"annual_pay": MIDDLE, "country": "NO"}], [(1, (0,))]),
        ([{"annual_pay": MIDDLE, "country": "NO"}, {"annual_pay": MIDDLE}], []),
        ([{"annual_pay": MIDDLE}, {}], []),
        ([{"annual_pay": MIDDLE}, {"annual_pay": {**MIDDLE, "currency": "SEK"}}], []),
        ([{"annual_pay": MIDDLE}, {"annual_pay": {**MIDDLE, "at_least": "600000"}}], [(1, (0,))]),
        ([{"annual_pay": MIDDLE}, {"annual_pay": {**MIDDLE, "below": "900001"}}], []),
        ([{"department": "d1"}, {"department": "Production"}], []),
    ],
)
def test_a_rule_behind_a_wider_one_can_never_hold(
    whens: list[dict[str, Any]], expected: list[tuple[int, tuple[int, ...]]]
) -> None:
    assert list(unreachable(rules(*whens))) == expected


def test_bands_that_lie_side_by_side_close_a_later_one_out_together() -> None:
    low = {"annual_pay": {"below": 500_000, "currency": "NOK"}}
    high = {"annual_pay": {"at_least": 500_000, "currency": "NOK"}}
    gap = {"annual_pay": {"at_least": 500_001, "currency": "NOK"}}

    across = {"annual_pay": {**MIDDLE, "at_least": "400000"}}

    assert list(unreachable(rules(low, high, across))) == [(2, (0, 1))]
    assert list(unreachable(rules(high, low, across))) == [(2, (0, 1))]
    assert list(unreachable(rules(low, gap, across))) == []


BOUNDS = (None, 0, 100, 200, 300)
DEPARTMENTS = (
    NOTHING, Named("d1", "Other"), Named("d1", "Production"), Named("d1", "Sales"),
    Named("d2", "Production"), Named("d2", "Sales"), Named("d2", "Other"),
)  # fmt: skip
PAYS = [None, *(pay(amount, money) for amount in (0, 100, 200, 300) for money in ("NOK", "SEK"))]


def everyone() -> Iterator[tuple[Facts, Pay | None]]:
    """Someone for each combination that rules below can tell apart, and for none of them."""
    kinds = (None, "HOURLY", "SALARIED")
    for period, country, department, paid in product(kinds, (None, "NO"), DEPARTMENTS, PAYS):
        facts = some_facts(
            employment_type=EmploymentType(period=fact(period)),
            country=country,
            department=department,
        )
        yield facts, paid


EVERYBODY = list(everyone())


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    choices = {
        "compensation_time_period": (None, "HOURLY", "SALARIED"),
        "country": (None, None, "NO"),
        "department": (None, None, "d1", "Production", "Sales"),
    }
    drawn = {key: draw(st.sampled_from(values)) for key, values in choices.items()}
    when: dict[str, Any] = {key: value for key, value in drawn.items() if value is not None}
    low, high = draw(st.sampled_from(BOUNDS)), draw(st.sampled_from(BOUNDS))
    is_range = (low is not None or high is not None) and (high is None or (low or 0) < high)
    if is_range and draw(st.booleans()):
        currency = draw(st.sampled_from(("NOK", "NOK", "SEK")))
        bounds = {"at_least": low, "below": high}
        given_bounds = {key: value for key, value in bounds.items() if value is not None}
        when["annual_pay"] = {**given_bounds, "currency": currency}
    return when


@settings(max_examples=400, deadline=None)
@given(st.lists(conditions(), min_size=2, max_size=5))
def test_a_rule_is_called_dead_if_and_only_if_it_decides_about_nobody(
    whens: list[dict[str, Any]],
) -> None:
    written = rules(*whens)
    deciding = {
        rule.employee_class
        for facts, paid in EVERYBODY
        if (rule := shown(first_that_holds(written, facts, fact(paid))))
    }
    dead = dict(unreachable(written))

    assert {f"C{place}" for place in dead} == {rule.employee_class for rule in written} - deciding
    for place, before in dead.items():
        for facts, paid in EVERYBODY:
            if written[place].when.hold(facts, fact(paid)) is Truth.YES:
                held = {written[earlier].when.hold(facts, fact(paid)) for earlier in before}
                assert Truth.YES in held
