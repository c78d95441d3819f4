"""Branches by legal entity: what they go before, and what they leave to the location."""

from __future__ import annotations

from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.facts import NOT_SHOWN, NOTHING, Named
from connector.domain.mapping import lint
from connector.domain.mapping.advice import warnings
from connector.domain.mapping.asked import asked_facts, is_decided
from connector.domain.mapping.file import dump, parse
from connector.domain.mapping.model import CompanyRules
from connector.domain.mapping.naming.bindings import NamedKind
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.mapping.versions import whole_digests
from connector.domain.placement import Placement, Remembered, resolve_placement
from tests.unit.builders import a_catalogue, a_mapping, some_facts, some_rules

SOUTH = Named("e2", "Nordfab Sør AS")
OSLO = Named("l2", "Oslo")


def rules(*branches: dict[str, Any], **changes: Any) -> CompanyRules:
    return some_rules(branches=branches, **changes)


def place(company: CompanyRules, before: Remembered | None = None, **facts: Any) -> Placement:
    catalogue = a_catalogue(branches=dict.fromkeys("12345", True))
    known = before or Remembered()
    return resolve_placement("norway", company, some_facts(**facts), catalogue, remembered=known)


def missing(placement: Placement) -> list[str]:
    return [str(each) for each in placement.missing]


BY_ENTITY = rules(
    {"legal_entity": "Nordfab Sør AS", "branch": "4"},
    {"legal_entity": "Nordfab Sør AS", "when": {"location": "Oslo"}, "branch": "5"},
    locations=[{"rippling": "Bergen", "branch": "2", "calendar": "SHIFT"}],
)


def test_the_branch_of_a_legal_entity_goes_before_that_of_the_location() -> None:
    placement = place(BY_ENTITY, legal_entity=SOUTH)

    assert (placement.branch, placement.calendar) == ("4", "SHIFT")
    assert placement.rules[1:3] == ("branches: Nordfab Sør AS", "locations: Bergen")
    assert place(BY_ENTITY, legal_entity=SOUTH, location=OSLO).branch == "5"


def test_who_belongs_to_a_legal_entity_without_a_row_gets_the_branch_of_the_location() -> None:
    assert place(BY_ENTITY).branch == "2"
    assert place(BY_ENTITY, legal_entity=NOTHING).branch == "2"
    assert place(BY_ENTITY, location=OSLO).branch == "1"


def test_with_a_row_for_the_legal_entity_no_default_branch_is_missed() -> None:
    company = rules(
        {"legal_entity": "e2", "branch": "4"}, locations=[], defaults={"calendar": "NORWAY"}
    )

    assert "location_rule#Bergen" not in missing(place(company, legal_entity=SOUTH))
    assert missing(place(company)) == ["location_rule#Bergen", "class_rule#Salaried"]


def test_while_the_legal_entity_is_not_shown_the_branch_stays_and_the_calendar_is_known() -> None:
    before = Remembered(branch="4", calendar="NORWAY")

    placement = place(BY_ENTITY, before, legal_entity=NOT_SHOWN)

    assert (placement.branch, placement.calendar) == ("4", "SHIFT")
    assert "branch" not in placement.fields()
    assert placement.fields()["calendar"] == "SHIFT"
    assert placement.unknown == ("legal_entity",)


def test_someone_new_waits_for_the_legal_entity() -> None:
    assert missing(place(BY_ENTITY, legal_entity=NOT_SHOWN)) == ["fact#legal entity"]


def test_while_the_location_is_not_shown_the_branch_of_the_legal_entity_holds() -> None:
    company = rules({"legal_entity": "Nordfab Sør AS", "branch": "4"})
    before = Remembered(branch="3", calendar="NORWAY")

    placement = place(company, before, legal_entity=SOUTH, location=NOT_SHOWN)

    assert placement.branch == placement.fields()["branch"] == "4"
    assert "calendar" not in placement.fields()
    assert missing(place(company, legal_entity=SOUTH, location=NOT_SHOWN)) == ["fact#location"]


def test_rows_that_hold_equally_make_people_wait_and_are_told_beforehand() -> None:
    company = rules(
        {"legal_entity": "Nordfab Sør AS", "when": {"location": "Oslo"}, "branch": "4"},
        {"legal_entity": "Nordfab Sør AS", "when": {"country": "NO"}, "branch": "5"},
    )

    assert missing(place(company, legal_entity=SOUTH, location=OSLO)) == [
        "two_rows#Nordfab Sør AS: country NO / Nordfab Sør AS: location Oslo"
    ]
    (told,) = warnings(company)
    assert told.message().startswith("branches[1] holds equally with branches[0]")


def test_a_location_whose_name_belongs_to_another_one_decides_no_branch() -> None:
    second = Named("l7", "Oslo", taken=("Oslo",))

    assert "ambiguous#Oslo" in missing(place(BY_ENTITY, legal_entity=SOUTH, location=second))


def test_a_branch_that_visma_lacks_is_waited_for() -> None:
    company = rules({"legal_entity": "e2", "branch": "9"})

    assert missing(place(company, legal_entity=SOUTH)) == ["branch#9"]


def test_the_mapping_asks_for_the_legal_entity_and_knows_its_names() -> None:
    mapping = a_mapping(norway=some_rules(legal_entities=["*"], branches=BY_ENTITY.branches))

    assert "legal_entity" in asked_facts(mapping)
    assert "Nordfab Sør AS" in words_of(mapping)[NamedKind.LEGAL_ENTITY]
    hidden = some_facts(legal_entity=Named("e9", is_partial=True))
    assert not is_decided("legal_entity", hidden, mapping)


def test_an_example_is_put_by_its_legal_entity() -> None:
    def failures(branch: str) -> list[str]:
        given = {"legal_entity": "Nordfab Sør AS", "location": "Oslo"}
        company = some_rules(
            branches=BY_ENTITY.branches, examples=[{"given": given, "branch": branch}]
        )
        return [each.message() for each in lint.problems(company)]

    assert failures("5") == []
    assert failures("1") == ["examples[0]: gives branch 5, not 1"]


def test_branches_survive_being_exported_and_stored() -> None:
    mapping = a_mapping(norway=BY_ENTITY)

    assert parse(dump(mapping)) == mapping
    assert from_rows(to_rows(mapping)) == mapping
    assert [each["rule"] for each in to_rows(mapping) if "branch#" in each["rule"]] == [
        "branch#Nordfab Sør AS",
        "branch#Nordfab Sør AS: location Oslo",
    ]


def test_a_stored_row_needs_no_more_than_its_key_and_the_branch() -> None:
    settings = {"legal_entities": ["*"], "time_zone": "UTC"}
    stored: list[dict[str, Any]] = [
        {"company": "norway", "rule": "company#settings", **settings},
        {"company": "norway", "rule": "branch#Nordfab AS", "branch": "2"},
    ]

    assert from_rows(stored).companies["norway"].branches[0].legal_entity == "Nordfab AS"
    stored[1] |= {"legal_entity": "Other AS"}
    with pytest.raises(ConfigurationError, match="legal_entity says Other AS; make it the same"):
        from_rows(stored)


def test_an_edit_of_the_branches_touches_those_alone_who_move() -> None:
    assert whole_digests(BY_ENTITY) == whole_digests(
        some_rules(locations=[each.model_dump(exclude_none=True) for each in BY_ENTITY.locations])
    )
