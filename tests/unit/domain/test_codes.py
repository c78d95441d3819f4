"""Which texts can be an employee's code."""

from __future__ import annotations

import pytest

from connector.domain.catalogue import Catalogue, can_be_a_code


@pytest.mark.parametrize("code", ["1001", "NO-1001", "E_7", "12/34", "A.B", "Å 12", "1..2"])
def test_what_a_code_may_be(code: str) -> None:
    assert can_be_a_code(code)
    assert Catalogue().problem_with_code(code) is None


@pytest.mark.parametrize(
    "code",
    [
        *("", ".", "..", " . "),
        pytest.param("10\u202e01", id="written from the right"),
        pytest.param("10\u200b01", id="a blank without width"),
        pytest.param("\uff11\uff10\uff10\uff11", id="wide digits"),
        pytest.param("10\r\n01", id="lines"),
        pytest.param("10\x0001", id="nothing"),
    ],
)
def test_a_code_that_leads_elsewhere_or_is_in_disguise_is_refused_with_the_reason(
    code: str,
) -> None:
    problem = Catalogue().problem_with_code(code)

    assert problem == f"employee code {code!a} has characters that no employee code may have"
    assert problem.isascii()
