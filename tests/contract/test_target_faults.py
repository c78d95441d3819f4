"""What every `Target` promises when answers get lost, are refused, or make no sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from connector.domain.catalogue import EVERY_PART
from connector.domain.errors import (
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    RefusedError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)

if TYPE_CHECKING:
    from connector.ports.visma import Target

from tests.contract.targets import TARGETS, Books, open_books


@pytest.fixture(params=TARGETS)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    with open_books(request.param) as books:
        yield books


def create(books: Books) -> object:
    return books.create("1002")


def update(books: Books) -> object:
    return books.update("1001", status="Inactive")


@pytest.mark.parametrize("write", [create, update])
class TestLostAndRefusedWrites:
    @pytest.fixture(autouse=True)
    def _somebody_to_update(self, books: Books) -> None:
        books.create("1001")
        books.visma.clear_journal()

    def test_a_lost_answer_is_an_unknown_outcome_after_one_call(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.faults.lose_answer()

        with pytest.raises(UnknownOutcomeError) as caught:
            write(books)

        assert caught.value.refusal is None
        assert [(call.status, call.applied) for call in books.visma.journal] == [(0, True)]

    def test_an_error_after_the_write_is_an_unknown_outcome_after_one_call(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.faults.fail_after_apply(503, "html")

        with pytest.raises(UnknownOutcomeError) as caught:
            write(books)

        assert caught.value.refusal is None
        assert [(call.status, call.applied) for call in books.visma.journal] == [(503, True)]

    def test_a_broken_connection_is_an_unknown_outcome_after_one_call(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.faults.reset()

        with pytest.raises(UnknownOutcomeError):
            write(books)

        assert len(books.visma.journal) == 1

    def test_a_fault_that_gives_a_reason_carries_the_refusal(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        for code in ("1001", "1002"):
            books.visma.refuse(code, "PostalCode", 500)

        with pytest.raises(UnknownOutcomeError) as caught:
            write(books)

        refusal = caught.value.refusal
        assert refusal is not None
        assert (refusal.status, refusal.field) == (500, "address.postal_code")
        assert [call.status for call in books.visma.journal] == [500]

    @pytest.mark.parametrize("status", [400, 409, 422])
    def test_a_refusal_is_for_good(
        self, books: Books, write: Callable[[Books], object], status: int
    ) -> None:
        for code in ("1001", "1002"):
            books.visma.refuse(code, "PostalCode", status)

        with pytest.raises(RefusedError) as caught:
            write(books)

        assert (caught.value.status, caught.value.field) == (status, "address.postal_code")
        assert len(books.visma.journal) == 1

    def test_a_full_hour_leaves_the_write_unsent(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.calls_per_hour = 0

        with pytest.raises(RateLimitedError) as caught:
            write(books)

        assert caught.value.retry_after is not None
        assert 3500 < caught.value.retry_after <= 3600
        assert [call.applied for call in books.visma.journal] == [False]

    def test_a_lost_token_is_renewed_and_the_write_done_once(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.revoke_tokens()

        write(books)

        assert [call.status for call in books.visma.journal if call.path != "/connect/token"] in (
            [401, 201],
            [401, 204],
        )

    def test_a_write_without_the_right_to_it_needs_a_human(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.faults.fail(403)

        with pytest.raises(ConfigurationError, match="scopes"):
            write(books)

    def test_a_page_instead_of_an_answer_is_no_refusal(
        self, books: Books, write: Callable[[Books], object]
    ) -> None:
        books.visma.faults.fail(404, "html")

        with pytest.raises(UpstreamUnavailableError):
            write(books)

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 429, 500, 503])
    def test_no_error_shows_who_it_was_or_what_visma_said(
        self, books: Books, write: Callable[[Books], object], status: int
    ) -> None:
        books.visma.faults.fail(status)

        with pytest.raises(ConnectorError) as caught:
            write(books)

        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        for text in ("Testmann", "@example.no", "Injected fault"):
            assert text not in f"{caught.value} {caught.value.args}"


def read(target: Target) -> object:
    return target.read("1001")


def read_all(target: Target) -> object:
    return list(target.employees())


def read_catalogue(target: Target) -> object:
    return target.catalogue(EVERY_PART, 1)


@pytest.mark.parametrize("look", [read, read_all, read_catalogue])
class TestFaultsOfReads:
    def test_a_fault_that_passes_is_not_noticed(
        self, books: Books, look: Callable[[Target], object]
    ) -> None:
        books.visma.faults.fail(502, "html", times=1, path="/v1/.*")
        books.visma.faults.reset(times=1, path="/v1/.*")

        look(books.target)

    @pytest.mark.parametrize("status", [500, 503])
    def test_an_outage_is_something_to_try_again(
        self, books: Books, look: Callable[[Target], object], status: int
    ) -> None:
        books.visma.faults.fail(status, path="/v1/.*")

        with pytest.raises(UpstreamUnavailableError, match=f"status {status}"):
            look(books.target)

    def test_garbage_is_something_to_try_again(
        self, books: Books, look: Callable[[Target], object]
    ) -> None:
        books.visma.faults.garbage(path="/v1/.*")

        with pytest.raises(UpstreamUnavailableError, match="not JSON"):
            look(books.target)

    @pytest.mark.parametrize("status", [400, 404])
    def test_a_page_that_says_not_found_is_not_an_answer(
        self, books: Books, look: Callable[[Target], object], status: int
    ) -> None:
        books.visma.faults.fail(status, "html", path="/v1/.*")

        with pytest.raises(UpstreamUnavailableError, match="text/html"):
            look(books.target)

    def test_a_short_limit_is_waited_out(
        self, books: Books, look: Callable[[Target], object]
    ) -> None:
        books.visma.faults.fail(429, retry_after=2, times=1, path="/v1/.*")

        look(books.target)

        assert books.naps == [2.0]

    def test_a_full_hour_postpones_the_read(
        self, books: Books, look: Callable[[Target], object]
    ) -> None:
        books.visma.calls_per_hour = 0

        with pytest.raises(RateLimitedError):
            look(books.target)

        assert len(books.erp_calls()) == 1

    def test_a_read_without_the_right_to_it_needs_a_human(
        self, books: Books, look: Callable[[Target], object]
    ) -> None:
        books.visma.faults.fail(403, path="/v1/.*")

        with pytest.raises(ConfigurationError, match="scopes"):
            look(books.target)


class TestLimits:
    def test_the_last_call_of_an_hour_is_the_last_that_is_sent(self, books: Books) -> None:
        books.visma.calls_per_hour = 2
        books.target.read("1")
        books.target.read("1")

        with pytest.raises(RateLimitedError):
            books.create()

        assert len(books.erp_calls()) == 2
