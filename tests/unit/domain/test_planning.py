"""The least that makes an employee right."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.employees import FIELDS, PERSONAL_FIELDS, stored_values
from connector.domain.mapping.model import CompanyRules
from connector.domain.people import Address
from connector.domain.placement import resolve_placement
from connector.domain.planning import (
    Outcome,
    Plan,
    desired_fields,
    plan_employee,
    plan_leaving,
    problem_with,
)
from tests.support.digests import SEAL
from tests.unit.builders import a_catalogue, a_worker, some_personal, some_rules


def _desired(rules: CompanyRules | None = None) -> dict[str, str]:
    rules = rules or some_rules()
    worker = a_worker()
    return desired_fields(
        worker, resolve_placement("norway", rules, worker.facts, a_catalogue()), rules
    )


def _plan(
    desired: dict[str, str], known: dict[str, str] | None, rules: CompanyRules | None = None
) -> Plan:
    known_marks = None if known is None else stored_values(known, SEAL)
    return plan_employee(desired, known_marks, rules or some_rules(), SEAL)


def test_an_employee_has_the_fields_that_rippling_and_the_mapping_give() -> None:
    assert _desired() == {
        "status": "Active",
        "department": "PROD",
        "branch": "2",
        "employee_class": "STAFF",
        "calendar": "NORWAY",
        "contact.first_name": "Kari",
        "contact.middle_name": "",
        "contact.last_name": "Testmann",
        "contact.email": "kari.testmann@example.com",
        "contact.phone1": "+47 00 00 00 01",
        "contact.phone2": "+47 00 00 00 02",
        "address.line1": "Prøvegata 1",
        "address.line2": "Leil. 2",
        "address.line3": "",
        "address.postal_code": "5003",
        "address.city": "Bergen",
        "address.country": "NO",
    }


def test_what_rippling_withholds_is_left_out_and_not_emptied() -> None:
    worker = a_worker()
    hidden = some_personal(mobile_phone=None, address=None)
    worker = replace(worker, personal=hidden)
    rules = some_rules()

    desired = desired_fields(
        worker, resolve_placement("n", rules, worker.facts, a_catalogue()), rules
    )

    assert "contact.phone2" not in desired
    assert not any(path.startswith("address.") for path in desired)


def test_the_office_address_goes_before_the_home_address() -> None:
    office = {"line1": "Kaien 1", "postal_code": "5000", "city": "Bergen", "country": "NO"}
    rules = some_rules(locations=[{"rippling": "Bergen", "branch": "2", "address": office}])

    assert _desired(rules)["address.line1"] == "Kaien 1"
    assert _desired(rules)["address.city"] == "Bergen"


def test_a_long_home_address_loses_no_line() -> None:
    rules = some_rules()
    worker = a_worker()
    long = some_personal(address=Address("a\nb\n\nc\nd", "1", "X", "NO"))
    worker = replace(worker, personal=long)

    desired = desired_fields(
        worker, resolve_placement("n", rules, worker.facts, a_catalogue()), rules
    )

    assert [desired[f"address.line{n}"] for n in (1, 2, 3)] == ["a", "b", "c, d"]


def test_the_private_address_is_used_only_where_the_mapping_allows_it() -> None:
    worker = a_worker()
    without = some_personal(work_email="")
    worker = replace(worker, personal=without)

    def email(rules: CompanyRules) -> str:
        placement = resolve_placement("n", rules, worker.facts, a_catalogue())
        return desired_fields(worker, placement, rules)["contact.email"]

    assert email(some_rules()) == ""
    assert email(some_rules(email="work_or_personal")) == "kari@example.org"


def test_nobody_known_means_create_with_every_field_that_says_something() -> None:
    plan = _plan(_desired(), None)

    assert plan.outcome is Outcome.CREATED
    assert set(plan.fields) == {path for path, value in _desired().items() if value}


def test_an_employee_as_desired_is_left_alone() -> None:
    assert _plan(_desired(), _desired()) == Plan(Outcome.UNCHANGED)


def test_only_the_differing_fields_are_written() -> None:
    plan = _plan(_desired(), {**_desired(), "branch": "1", "contact.phone1": "x"})

    assert plan.outcome is Outcome.UPDATED
    assert plan.fields == ("branch", "contact.phone1")
    assert (plan.differences[0].before, plan.differences[0].after) == ("1", "2")


def test_a_plan_shows_no_personal_value() -> None:
    plan = _plan(_desired(), None)

    personal = {_desired()[path] for path in PERSONAL_FIELDS} - {""}
    assert not any(item.after in personal for item in plan.differences)


def test_codes_that_differ_only_in_case_or_padding_are_the_same() -> None:
    assert _plan(_desired(), {**_desired(), "department": "prod  "}).differences == ()


def test_a_returning_employee_is_reactivated_along_with_all_other_differences() -> None:
    plan = _plan(_desired(), {**_desired(), "status": "Inactive", "branch": "1"})

    assert plan.outcome is Outcome.REACTIVATED
    assert plan.fields == ("status", "branch")


@pytest.mark.parametrize("status", ["OnHold", "HoldPayments", "OneTime"])
def test_a_hold_that_finance_set_survives(status: str) -> None:
    assert _plan(_desired(), {**_desired(), "status": status}).differences == ()


def test_a_hold_does_not_keep_a_leaver_active() -> None:
    assert plan_leaving({"status": "OnHold"}).outcome is Outcome.DEACTIVATED


def test_leaving_changes_the_status_and_nothing_else() -> None:
    plan = plan_leaving(stored_values({**_desired(), "branch": "77"}, SEAL))

    assert plan.outcome is Outcome.DEACTIVATED
    assert plan.fields == ("status",)


@pytest.mark.parametrize("known", [None, {}, {"status": "Inactive"}])
def test_who_is_inactive_or_unknown_cannot_leave(known: dict[str, str] | None) -> None:
    assert plan_leaving(known) == Plan(Outcome.UNCHANGED)


def test_a_field_of_visma_is_never_written_after_the_create() -> None:
    rules = some_rules(fields={"contact.phone1": "visma"})

    assert "contact.phone1" in _plan(_desired(), None, rules).fields
    assert _plan(_desired(), {**_desired(), "contact.phone1": "x"}, rules).differences == ()
    assert _plan(_desired(), {**_desired(), "contact.phone1": ""}, rules).differences == ()


def test_a_field_written_once_is_filled_but_never_changed() -> None:
    rules = some_rules(fields={"contact.phone1": "once"})

    assert _plan(_desired(), {**_desired(), "contact.phone1": "x"}, rules).differences == ()
    assert _plan(_desired(), {**_desired(), "contact.phone1": ""}, rules).fields == (
        "contact.phone1",
    )


def test_what_visma_cannot_do_without_is_never_emptied() -> None:
    desired = {**_desired(), "contact.email": "", "contact.last_name": " "}

    assert _plan(desired, _desired()).differences == ()


def test_what_visma_can_do_without_is_emptied() -> None:
    desired = {**_desired(), "contact.phone2": ""}

    assert _plan(desired, _desired()).fields == ("contact.phone2",)


def test_the_first_thing_visma_cannot_do_without_is_named() -> None:
    assert problem_with(_desired()) is None
    assert problem_with({**_desired(), "contact.last_name": ""}) == (
        "contact.last_name",
        "it is empty in Rippling",
    )
    hidden = {path: value for path, value in _desired().items() if path != "contact.email"}
    assert problem_with(hidden) is not None
    assert "scopes" in (problem_with(hidden) or ("", ""))[1]


texts = st.text(alphabet="ab Å", max_size=3)
employees = st.fixed_dictionaries({path: texts for path in FIELDS if path != "status"}).map(
    lambda fields: {"status": "Active", **fields}
)


@given(desired=employees, known=employees)
def test_carrying_out_a_plan_leaves_nothing_to_plan(
    desired: dict[str, str], known: dict[str, str]
) -> None:
    plan = _plan(desired, known)

    after = {**known, **{path: desired[path] for path in plan.fields}}

    assert _plan(desired, after).differences == ()


@given(desired=employees, known=employees)
def test_a_plan_touches_exactly_the_fields_that_differ(
    desired: dict[str, str], known: dict[str, str]
) -> None:
    required = {"department", "branch", "employee_class", "calendar"} | {
        "contact.last_name",
        "contact.email",
    }

    def differs(path: str) -> bool:
        one, other = desired[path].strip(), known[path].strip()
        if path in required and not one:
            return False
        return one.casefold() != other.casefold() if "." not in path else one != other

    assert set(_plan(desired, known).fields) == {path for path in FIELDS if differs(path)}
