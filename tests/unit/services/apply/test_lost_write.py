"""How sure it is what a write without an answer has written: said by what Visma shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.domain.employees import Employee
from connector.domain.planning import Difference, Outcome
from connector.domain.records.ledger import EmployeeLink, Intent, Person, Record
from connector.services.apply.lost_write import LOST, as_created, as_meant, lost_update
from connector.services.apply.write_request import KnownEmployee, Result

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
MOVED = Difference("department", "SALES", "FIN")
CLASSED = Difference("employee_class", "STAFF", "HOURLY")
LINK = EmployeeLink("p1", "norway", Outcome.UPDATED, NOON, employee_code="1042", written={})
INTENT = Intent("norway", "1042", NOON, "o", differences=(MOVED, CLASSED), etag='"1"')
RECORD = Record(Person("p1", version=2, intent=INTENT), {"norway": LINK})
WRITTEN = {"department": "FIN", "employee_class": "HOURLY"}


def shown(fields: dict[str, str]) -> KnownEmployee:
    return KnownEmployee("1042", fields, '"2"', Employee("1042", fields, '"2"'))


def unchanged() -> Result:
    return Result(Outcome.UNCHANGED, RECORD)


@pytest.mark.parametrize(
    ("fields", "is_certain"),
    [
        (WRITTEN, True),
        ({**WRITTEN, "employee_class": "STAFF"}, False),
        ({"department": "SALES", "employee_class": "STAFF"}, False),
    ],
)
def test_a_lost_update_is_certain_where_visma_shows_all_of_it(
    fields: dict[str, str], is_certain: bool
) -> None:
    lost = lost_update(RECORD, LINK, shown(fields))

    assert lost is not None
    assert lost.is_certain is is_certain
    meant = as_meant(unchanged(), lost)
    assert meant.remark == (LOST if is_certain else lost.remark)
    assert ("not certain" in meant.remark) is not is_certain


def test_a_lost_update_of_an_employee_that_is_gone_is_not_certain() -> None:
    lost = lost_update(RECORD, LINK, None)

    assert lost is not None
    assert not lost.is_certain


@pytest.mark.parametrize("missing", [[], ["employee_class"]])
def test_a_lost_create_is_certain_where_visma_shows_all_of_it(missing: list[str]) -> None:
    fields = {path: value for path, value in WRITTEN.items() if path not in missing}

    created = as_created(RECORD, shown({**fields, **dict.fromkeys(missing, "")}))

    assert created.is_certain is (not missing)
