"""One company's journal: which requests are made, and what their answers mean.

No write is ever sent twice. A page of batches counts lines, so that a batch comes in pieces: it is
put together before anything is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from connector.adapters.http.client import HttpClient, media_type
from connector.adapters.http.pages import page_numbers
from connector.adapters.visma.absence import MISSING
from connector.adapters.visma.journal.wire import (
    accounts_of,
    batch_of,
    body_of,
    key_in,
    ledgers_of,
    lines_in,
    number_given,
    periods_of,
)
from connector.adapters.visma.refusals import is_page, raise_for_access, refused
from connector.adapters.visma.wire import VismaRow, failure_of, total_of
from connector.domain.errors import (
    NonsenseError,
    RefusedError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)
from connector.ports.payroll.journal import Chart, Lookup

if TYPE_CHECKING:
    from requests import Response

    from connector.domain.payroll.entry import FoundBatch, JournalEntry

VENDOR = "Visma"
BATCHES = "/v2/journaltransaction"
LINES_A_PAGE = 500
MOST_PASSES = 3
ON_HOLD = {"status": "Hold"}
EARLIER = timedelta(days=2)
"""The bound has no time zone: so much earlier it is before the moment meant in any of them."""

YEARS_BACK = 2
"""Periods are asked for from behind a year: a year of account may be named for another."""

LONG_AGO = "2000-01-01"


class VismaJournal:
    """The journal of one company of Visma.net ERP."""

    def __init__(
        self, company: str, http: HttpClient, headers: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._company = company
        self._http = http
        self._headers = headers

    def chart(self, day: date) -> Chart:
        """Accounts and ledgers, and the periods around a day: three calls."""
        since = {"greaterThanValue": str(day.year - YEARS_BACK)}
        return Chart(
            accounts_of(self._list("/v1/account")),
            ledgers_of(self._list("/v1/ledger")),
            periods_of(self._list("/v1/financialPeriod", since)),
        )

    def find(self, key: str, period: str, since: datetime | None = None) -> Lookup:
        """The batches with a key: in a period, and among what was changed since a moment.

        Each question is asked twice: without a status a list may leave out what is on hold. Whether
        an empty answer proves anything is asked only after a moment at which one was sent.
        """
        questions = [{"periodId": period}]
        if since is not None:
            bound = (since - EARLIER).strftime("%Y-%m-%dT%H:%M:%S")
            questions.append({"lastModifiedDateTime": bound})
        shown: dict[tuple[str, str], FoundBatch] = {}
        for question in questions:
            for status in ({}, ON_HOLD):
                shown |= self._batches({"module": "GL", **question, **status})
        found = [batch for _, batch in sorted(shown.items()) if batch.has(key)]
        return Lookup(found, bool(shown) or since is None or self._shows_any())

    def read(self, number: str) -> FoundBatch | None:
        """One batch by its number, or None where there is none."""
        response = self._get(f"{BATCHES}/{quote(number, safe='')}")
        if response.status_code in MISSING and not is_page(response):
            return None
        row = self._content(response, dict)
        return batch_of(row, [line for _, line in lines_in(row)])

    def enter(self, entry: JournalEntry) -> str:
        """Enters a batch on hold; its number, empty where Visma does not say it.

        Raises:
            RefusedError: Visma says no, and will say no again.
            UnknownOutcomeError: it may or may not have been entered: look before trying again.
            RetryableError: nothing was entered.
            ConfigurationError: Visma does not let this client write.
        """
        what = f"enter batch {entry.key}"
        response = self._http.write(
            "POST",
            BATCHES,
            self._body(entry),
            self._headers(),
            refusal=lambda answer: self._refusal_in_a_fault(answer, what),
        )
        if response.status_code == HTTPStatus.CREATED:
            return number_given(response.headers.get("Location", ""))
        if response.ok:
            raise UnknownOutcomeError(
                f"Visma did not confirm that it did {what} in {self._company} (status"
                f" {response.status_code}); look there before trying again"
            )
        raise_for_access(response, self._company)
        if is_page(response) or response.status_code == HTTPStatus.NOT_FOUND:
            raise self._unreadable(response)
        raise refused(response, what, self._company)

    def _body(self, entry: JournalEntry) -> dict[str, Any]:
        try:
            return body_of(entry)
        except ValueError as error:
            raise RefusedError(
                f"batch {entry.key}: {error}; nothing was sent to Visma",
                status=HTTPStatus.BAD_REQUEST,
            ) from None

    def _refusal_in_a_fault(self, response: Response, what: str) -> RefusedError | None:
        is_fault = response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        is_business = is_fault and failure_of(response.content).is_business
        return refused(response, what, self._company) if is_business else None

    def _shows_any(self) -> bool:
        """Whether Visma shows this client any batch at all."""
        question = {"lastModifiedDateTime": LONG_AGO, "pageNumber": "1", "pageSize": "1"}
        return bool(self._list(BATCHES, question))

    def _batches(self, query: Mapping[str, str]) -> dict[tuple[str, str], FoundBatch]:
        """The batches of a list, each whole; read again while lines move between pages."""
        for _ in range(MOST_PASSES):
            walk = _Walk()
            for rows in self._pages(query, walk):
                walk.take(rows)
            if walk.is_whole:
                return walk.batches()
        raise UpstreamUnavailableError(
            f"Visma's pages of {BATCHES} of company {self._company} move while they are read; it"
            " will be tried again"
        )

    def _pages(self, query: Mapping[str, str], walk: _Walk) -> Iterator[list[VismaRow]]:
        """The pages of a list: up to an empty one, one that brings nothing new, or the end told."""
        for page in page_numbers(VENDOR, BATCHES):
            paging = {"pageNumber": str(page), "pageSize": str(LINES_A_PAGE)}
            before = walk.places
            rows = self._list(BATCHES, {**query, **paging})
            yield rows
            is_over = walk.total > 0 and walk.places >= walk.total
            if not rows or walk.places == before or (is_over and not walk.is_full(rows)):
                return

    def _list(self, path: str, query: Mapping[str, str] | None = None) -> list[VismaRow]:
        rows: list[Any] = self._content(self._get(path, query), list)
        return [row for row in rows if isinstance(row, dict)]

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Response:
        response = self._http.get(path, query, self._headers())
        raise_for_access(response, self._company)
        return response

    def _content(self, response: Response, kind: type) -> Any:
        if response.status_code != HTTPStatus.OK:
            raise self._unreadable(response)
        content = self._http.json_of(response)
        if not isinstance(content, kind):
            raise self._unreadable(response)
        return content

    def _unreadable(self, response: Response) -> NonsenseError:
        parts = urlsplit(response.url)
        return NonsenseError(
            f"Visma answered {parts.netloc}{parts.path} of company {self._company} with status"
            f" {response.status_code} and nothing usable ({media_type(response)}); it will be tried"
            " again. If it stays so, check the base URL"
        )


class _Walk:
    """The pieces of batches as they come: the newest header of each, and each line once."""

    def __init__(self) -> None:
        self.total = 0.0
        self._headers: dict[tuple[str, str], VismaRow] = {}
        self._lines: dict[tuple[str, str], dict[str, VismaRow]] = {}

    @property
    def places(self) -> int:
        """How many places of the list were seen: lines, and batches that have none."""
        return sum(len(lines) or 1 for lines in self._lines.values())

    @property
    def is_whole(self) -> bool:
        """Whether all lines came that the last page counted; no count says nothing."""
        return self.places >= self.total

    def take(self, rows: list[VismaRow]) -> None:
        """Takes in a page."""
        total = total_of(rows) if rows else self.total
        self.total = 0.0 if total == float("inf") else total
        for row in rows:
            key = key_in(row)
            self._headers[key] = row
            self._lines.setdefault(key, {}).update(lines_in(row))

    def is_full(self, rows: list[VismaRow]) -> bool:
        """Whether a page has as many lines as it may, so that more may follow."""
        told = (row.get("metadata") for row in rows)
        sizes = [one.get("maxPageSize") for one in told if isinstance(one, dict)]
        most = min([LINES_A_PAGE, *(each for each in sizes if isinstance(each, int) and each > 0)])
        return sum(len(lines_in(row)) or 1 for row in rows) >= most

    def batches(self) -> dict[tuple[str, str], FoundBatch]:
        """The batches that came, each with all of its lines."""
        return {
            key: batch_of(header, self._lines[key].values())
            for key, header in self._headers.items()
        }
