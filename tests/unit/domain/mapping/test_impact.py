"""What another mapping would do to someone, told from what the ledger remembers alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connector.domain.catalogue import Catalogue
from connector.domain.mapping.impact import EffectKind, company_hinging_on_pay, effect_on
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.routing import route
from connector.domain.people import EmploymentStatus, EmploymentType
from connector.domain.placement import resolve_placement
from connector.domain.records.ledger import Person
from tests.unit.builders import a_catalogue, a_mapping, some_facts, some_rules

SALES = [{"rippling": "Production", "department": "MGMT"}]
BAND = [{"when": {"annual_pay": {"below": 1, "currency": "NOK"}}, "employee_class": "LOW"}]


def someone(mapping: MappingFile | None = None, **facts: Any) -> Person:
    """Someone as the ledger remembers them under a mapping."""
    mapping, own = mapping or a_mapping(), some_facts(**facts)
    company = route(own, mapping).company or ""
    placement = resolve_placement(company, mapping.companies[company], own, a_catalogue())
    outcome = "waiting" if placement.missing else "unchanged"
    return Person(
        "p1",
        worker_id="w1",
        facts=own.to_json(),
        placement=placement.to_json(),
        outcome=outcome,
    )


def effect(
    person: Person, after: MappingFile, before: MappingFile | None = None, **catalogues: Catalogue
) -> tuple[str, str, str] | None:
    found = effect_on(
        person,
        before or a_mapping(),
        after,
        lambda company: catalogues.get(company, a_catalogue()),
    )
    return (found.kind.value, found.company, found.how) if found else None


def test_the_same_mapping_does_nothing() -> None:
    assert effect(someone(), a_mapping()) is None


def test_a_move_is_told_with_everything_that_changes() -> None:
    after = a_mapping(norway=some_rules(departments=SALES, locations=[]))

    assert effect(someone(), after) == (
        "moves",
        "norway",
        "department PROD -> MGMT, cost centre 200 -> 900, branch 2 -> 1",
    )


def test_another_rule_to_the_same_place_is_no_move() -> None:
    by_id = [{"rippling": "d1", "department": "PROD", "cost_centre": "200"}]

    assert effect(someone(), a_mapping(norway=some_rules(departments=by_id))) is None


def test_a_move_to_another_company_is_told_where_the_person_is_today() -> None:
    after = a_mapping(
        norway=some_rules(legal_entities=["No one AS"]), sweden=some_rules(legal_entities=["*"])
    )

    assert effect(someone(), after) == ("moves", "norway", "company norway -> sweden")


def test_somebody_who_would_have_to_wait_is_stranded_and_told_for_what() -> None:
    kind, company, how = effect(
        someone(),
        a_mapping(norway=some_rules(departments=[{"rippling": "Production", "department": "X1"}])),
    ) or ("", "", "")

    assert (kind, company) == ("blocks", "norway")
    assert how == "Visma (norway) has no department X1; add it there, or change the row"


def test_somebody_who_waits_is_released_by_the_row_that_was_missing() -> None:
    before = a_mapping(norway=some_rules(departments=[]))

    kind, company, how = effect(someone(before), a_mapping(), before) or ("", "", "")

    assert (kind, company) == ("releases", "norway")
    assert "department (none) -> PROD" in how


def test_somebody_who_waits_before_and_after_is_no_news() -> None:
    before = a_mapping(norway=some_rules(departments=[]))

    assert effect(someone(before), before, before) is None


def test_somebody_who_is_left_out_from_now_on_is_told_with_the_reason() -> None:
    after = a_mapping(norway=some_rules(scope={"exclude_countries": ["NO"]}))

    assert effect(someone(), after) == (
        "excludes",
        "norway",
        "country NO is out of scope in norway",
    )
    unclaimed = a_mapping(norway=some_rules(legal_entities=["No one AS"]))
    assert (effect(someone(), unclaimed) or ("", "", ""))[0] == "excludes"


def _left_out(**facts: Any) -> Person:
    return replace(someone(**facts), placement={"company": "norway"}, outcome="out_of_scope")


def test_somebody_who_was_left_out_is_taken_in() -> None:
    before = a_mapping(norway=some_rules(scope={"exclude_countries": ["NO"]}))

    assert effect(_left_out(), a_mapping(), before) == ("includes", "norway", "")


def test_somebody_who_left_or_is_still_left_out_is_not_taken_in() -> None:
    before = a_mapping(norway=some_rules(scope={"exclude_countries": ["NO"]}))
    left = _left_out(status=EmploymentStatus.TERMINATED)

    assert effect(left, a_mapping(), before) is None
    assert effect(_left_out(), before, before) is None
    assert effect(_left_out(), a_mapping(), a_mapping()) is None


def test_of_a_company_that_was_never_read_only_missing_rows_are_told() -> None:
    moved = a_mapping(norway=some_rules(departments=[{"rippling": "d1", "department": "NEW"}]))
    bare = a_mapping(norway=some_rules(locations=[], defaults={"calendar": "NORWAY"}))

    kind, _, how = effect(someone(), moved, norway=Catalogue()) or ("", "", "")
    assert (kind, how) == ("moves", "department PROD -> NEW, cost centre 200 -> (none)")
    kind, _, how = effect(someone(), bare, norway=Catalogue()) or ("", "", "")
    assert kind == "blocks"
    assert "names the Rippling location" in how


def test_a_class_that_company_hinging_on_pay_is_left_open_and_counted() -> None:
    after = a_mapping(norway=some_rules(employee_classes=BAND))

    assert effect(someone(), after) is None
    assert company_hinging_on_pay(someone(), a_mapping(), after) == "norway"
    assert company_hinging_on_pay(someone(), None, after) == "norway"


def test_a_class_is_open_only_where_its_rules_change_and_pay_decides() -> None:
    bands = a_mapping(norway=some_rules(employee_classes=BAND))
    elsewhere = a_mapping(norway=some_rules(employee_classes=BAND, departments=SALES))
    hourly_first = a_mapping(
        norway=some_rules(
            employee_classes=[{"when": {"kind": "EMPLOYEE"}, "employee_class": "X"}, *BAND]
        )
    )
    contractor = someone(employment_type=EmploymentType.of("x", "CONTRACTOR"))

    assert company_hinging_on_pay(someone(), bands, elsewhere) is None
    assert company_hinging_on_pay(someone(), a_mapping(), hourly_first) is None
    assert company_hinging_on_pay(contractor, a_mapping(), hourly_first) == "norway"
    assert company_hinging_on_pay(_left_out(), a_mapping(), bands) is None


def test_every_kind_of_effect_is_seen_here() -> None:
    assert {kind.value for kind in EffectKind} == {
        "moves",
        "releases",
        "blocks",
        "excludes",
        "includes",
    }
