"""An employee whom Visma does not have, told in whichever way, and never taken from a breakdown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.domain.errors import RetryableError
from tests.simulator.messages import Response, json_response
from tests.unit.visma_bench import ScriptedVisma, VismaBench

NONE = "VismaId: 0f0e0d0c-0b0a-4909-8807-06050403020{n}. Employee {code} cannot be found."
BROKEN = "VismaId: 0f0e0d0c-0b0a-4909-8807-06050403020{n}. The database is read only."
FIRST = {"employeeNumber": "1001", "employeeId": 7}
IMPOSSIBLE = "NO-SUCH-EMPLOYEE-0"


def fault(text: str, code: str, n: int = 1) -> Response:
    return json_response(500, {"message": text.format(code=code, n=n)})


@pytest.fixture
def script() -> Iterator[ScriptedVisma]:
    """A Visma with one employee that answers a fault for everybody else."""
    with ScriptedVisma() as server:
        server.answers = {
            "GET /v1/employee": [json_response(200, [FIRST])],
            "GET /v1/employee/1001": [json_response(200, FIRST)],
            "GET /v1/employee/2002": [fault(NONE, "2002")],
            "GET /v1/employee/3003": [fault(NONE, "3003", n=3)],
            f"GET /v1/employee/{IMPOSSIBLE}": [fault(NONE, IMPOSSIBLE, n=2)],
        }
        yield server


def reads(script: ScriptedVisma) -> list[str]:
    """The employees that were asked for, in order."""
    paths = [call.path for call in script.journal if call.path.startswith("/v1/")]
    script.journal.clear()
    return [path.rpartition("/")[2] for path in paths]


def test_a_fault_with_the_words_for_one_that_cannot_exist_means_that_there_is_none(
    script: ScriptedVisma,
) -> None:
    norway = VismaBench(script).norway()

    assert norway.read("2002") is None
    assert reads(script) == ["2002", "employee", "1001", IMPOSSIBLE]
    assert norway.read("3003") is None
    assert reads(script) == ["3003", "1001"]


@pytest.mark.parametrize("known", [False, True])
def test_a_fault_with_other_words_is_a_breakdown(script: ScriptedVisma, *, known: bool) -> None:
    norway = VismaBench(script).norway()
    assert not known or norway.read("3003") is None
    script.answers["GET /v1/employee/2002"] = [fault(BROKEN, "2002")]

    with pytest.raises(RetryableError):
        norway.read("2002")


@pytest.mark.parametrize("known", [False, True])
def test_the_same_words_mean_nothing_while_nobody_is_shown(
    script: ScriptedVisma, *, known: bool
) -> None:
    norway = VismaBench(script).norway()
    assert not known or norway.read("3003") is None
    script.answers["GET /v1/employee/1001"] = [fault(NONE, "1001")]

    with pytest.raises(RetryableError):
        norway.read("2002")


def test_a_fault_while_the_list_cannot_be_read_is_a_breakdown(script: ScriptedVisma) -> None:
    script.answers["GET /v1/employee"] = [json_response(503, {})]

    with pytest.raises(RetryableError):
        VismaBench(script).norway().read("2002")


@pytest.mark.parametrize("answer", [json_response(500, {}), Response(500, b"<html>", {})])
def test_a_fault_without_a_reason_is_a_breakdown_and_asked_for_three_times(
    script: ScriptedVisma, answer: Response
) -> None:
    script.answers["GET /v1/employee/2002"] = [answer]

    with pytest.raises(RetryableError):
        VismaBench(script).norway().read("2002")

    assert reads(script) == ["2002"] * 3


def test_a_company_without_employees_needs_no_proof_that_others_are_shown(
    script: ScriptedVisma,
) -> None:
    script.answers["GET /v1/employee"] = [json_response(200, [])]

    assert VismaBench(script).norway().read("2002") is None


def test_when_the_known_employee_is_gone_another_one_is_looked_for(script: ScriptedVisma) -> None:
    norway = VismaBench(script).norway()
    assert norway.read("3003") is None
    other = {"employeeNumber": "1002", "employeeId": 8}
    script.answers |= {
        "GET /v1/employee": [json_response(200, [other])],
        "GET /v1/employee/1001": [fault(NONE, "1001")],
        "GET /v1/employee/1002": [json_response(200, other)],
    }

    assert norway.read("2002") is None
