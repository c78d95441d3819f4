"""What is read of a company: departments, branches, cost centres, and the employee key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.adapters.visma.wire import (
    Segment,
    departments_of,
)
from connector.domain.catalogue import EVERY_PART, EmployeeKey, Part
from connector.domain.errors import (
    UpstreamUnavailableError,
)
from tests.simulator.messages import Response, html_response, json_response
from tests.unit.visma_bench import ScriptedVisma, VismaBench


@pytest.fixture
def script() -> Iterator[ScriptedVisma]:
    with ScriptedVisma() as server:
        yield server


@pytest.fixture
def odd(script: ScriptedVisma) -> VismaBench:
    return VismaBench(script)


def segments(*lengths: int | None) -> list[Segment]:
    return [Segment(number, f"S{number}", length) for number, length in enumerate(lengths, 1)]


class TestCatalogue:
    @pytest.mark.parametrize(
        ("key", "lengths", "segment", "cost_centre"),
        [
            ("200", (3,), 1, "200"),
            ("20000", (3, 2), 1, "200"),
            ("20000", (3, 2), 2, "00"),
            ("2000", (3, 2), 2, "0"),
            ("200", (3, 2), 2, None),
            ("200  ", (3, 2), 2, None),
            ("   10", (3, 2), 1, None),
            ("   10", (3, 2), 2, "10"),
            ("20 10", (3, 2), 1, "20"),
            ("200-10", (3, 2), 1, "200"),
            ("200-10", (3, 2), 2, "10"),
            ("2000-10", (3, 2), 1, "2000"),
            ("A-B10", (3, 2, 4), 1, "A-B"),
            ("A-B", (3,), 1, "A-B"),
            ("2000010", (3, 2), 1, None),
            ("20000", (3, None), 1, None),
            ("200-10", (None, None), 2, "10"),
            ("", (3, 2), 1, None),
            ("20000", (), 1, None),
            ("20000", (3, 2), 3, None),
        ],
    )
    def test_a_cost_centre_is_cut_out_of_a_sub_account(
        self, key: str, lengths: tuple[int | None, ...], segment: int, cost_centre: str | None
    ) -> None:
        row = {"departmentId": "PROD", "expenseSubaccount": {"id": key, "active": True}}

        found = departments_of([row], segments(*lengths), segment)

        assert found["PROD"].cost_centre == cost_centre

    @pytest.mark.parametrize(
        ("subaccount", "cost_centre"),
        [
            ({"id": "200", "active": False}, None),
            ({"id": "200"}, "200"),
            ({"id": "200", "active": None}, "200"),
            ({"id": None}, None),
            ({}, None),
            (None, None),
            ("200", None),
        ],
    )
    def test_only_an_active_sub_account_has_a_cost_centre(
        self, subaccount: Any, cost_centre: str | None
    ) -> None:
        row = {"departmentId": " prod ", "expenseSubaccount": subaccount}

        found = departments_of([row, {}], segments(3), 1)

        assert list(found) == ["PROD"]
        assert (found["PROD"].id, found["PROD"].cost_centre) == ("prod", cost_centre)

    def test_the_segments_count_in_the_order_of_their_numbers(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        rows = [
            {"segmentId": 2, "length": 2, "description": "Prosjekt"},
            {"segmentId": 1, "length": 3, "description": "Avdeling"},
        ]
        department = {"departmentId": "PROD", "expenseSubaccount": {"id": "20010"}}
        script.answers = {
            "GET /v1/dimension/SUBACCOUNT": [json_response(200, {"segments": rows})],
            "GET /v1/department": [json_response(200, [department])],
        }

        found = odd.norway().catalogue([Part.DEPARTMENTS], 2)[Part.DEPARTMENTS]

        assert found["PROD"].cost_centre == "10"
        query = script.calls(path="/v1/dimension/.*")[0].query
        assert query == {"expandSegmentsValues": "false"}

    def test_a_company_without_dimensions_has_an_empty_catalogue(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        department = {"departmentId": "PROD", "expenseSubaccount": {"id": "20010"}}
        script.answers = {
            "GET /v1/department": [json_response(200, [department])],
            "GET /v1/branch": [json_response(200, [])],
        }

        found = odd.norway().catalogue(EVERY_PART, 1)

        assert found[Part.DEPARTMENTS]["PROD"].cost_centre is None
        assert found[Part.COST_CENTRES] == found[Part.BRANCHES] == {}
        assert found[Part.EMPLOYEE_KEY] == EmployeeKey(None, False)
        assert len(script.calls(path="/v1/.*")) == 4

    def test_what_does_not_say_that_it_is_closed_is_active(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        values = [{"valueId": "20a "}, {"valueId": "3", "active": None}, {"valueId": None}, None]
        rows = [{"segmentId": 1, "length": 3, "segmentValues": values}]
        branches = [{"number": " 1 "}, {"number": 2, "isActive": False}, {"name": "x"}, None]
        script.answers = {
            "GET /v1/dimension/SUBACCOUNT": [json_response(200, {"segments": rows})],
            "GET /v1/branch": [json_response(200, branches)],
        }

        found = odd.norway().catalogue([Part.COST_CENTRES, Part.BRANCHES], 1)

        assert found[Part.COST_CENTRES] == {"20A": True, "3": True}
        assert found[Part.BRANCHES] == {"1": True, "2": False}

    @pytest.mark.parametrize(
        ("dimension", "key"),
        [
            ({"length": 10, "segments": [{"length": 6}]}, EmployeeKey(10, False)),
            ({"segments": [{"length": 6}, {"length": 2}]}, EmployeeKey(8, False)),
            ({"segments": [{"length": 6, "isAutoNumber": True}]}, EmployeeKey(6, True)),
            ({"segments": None}, EmployeeKey(None, False)),
            ({}, EmployeeKey(None, False)),
        ],
    )
    def test_the_employee_key_is_as_long_as_its_segments(
        self, odd: VismaBench, script: ScriptedVisma, dimension: dict[str, Any], key: EmployeeKey
    ) -> None:
        script.answers = {"GET /v1/dimension/EMPLOYEE": [json_response(200, dimension)]}

        assert odd.norway().catalogue([Part.EMPLOYEE_KEY], 1)[Part.EMPLOYEE_KEY] == key

    @pytest.mark.parametrize(
        "response",
        [
            json_response(400, {"message": "No"}),
            json_response(409, {"message": "No"}),
            html_response(404, "Not found"),
            json_response(200, "text"),
        ],
    )
    def test_a_register_that_cannot_be_read_is_not_taken_for_empty(
        self, odd: VismaBench, script: ScriptedVisma, response: Response
    ) -> None:
        script.script = [response]
        target = odd.norway()

        optional = {Part.EMPLOYEE_KEY} if response.status == 400 else set()
        for part in set(Part) - optional:
            with pytest.raises(UpstreamUnavailableError, match=f"status {response.status}"):
                target.catalogue([part], 1)
        with pytest.raises(UpstreamUnavailableError, match=f"status {response.status}"):
            list(target.employees())
