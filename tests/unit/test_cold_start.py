"""What a function loads, builds and sends before its first invocation.

Exact: which packages, which clients of AWS, no address. The number of modules has a ceiling. How
long it takes, `python -m tests.support.cold_start` shows.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import pytest

from tests.support.cold_start import NEEDED, loaded

AWS = {"aws_lambda_powertools", "botocore", "certifi", "dateutil", "jmespath", "six", "urllib3"}
MAPPING = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
HTTP = {"charset_normalizer", "idna", "requests", "tenacity"}
PACKAGES = {
    "webhook": AWS,
    "notification": AWS,
    "install": AWS,
    "releaser": AWS | MAPPING,
    "poller": AWS | MAPPING | HTTP,
    "writer": AWS | MAPPING | HTTP,
    "operations": AWS | MAPPING | HTTP,
}
MOST = {  # modules that are not Python's own, and the connector's among them
    "webhook": (205, 34),
    "notification": (207, 36),
    "install": (206, 35),
    "releaser": (324, 107),
    "poller": (483, 176),
    "writer": (485, 177),
    "operations": (529, 219),
}
FORBIDDEN = {
    "webhook": ("connector.domain.m", "connector.bootstrap.adapters", "connector.settings.vendors"),
    "poller": ("connector.services.apply", "connector.services.operate"),
    "writer": ("connector.services.find", "connector.services.operate"),
    "operations": (
        "connector.adapters.visma.books",
        "connector.adapters.visma.journal",
        "connector.services.apply",
        "connector.services.books",
        "connector.services.find",
        "connector.services.foresee.foresight",
        "connector.services.payroll",
        "connector.services.report",
    ),
}
WITH_OPTIONS = ("connector.adapters.rippling.oauth", "connector.adapters.rippling.platform")
"""Only for a stack that is deployed with them."""


@cache
def _start(function: str) -> dict[str, Any]:
    return loaded(function)


def _foreign(function: str) -> set[str]:
    return {
        name
        for name in _start(function)["modules"]
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("_", "cython_runtime", function))
    }


@pytest.mark.parametrize("function", NEEDED)
def test_no_package_is_loaded_that_no_call_uses(function: str) -> None:
    packages = {name.partition(".")[0] for name in _foreign(function)}

    assert packages - {"connector", "typing_extensions"} == PACKAGES[function]


@pytest.mark.parametrize("function", NEEDED)
def test_no_more_modules_are_loaded_than_that(function: str) -> None:
    foreign = _foreign(function)
    own = [name for name in foreign if name.startswith("connector")]
    most, most_of_ours = MOST[function]

    assert most - 20 < len(foreign) <= most
    assert most_of_ours - 20 < len(own) <= most_of_ours


@pytest.mark.parametrize("function", FORBIDDEN)
def test_what_a_function_has_no_use_for_is_not_loaded(function: str) -> None:
    modules = _start(function)["modules"]

    assert [name for name in modules if name.startswith(FORBIDDEN[function] + WITH_OPTIONS)] == []


@pytest.mark.parametrize("function", NEEDED)
def test_the_service_is_built_and_the_clients_of_every_call_are_made_before_the_first_one(
    function: str,
) -> None:
    start = _start(function)

    assert start["built"] == 1
    assert start["ready"] == sorted(NEEDED[function].clients)


@pytest.mark.parametrize("function", NEEDED)
def test_nothing_is_sent_before_the_first_invocation(function: str) -> None:
    assert _start(function)["tried"] == []


@pytest.mark.parametrize("function", ["webhook", "poller"])
def test_what_cannot_be_built_ahead_is_left_to_the_invocation(function: str) -> None:
    start = loaded(function, WATERMARKS_TABLE="")

    assert start["built"] == 0
    assert start["ready"] == []


def test_an_app_of_the_app_shop_and_the_other_api_are_loaded_where_they_are_deployed() -> None:
    modules = loaded("poller", RIPPLING_AUTH="oauth", RIPPLING_API="platform")["modules"]

    assert set(WITH_OPTIONS) < set(modules)
    assert "connector.adapters.rippling.rest" not in modules
