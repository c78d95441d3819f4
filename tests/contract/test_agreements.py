"""The results of the daily reconciliation are kept alike in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.aws.watermarks.agreements import DynamoAgreements
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.memory import InMemoryAgreements
from connector.domain.records.agreement import KEPT, Agreement
from connector.ports.state import Agreements
from tests.contract.bench import NOON, aws, make_table

FOUND = Agreement("norway", NOON, in_step=208, different=2, missing=1, extra=3)


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def agreements(request: pytest.FixtureRequest, client: Any) -> Agreements:
    if request.param == "memory":
        return InMemoryAgreements()
    return DynamoAgreements(WatermarksTable(client, "WatermarksTable"))


def test_where_nothing_was_found_yet_there_is_nothing(agreements: Agreements) -> None:
    assert agreements.of("norway") == ()


def test_results_are_kept_by_company_the_oldest_first(agreements: Agreements) -> None:
    then = replace(FOUND, at=NOON + timedelta(days=1), in_step=11, unseen=200, shown=11)
    for each in (FOUND, then, replace(FOUND, company="sweden")):
        agreements.save(each)

    assert agreements.of("norway") == (FOUND, then)
    assert agreements.of("sweden") == (replace(FOUND, company="sweden"),)


def test_no_more_are_kept_than_a_month_needs(agreements: Agreements) -> None:
    days = [replace(FOUND, at=NOON + timedelta(days=day)) for day in range(KEPT + 3)]
    for each in days:
        agreements.save(each)

    assert agreements.of("norway") == tuple(days[3:])
