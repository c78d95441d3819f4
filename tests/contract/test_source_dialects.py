"""What every `Source` promises holds in every dialect of the vendor that can matter to it.

The classes of `test_source.py` are repeated, each with every deviation alone that concerns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from tests.contract import test_source
from tests.contract.sources import INCREMENTAL, QUESTIONS, SOURCES, Staff, read_by, small_company
from tests.simulator import nordfab_rippling
from tests.support.dialects import Dialect, named, single

Spoken: TypeAlias = tuple[str, Dialect]
"""Which source, and what the API behind it speaks."""


def speaking(*questions: str) -> list[Spoken]:
    """Every source with each deviation in these questions."""
    return [
        (name, dialect)
        for name in SOURCES
        for dialect in single({q: QUESTIONS[name][q] for q in questions if q in QUESTIONS[name]})
    ]


def called(spoken: Spoken) -> str:
    """The name of a test."""
    return f"{spoken[0]}, {named(spoken[1])}"


@pytest.fixture
def staff(spoken: Spoken) -> Iterator[Staff]:
    with read_by(spoken[0], small_company(), dialect=spoken[1]) as staff:
        yield staff


@pytest.fixture
def incremental(staff: Staff, spoken: Spoken) -> Staff:
    assert spoken[0] in INCREMENTAL
    return staff


@pytest.fixture
def nordfab(spoken: Spoken) -> Iterator[Staff]:
    with read_by(spoken[0], nordfab_rippling(), dialect=spoken[1]) as staff:
        yield staff


class TestWalks(test_source.TestWalks):
    @pytest.fixture(params=speaking("cursor", "links", "paging"), ids=called)
    def spoken(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestResumedWalks(test_source.TestResumedWalks):
    @pytest.fixture(params=speaking("cursor", "links"), ids=called)
    def spoken(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestChanges(test_source.TestChanges):
    @pytest.fixture(
        params=speaking("operator", "filter by time", "fractions", "cursor", "links"), ids=called
    )
    def spoken(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestOnePerson(test_source.TestOnePerson):
    @pytest.fixture(params=speaking("filter by person", "unknown id", "cursor"), ids=called)
    def spoken(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestFacts(test_source.TestFacts):
    @pytest.fixture(params=speaking("department", "work location", "members"), ids=called)
    def spoken(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestChecks(test_source.TestChecks):
    """Of a filter that does not work, or a person who is not told, `ping` does warn."""

    @pytest.fixture(
        params=speaking(
            "fractions", "cursor", "unknown id", "department", "work location", "members"
        ),
        ids=called,
    )
    def spoken(self, request: pytest.FixtureRequest) -> Any:
        return request.param
