"""What every `Source` promises when Rippling fails, limits or forbids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from connector.domain.errors import (
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    UpstreamUnavailableError,
)
from tests.simulator import nordfab_rippling

if TYPE_CHECKING:
    from connector.ports.rippling import Source

from tests.contract.sources import FOUNDED, SOURCES, TOKEN, Staff, ids, read_by, small_company


@pytest.fixture(params=SOURCES)
def staff(request: pytest.FixtureRequest) -> Iterator[Staff]:
    with read_by(request.param, small_company()) as staff:
        yield staff


@pytest.fixture(params=SOURCES)
def nordfab(request: pytest.FixtureRequest) -> Iterator[Staff]:
    with read_by(request.param, nordfab_rippling()) as staff:
        yield staff


def read_everyone(source: Source) -> object:
    return list(source.everyone())


def read_changes(source: Source) -> object:
    return list(source.changed_since(FOUNDED))


def read_one(source: Source) -> object:
    return source.employments("5" * 24, "6" * 24)


def read_person(source: Source) -> object:
    return source.person_of("5" * 24)


def read_departments(source: Source) -> object:
    return source.departments()


SCOPES = r"(workers|departments)\.read|employee:|company:"
READS = [read_everyone, read_changes, read_one, read_person, read_departments]


@pytest.mark.parametrize("read", READS)
class TestFaults:
    def test_a_fault_that_passes_is_not_noticed(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(502, "html", times=1)
        staff.api.faults.reset(times=1)

        read(staff.source)

        assert [call.status for call in staff.api.journal][:2] == [502, 0]

    @pytest.mark.parametrize("status", [500, 503, 504])
    def test_an_outage_is_something_to_try_again(
        self, staff: Staff, read: Callable[[Source], object], status: int
    ) -> None:
        staff.api.faults.fail(status, "html")

        with pytest.raises(UpstreamUnavailableError, match=f"status {status}"):
            read(staff.source)

    def test_garbage_is_something_to_try_again(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.garbage()

        with pytest.raises(UpstreamUnavailableError, match="not JSON"):
            read(staff.source)

    def test_a_page_that_says_not_found_is_not_an_answer(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(404, "html")

        with pytest.raises(UpstreamUnavailableError, match="status 404"):
            read(staff.source)

    def test_a_short_limit_is_waited_out(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(429, retry_after=2, times=1)

        read(staff.source)

        assert staff.naps == [2.0]

    def test_a_long_limit_is_left_to_the_queue(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(429, retry_after=60)

        with pytest.raises(RateLimitedError) as caught:
            read(staff.source)

        assert (caught.value.retry_after, staff.naps) == (60.0, [])

    def test_a_rejected_token_is_for_a_human_to_change(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.rippling.revoke_token(TOKEN)

        with pytest.raises(ConfigurationError, match="make a new one"):
            read(staff.source)

    def test_a_token_that_was_rejected_for_a_moment_still_works(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(401, times=2)

        read(staff.source)

        assert staff.naps == [2.0]

    def test_a_forbidden_list_names_the_scopes_it_needs(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(403)

        with pytest.raises(ConfigurationError, match=SCOPES):
            read(staff.source)

    def test_a_missing_package_is_for_a_human_to_buy(
        self, staff: Staff, read: Callable[[Source], object]
    ) -> None:
        staff.api.faults.fail(402)

        with pytest.raises(ConfigurationError, match="API package"):
            read(staff.source)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
    def test_no_error_shows_the_token_or_what_rippling_said(
        self, staff: Staff, read: Callable[[Source], object], status: int
    ) -> None:
        staff.api.faults.fail(status, "html")

        with pytest.raises(ConnectorError) as caught:
            read(staff.source)

        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        assert TOKEN not in str(caught.value)
        assert "Service unavailable" not in str(caught.value)


def test_a_walk_keeps_what_it_read_before_a_fault(nordfab: Staff) -> None:
    walk = nordfab.source.everyone()
    first = next(walk)
    nordfab.api.faults.fail(503)

    with pytest.raises(UpstreamUnavailableError):
        next(walk)

    nordfab.api.faults.clear()
    assert len(first.workers) + len(ids(nordfab.source.everyone(first.next_page_token))) == 240
