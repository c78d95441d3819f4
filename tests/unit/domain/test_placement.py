"""Where a worker belongs, and what they wait for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.domain.catalogue import Department
from connector.domain.facts import NOT_SHOWN, NOTHING, UNKNOWN, Named
from connector.domain.mapping.model import CompanyRules
from connector.domain.people import FACTS, HIDDEN_TYPE, EmploymentStatus, EmploymentType, Facts
from connector.domain.placement import Missing, Placement, placing_facts, resolve_placement
from tests.unit.builders import a_catalogue, some_facts, some_rules


def _place(rules: CompanyRules | None = None, catalogue: Any = None, **facts: Any) -> Placement:
    return resolve_placement(
        "norway", rules or some_rules(), some_facts(**facts), catalogue or a_catalogue()
    )


def _missing(placement: Placement) -> list[str]:
    return [str(thing) for thing in placement.missing]


def test_rules_place_a_worker() -> None:
    placement = _place()

    assert placement.fields() == {
        "department": "PROD",
        "branch": "2",
        "employee_class": "STAFF",
        "calendar": "NORWAY",
    }
    assert placement.cost_centre == "200"
    assert placement.missing == ()
    assert placement.rules == (
        "departments: Production",
        "locations: Bergen",
        "employee_classes: default",
    )


def test_a_row_by_id_goes_before_one_by_code_and_one_by_name() -> None:
    def rows(*keys: str) -> CompanyRules:
        return some_rules(departments=[{"rippling": key, "department": f"D-{key}"} for key in keys])

    assert _place(rows("Production", "PRD", "d1")).department == "D-d1"
    assert _place(rows("Production", "PRD")).department == "D-PRD"
    assert _place(rows("Production")).department == "D-Production"


def test_names_must_be_equal_likeness_is_never_enough() -> None:
    rules = some_rules(departments=[{"rippling": "production", "department": "PROD"}])

    assert _missing(_place(rules)) == ["department_or_rule#Production"]


def test_without_a_row_the_reference_code_is_tried_as_a_visma_department() -> None:
    placement = _place(department=Named("d9", "Management", "mgmt"))

    assert (placement.department, placement.cost_centre) == ("mgmt", "900")
    assert placement.rules[0] == "departments: reference code"
    assert placement.missing == ()


def test_a_reference_code_that_visma_does_not_know_is_no_department() -> None:
    placement = _place(department=Named("d9", "Management", "MGM"))

    assert _missing(placement) == ["department_or_rule#Management"]


def test_without_row_and_code_the_named_custom_field_is_tried() -> None:
    rules = some_rules(departments=[], department_custom_field="Cost center")

    placement = _place(rules, custom_fields={"Cost center": "MGMT", "Shoe size": "PROD"})

    assert placement.department == "MGMT"
    assert placement.rules[0] == "departments: custom field"


def test_a_department_that_visma_lacks_is_waited_for() -> None:
    rules = some_rules(departments=[{"rippling": "Production", "department": "MAINT"}])

    assert _missing(_place(rules)) == ["department#MAINT"]


def test_a_cost_centre_that_is_missing_or_inactive_is_waited_for() -> None:
    for cost_centre in ("310", "400"):
        row = {"rippling": "Production", "department": "PROD", "cost_centre": cost_centre}

        assert _missing(_place(some_rules(departments=[row]))) == [f"cost_centre#{cost_centre}"]


def test_a_department_that_carries_another_cost_centre_is_waited_for() -> None:
    row = {"rippling": "Production", "department": "PROD", "cost_centre": "300"}

    assert _missing(_place(some_rules(departments=[row]))) == ["department_cost_centre#PROD=300"]


def test_a_department_without_a_sub_account_does_not_carry_the_mapped_cost_centre() -> None:
    catalogue = a_catalogue(departments={"PROD": Department("PROD")})

    assert _missing(_place(catalogue=catalogue)) == ["department_cost_centre#PROD=200"]


def test_a_row_without_cost_centre_asks_for_the_department_alone() -> None:
    rules = some_rules(departments=[{"rippling": "Production", "department": "PROD"}])

    placement = _place(rules, a_catalogue(departments={"PROD": Department("PROD")}))

    assert placement.missing == ()
    assert placement.cost_centre is None


def test_a_branch_that_is_missing_or_inactive_is_waited_for() -> None:
    for branch in ("7", "9"):
        rules = some_rules(locations=[{"rippling": "Bergen", "branch": branch}])

        assert _missing(_place(rules)) == [f"branch#{branch}"]


def test_a_location_without_row_gets_the_default_branch() -> None:
    assert _place(location=Named("l9", "Oslo")).branch == "1"


def test_without_row_and_default_everything_missing_is_named_at_once() -> None:
    rules = some_rules(defaults={}, departments=[], locations=[], employee_classes=[])

    assert _missing(_place(rules)) == [
        "department_or_rule#Production",
        "location_rule#Bergen",
        "calendar#default",
        "class_rule#Salaried",
    ]


def test_somebody_without_department_waits_for_a_rule() -> None:
    assert _missing(_place(department=NOTHING)) == ["department_rule#(none)"]


def test_the_first_class_rule_that_holds_decides() -> None:
    hourly = EmploymentType.of("Hourly", "EMPLOYEE", "HOURLY", "PART-TIME")
    rules = some_rules(
        employee_classes=[
            {
                "when": {"compensation_time_period": "HOURLY", "country": "SE"},
                "employee_class": "A",
            },
            {"when": {"amount_worked": "PART-TIME"}, "employee_class": "B"},
            {"when": {"compensation_time_period": "HOURLY"}, "employee_class": "C"},
        ]
    )

    placement = _place(rules, employment_type=hourly)

    assert placement.employee_class == "B"
    assert placement.rules[-1] == "employee_classes: amount_worked PART-TIME"


def test_a_location_may_bring_its_own_calendar() -> None:
    rules = some_rules(locations=[{"rippling": "Bergen", "branch": "2", "calendar": "SHIFT"}])

    assert _place(rules).calendar == "SHIFT"


def test_codes_are_found_in_visma_without_regard_to_case_and_padding() -> None:
    rules = some_rules(
        departments=[{"rippling": "Production", "department": " prod ", "cost_centre": "200"}]
    )

    assert _place(rules).missing == ()


def test_a_missing_thing_survives_being_kept_as_a_key() -> None:
    for thing in _place(some_rules(defaults={}, departments=[], locations=[])).missing:
        assert Missing.parse(str(thing)) == thing


def test_a_placement_differs_from_what_is_remembered_only_in_what_matters() -> None:
    remembered = _place().to_json()
    by_id = some_rules(departments=[{"rippling": "d1", "department": "PROD", "cost_centre": "200"}])

    assert not _place(by_id).differs_from(remembered)
    assert _place(some_rules(defaults={"calendar": "X", "employee_class": "STAFF"})).differs_from(
        remembered
    )


def test_every_missing_thing_tells_the_controller_what_to_do() -> None:
    rules = some_rules(defaults={}, departments=[], locations=[], employee_classes=[])

    sentences = [thing.message("norway") for thing in _place(rules).missing]

    assert all("add" in sentence and "norway" in sentence for sentence in sentences)


@pytest.mark.parametrize(("used_in", "missing"), [("norway", ["class_rule"]), ("sweden", [])])
def test_a_renamed_employment_type_lacks_a_rule_only_where_one_named_it(
    used_in: str, missing: list[str]
) -> None:
    named = Named("t1", "By agreement", former=("Salaried",), former_in=(used_in,))
    kind = replace(EmploymentType.of("By agreement", "EMPLOYEE", "SALARIED"), named=named)

    placement = _place(employment_type=kind)

    assert [key.partition("#")[0] for key in _missing(placement)] == missing


PLACING = {
    "department", "location", "legal_entity", "employment_type", "country", "custom_fields",
}  # fmt: skip


def test_a_placement_is_made_of_the_placing_facts_alone() -> None:
    read: set[str] = set()

    class Watched(Facts):
        def __getattribute__(self, name: str) -> Any:
            if name in FACTS:
                read.add(name)
            return super().__getattribute__(name)

        @property
        def unknown(self) -> tuple[str, ...]:  # made of all of them; what is asked of it is placing
            return some_facts().unknown

    hidden: Any = {"employment_type": HIDDEN_TYPE, "country": UNKNOWN, "custom_fields": UNKNOWN}
    conditions = {"location": "Bergen", "kind": "EMPLOYEE", "country": "NO", "department": "d1"}
    rules = some_rules(
        department_custom_field="Cost centre",
        branches=[{"legal_entity": "Nordfab AS", "branch": "2", "when": {"location": "Bergen"}}],
        employee_classes=[{"when": conditions, "employee_class": "STAFF"}],
    )
    own = some_facts(custom_fields={"Cost centre": "300"}, department=Named("d9", "Another"))
    for one in (some_facts(), replace(own, **hidden), own, some_facts(department=NOT_SHOWN)):
        watched = Watched(**{name: getattr(one, name) for name in FACTS})
        resolve_placement("norway", rules, watched, a_catalogue())

    assert read == PLACING


@pytest.mark.parametrize("name", sorted(FACTS))
def test_the_placing_facts_differ_where_one_that_places_does(name: str) -> None:
    other: dict[str, Any] = {
        "status": EmploymentStatus.ACCEPTED,
        "employment_type": HIDDEN_TYPE,
        **dict.fromkeys(("department", "location", "legal_entity"), Named("x", "X")),
    }
    changed = replace(some_facts(), **{name: other.get(name, UNKNOWN)})

    is_other = placing_facts(changed) != placing_facts(some_facts())

    assert is_other == (name in PLACING)
