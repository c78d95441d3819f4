"""Short ways to build workers and rules for tests of the domain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from connector.domain.catalogue import Catalogue, Department, EmployeeKey, Part
from connector.domain.facts import Absence, Known, Named, fact
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.people import (
    Address,
    EmploymentStatus,
    EmploymentType,
    Facts,
    Personal,
    Worker,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def a_worker(worker_id: str = "w1", person_id: str = "p1", **facts: Any) -> Worker:
    """An active, salaried worker in Production in Bergen, with changes to the facts."""
    return Worker(worker_id, person_id, some_facts(**facts), some_personal(), NOW)


PLAIN = ("number", "person_number", "start_date", "end_date", "termination_type", "country")


def some_facts(**changes: Any) -> Facts:
    """The facts of an active, salaried worker in Production in Bergen; plain values are known."""
    facts = Facts(
        status=EmploymentStatus.ACTIVE,
        number=Known("1042"),
        person_number=Known("77"),
        start_date=Known(date(2020, 1, 1)),
        department=Named("d1", "Production", "PRD"),
        location=Named("l1", "Bergen"),
        legal_entity=Named("e1", "Nordfab AS"),
        employment_type=EmploymentType.of("Salaried", "EMPLOYEE", "SALARIED", "FULL-TIME"),
        country=Known("NO"),
    )
    return replace(facts, **{name: as_fact(name, value) for name, value in changes.items()})


def as_fact(name: str, value: Any) -> Any:
    """A plain value of a fact as the fact that it is known, or empty where it is None."""
    is_fact = isinstance(value, Known | Absence)
    return fact(value) if name in (*PLAIN, "custom_fields") and not is_fact else value


def some_personal(**changes: Any) -> Personal:
    """The personal side of an invented person."""
    personal = Personal(
        given_name="Kari",
        middle_name="",
        family_name="Testmann",
        work_email="kari.testmann@example.com",
        personal_email="kari@example.org",
        work_phone="+47 00 00 00 01",
        mobile_phone="+47 00 00 00 02",
        address=Address("Prøvegata 1\nLeil. 2", "5003", "Bergen", "NO"),
    )
    return replace(personal, **changes)


def some_rules(**changes: Any) -> CompanyRules:
    """Rules that place the worker above."""
    plain: dict[str, Any] = {
        "legal_entities": ["Nordfab AS"],
        "time_zone": "Europe/Oslo",
        "defaults": {"branch": "1", "employee_class": "STAFF", "calendar": "NORWAY"},
        "departments": [{"rippling": "Production", "department": "PROD", "cost_centre": "200"}],
        "locations": [{"rippling": "Bergen", "branch": "2"}],
        "employee_classes": [
            {"when": {"compensation_time_period": "HOURLY"}, "employee_class": "HOURLY"}
        ],
    }
    return CompanyRules.model_validate({**plain, **changes})


def a_mapping(**companies: CompanyRules) -> MappingFile:
    """A mapping; of Norway alone where nothing is said."""
    return MappingFile(companies=companies or {"norway": some_rules()})


def a_catalogue(**changes: Any) -> Catalogue:
    """What Visma holds for the rules above."""
    catalogue = Catalogue(
        departments={
            "PROD": Department("PROD", "Production", "200"),
            "MGMT": Department("MGMT", "Management", "900"),
        },
        branches={"1": True, "2": True, "9": False},
        cost_centres={"200": True, "300": True, "400": False, "900": True},
        employee_key=EmployeeKey(10),
        read_at=dict.fromkeys(Part, NOW),
    )
    return replace(catalogue, **changes)
