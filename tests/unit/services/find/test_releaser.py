"""Whom an edit of the mapping may move: by placement, by label, or as one of a whole company."""

from __future__ import annotations

from typing import Any

import pytest

from connector.domain.catalogue import Catalogue
from connector.domain.mapping.impact import has_moved
from connector.domain.mapping.model import MappingFile
from connector.domain.placement import resolve_placement
from connector.domain.records.ledger import Person
from connector.services.find.releaser import EditedRules
from tests.unit.builders import a_catalogue, a_mapping, some_facts, some_rules

PLACED = resolve_placement("norway", some_rules(), some_facts(), a_catalogue()).to_json()
LOW = {"below": 500_000, "currency": "NOK"}
BY_PAY = [{"when": {"annual_pay": LOW}, "employee_class": "HOURLY"}]


def a_person(placement: dict[str, Any]) -> Person:
    return Person("p1", facts=some_facts().to_json(), placement=placement)


def catalogue_of(company: str) -> Catalogue:
    return a_catalogue()


@pytest.mark.parametrize(
    ("placement", "mapping", "moved"),
    [
        pytest.param(PLACED, a_mapping(), False, id="placed as before"),
        pytest.param(
            PLACED,
            a_mapping(norway=some_rules(locations=[{"rippling": "Bergen", "branch": "1"}])),
            True,
            id="placed otherwise",
        ),
        pytest.param(
            PLACED,
            a_mapping(norway=some_rules(legal_entities=["Other AS"])),
            True,
            id="placed, and now no one's",
        ),
        pytest.param(
            {},
            a_mapping(norway=some_rules(legal_entities=["Other AS"])),
            False,
            id="no one's as before",
        ),
        pytest.param({}, a_mapping(), True, id="no one's, and now a company's"),
        pytest.param(
            {"company": "norway"}, a_mapping(), False, id="never placed, in the same company"
        ),
        pytest.param(
            {"company": "sweden"}, a_mapping(), True, id="never placed, and in another company"
        ),
    ],
)
def test_who_has_moved(placement: dict[str, Any], mapping: MappingFile, moved: bool) -> None:
    assert has_moved(a_person(placement), mapping, catalogue_of) is moved


@pytest.mark.parametrize(
    ("rule", "placement", "may_touch"),
    [
        pytest.param("department#Production", PLACED, True, id="a row that the person is under"),
        pytest.param("department#Sales", PLACED, False, id="a row of others"),
        pytest.param("location#Bergen", PLACED, True, id="a location the person is at"),
        pytest.param("guards", PLACED, True, id="a rule for all of the company"),
        pytest.param("guards", {"company": "sweden"}, False, id="a rule for all of another"),
        pytest.param("guards", {}, True, id="a rule for all, of a person placed nowhere"),
        pytest.param("department#Production", {}, False, id="a row, of a person placed nowhere"),
        pytest.param("employee_class#1", PLACED, False, id="a class, which the placement shows"),
        pytest.param("defaults", PLACED, False, id="the defaults, which the placement shows"),
    ],
)
def test_whom_an_edited_rule_may_touch(
    rule: str, placement: dict[str, Any], may_touch: bool
) -> None:
    rules = EditedRules.of([("norway", rule)], a_mapping())

    assert rules.may_touch(a_person(placement), a_mapping()) is may_touch


@pytest.mark.parametrize("rule", ["employee_class#1", "defaults"])
def test_where_classes_hinge_on_pay_an_edit_of_one_may_touch_the_whole_company(rule: str) -> None:
    rules = EditedRules.of(
        [("norway", rule)], a_mapping(norway=some_rules(employee_classes=BY_PAY))
    )

    assert rules.may_touch(a_person(PLACED), a_mapping())
    assert not rules.may_touch(a_person({"company": "sweden"}), a_mapping())


def test_an_edit_of_a_company_that_is_gone_touches_nobody_by_its_classes() -> None:
    rules = EditedRules.of([("denmark", "defaults")], a_mapping())

    assert not rules.may_touch(a_person(PLACED), a_mapping())
