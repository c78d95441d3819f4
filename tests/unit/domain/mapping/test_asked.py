"""Which facts are missed: those on which a mapping hinges, and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.domain.facts import NOT_SHOWN, UNKNOWN, Named
from connector.domain.mapping.asked import asked_facts, facts_missed
from connector.domain.mapping.model import MappingFile
from connector.domain.people import HIDDEN_TYPE, EmploymentStatus, Personal
from tests.unit.builders import a_mapping, a_worker, some_rules

BY_ID = Named("e1", is_partial=True)


def a_mapping_by_ids(**rules: Any) -> MappingFile:
    return a_mapping(norway=some_rules(**rules), sweden=some_rules(legal_entities=["other"]))


@pytest.mark.parametrize(
    ("claims", "entity", "is_missed"),
    [
        (["e1"], BY_ID, False),
        (["Nordfab AS"], BY_ID, True),
        (["Nordfab AS", "?"], NOT_SHOWN, False),
        (["Nordfab AS"], NOT_SHOWN, True),
    ],
)
def test_a_legal_entity_is_missed_where_no_claim_can_be_told(
    claims: list[str], entity: Named, is_missed: bool
) -> None:
    mapping = a_mapping_by_ids(legal_entities=claims)

    missed = facts_missed([a_worker(legal_entity=entity)], mapping)

    assert ("legal_entity" in missed) == is_missed


def test_where_one_company_takes_everybody_no_legal_entity_is_asked_for() -> None:
    assert "legal_entity" not in asked_facts(a_mapping(norway=some_rules(legal_entities=["*"])))


def test_what_no_rule_asks_for_is_not_missed() -> None:
    rules = {
        "legal_entities": ["*"], "locations": [], "employee_classes": [],
        "scope": {"exclude_employment_types": []}, "employee_code": "{worker.id}",
    }  # fmt: skip
    worker = a_worker(
        country=UNKNOWN, location=NOT_SHOWN, employment_type=HIDDEN_TYPE, number=UNKNOWN
    )

    assert facts_missed([worker], a_mapping(norway=some_rules(**rules))) == {}


def test_of_someone_who_left_only_the_last_day_is_missed() -> None:
    worker = a_worker(status=EmploymentStatus.TERMINATED, end_date=UNKNOWN, department=NOT_SHOWN)

    assert facts_missed([worker], a_mapping()) == {"end_date": 1}


def test_a_name_and_an_address_that_are_hidden_are_missed_as_no_one_is_created_without() -> None:
    worker = replace(a_worker(), personal=Personal(given_name="Kari"))

    assert facts_missed([worker], a_mapping()) == {"family_name": 1, "work_email": 1}
