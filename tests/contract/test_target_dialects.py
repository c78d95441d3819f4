"""What every `Target` promises holds in every dialect of the vendor that can matter to it.

The classes of `test_target.py` are repeated, each with every deviation alone that concerns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.errors import ConflictError
from tests.contract import test_target
from tests.contract.targets import TARGETS, Books, open_books
from tests.support.dialects import VISMA, Dialect, named, single

FORMS = 3
"""So many forms of a version there are to try: as shown, without quotation marks, none at all."""


def speaking(*questions: str) -> list[Dialect]:
    """Each deviation in these questions."""
    return single({question: VISMA[question] for question in questions})


@pytest.fixture(params=TARGETS)
def books(request: pytest.FixtureRequest, dialect: Dialect) -> Iterator[Books]:
    with open_books(request.param, dialect) as books:
        yield books


def acquainted(books: Books) -> Books:
    """Has the form of a version be known already, as it is after the first update of a day."""
    books.create("1")
    for _ in range(FORMS):
        employee = books.target.read("1")
        assert employee is not None
        try:
            books.update("1", etag=employee.etag, contact__phone1="1")
        except ConflictError:
            continue
        return books
    raise AssertionError("no form of a version is taken")


class TestReading(test_target.TestReading):
    @pytest.fixture(params=speaking("version", "unknown employee", "location"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestCreating(test_target.TestCreating):
    @pytest.fixture(params=speaking("location", "duplicate", "contact", "version"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestUpdating(test_target.TestUpdating):
    @pytest.fixture(params=speaking("update", "contact", "version"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestFields(test_target.TestFields):
    @pytest.fixture(params=speaking("contact"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestVersions(test_target.TestVersions):
    @pytest.fixture(params=speaking("version", "update"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param

    @pytest.fixture
    def books(self, books: Books) -> Books:
        return acquainted(books)


class TestConflicts(test_target.TestConflicts):
    """Where no version is taken, the version that is shown tells that somebody else was faster."""

    @pytest.fixture(params=speaking("version"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param

    @pytest.fixture
    def books(self, books: Books) -> Books:
        return acquainted(books)


class TestCatalogue(test_target.TestCatalogue):
    @pytest.fixture(params=speaking("employee key"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param


class TestEmployees(test_target.TestEmployees):
    @pytest.fixture(params=speaking("totals", "version"), ids=named)
    def dialect(self, request: pytest.FixtureRequest) -> Any:
        return request.param


@pytest.mark.parametrize("dialect", speaking("totals"), ids=named)
def test_a_total_that_says_nothing_is_no_count(books: Books) -> None:
    books.create("1001")
    books.create("1002")

    sample = books.target.sample()

    assert (sample.shown, sample.count) == (2, None)
