"""Whom a mapping leaves out, and how that is told."""

from __future__ import annotations

from typing import Any

import pytest

from connector.domain.decisions import Action, decide
from connector.domain.facts import NOTHING, Known, Named, Truth
from connector.domain.mapping.model import Scope
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.people import EmploymentType, Facts
from tests.unit.builders import NOW, a_mapping, a_worker, some_facts, some_rules

YES = Truth.YES

EVERYTHING = {
    "exclude_employment_types": ["CONTRACTOR", "Intern"],
    "exclude_countries": ["DK"],
    "exclude_legal_entities": ["Nordfab ApS", "e9"],
    "exclude_departments": ["Interns", "d9", "BOARD"],
}


def left_out(facts: Facts) -> str | None:
    return excluded(Scope.model_validate(EVERYTHING), facts)


def excluded(scope: Scope, facts: Facts) -> str | None:
    """The first exclusion that holds."""
    held = (f"{about} {key}" for about, key, holds in scope.exclusions(facts) if holds is YES)
    return next(held, None)


@pytest.mark.parametrize(
    ("facts", "phrase"),
    [
        (
            {"employment_type": EmploymentType(kind=Known("CONTRACTOR"))},
            "employment type CONTRACTOR",
        ),
        ({"employment_type": EmploymentType.of(label="Intern")}, "employment type Intern"),
        ({"country": "DK"}, "country DK"),
        ({"legal_entity": Named("e1", "Nordfab ApS")}, "legal entity Nordfab ApS"),
        ({"legal_entity": Named("e9")}, "legal entity e9"),
        ({"department": Named("d7", "Interns")}, "department Interns"),
        ({"department": Named("d9", "Students")}, "department d9"),
        ({"department": Named("d8", "The board", "BOARD")}, "department BOARD"),
        ({}, None),
        ({"country": None, "department": NOTHING, "legal_entity": NOTHING}, None),
        ({"country": "dk", "department": Named("d7", "interns")}, None),
    ],
)
def test_what_leaves_somebody_out_is_told_as_the_controller_wrote_it(
    facts: dict[str, Any], phrase: str | None
) -> None:
    assert left_out(some_facts(**facts)) == phrase


def test_by_default_only_contractors_are_left_out() -> None:
    interns = some_facts(country="DK", department=Named("d7", "Interns"))
    assert excluded(Scope(), interns) is None
    assert excluded(Scope(), some_facts(employment_type=EmploymentType(kind=Known("CONTRACTOR"))))


def test_somebody_left_out_is_ignored_with_the_reason() -> None:
    mapping = a_mapping(norway=some_rules(scope=EVERYTHING))

    decision = decide([a_worker(country="DK")], mapping, NOW, ())

    assert (decision.action, decision.reason) == (
        Action.IGNORE,
        "country DK is out of scope in norway",
    )


def test_a_scope_survives_the_table() -> None:
    mapping = a_mapping(norway=some_rules(scope=EVERYTHING))

    (row,) = (row for row in to_rows(mapping) if row["rule"] == "scope#all")

    assert row["exclude_departments"] == ["Interns", "d9", "BOARD"]
    assert from_rows(to_rows(mapping)) == mapping
