"""Rippling's REST API as a `Source`: which requests are made, and what their answers mean.

How a row becomes a worker is in `rippling_rest_wire`, how a request travels in `http`. No decision
about people is taken here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connector.adapters.dialect import Dialect
from connector.adapters.http.client import HttpClient
from connector.adapters.http.pages import page_numbers
from connector.adapters.rippling.filters import (
    JUST_BEFORE,
    ChangeFilter,
    PersonSearch,
    asked_by,
    changed_since,
    is_filtered,
    newest_of,
    only_recent,
    user_filter,
    with_question,
    without_old,
)
from connector.adapters.rippling.responses import (
    ID,
    QuestionRefusedError,
    ask,
    is_oddly_unknown,
    is_unknown,
    refusal_of,
    unreadable,
)
from connector.adapters.rippling.rest_checks import RestChecks
from connector.adapters.rippling.rest_wire import (
    department_of,
    location_of,
    person_of,
    withheld_fields,
    worker_of,
)
from connector.adapters.rippling.values import EXPANDS
from connector.domain.errors import ConfigurationError, NonsenseError, UpstreamUnavailableError
from connector.ports.rippling import Page

if TYPE_CHECKING:
    from requests import Response

    from connector.adapters.rippling.responses import CachedNames
    from connector.domain.checks import Check
    from connector.domain.facts import Named
    from connector.domain.people import Worker

WORKERS_A_PAGE = 100
REFUSED_LAST_SECONDS = 240.0
"""How long a refused expand is done without: less than the time between two ticks."""

DISPENSABLE_EXPANDS = (
    "compensation",
    "custom_fields",
    "legal_entity",
    "employment_type",
    "department",
    "user",
)
"""What a token may lack the right to see, in the order in which it is done without."""

SCOPES: Mapping[str, str] = {
    "/workers/": "workers.read, users.read, departments.read, employment-types.read and"
    " legal-entities.read, workers.custom-fields.read where custom fields are used, and"
    " compensations.read where pay is",
    "/departments/": "departments.read",
    "/work-locations/": "work-locations.read",
    "/entitlements/": "entitlements.read",
}


class RipplingRestSource:
    """Rippling as its REST API shows it.

    `refused_expands` names what the token may not see and is done without: unknown then, but for an
    id that the row itself has. It is asked for again by every run. Rows that do not say whose they
    are, are skipped and counted. `location_names` is given what reads the names, and True whenever
    an id is unknown: it decides how often they are read. `custom_fields` names the ones to keep; no
    other is looked at.
    `compensation` says whether pay is wanted; it is neither asked for nor looked at otherwise.
    """

    reads_increments = True

    def __init__(
        self,
        http: HttpClient,
        *,
        location_names: CachedNames,
        custom_fields: Callable[[], Collection[str]] | None = None,
        compensation: Callable[[], bool] | None = None,
        page_size: int = WORKERS_A_PAGE,
        dialect: Dialect | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.refused_expands: tuple[str, ...] = ()
        self._refused_before: tuple[str, ...] = ()
        self._refused_at = 0.0
        self._seconds = seconds
        self._http = http
        self._dialect = dialect or Dialect("rippling")
        self._filter = ChangeFilter(self._dialect)
        self._location_names = partial(location_names, self.locations)
        self._custom_fields = custom_fields or frozenset
        self._compensation = compensation or bool
        self._limit = str(page_size)

    def changed_since(self, cutoff: datetime, page_token: str | None = None) -> Iterator[Page]:
        """Pages of workers whose `updated_at` is at or after `cutoff`, oldest first.

        Raises:
            RetryableError: Rippling cannot answer, or no longer accepts the `page_token`.
            ConfigurationError: Rippling will not answer this token.
        """
        self._ask_again()
        if page_token is None:
            return self._changed(cutoff)
        pages = self._workers({}, page_token)
        return pages if is_filtered(page_token) else only_recent(pages, cutoff)

    def everyone(self, page_token: str | None = None) -> Iterator[Page]:
        """Pages of every worker in every status, by id; `page_token` resumes a read.

        Raises:
            RetryableError: Rippling cannot answer, or no longer accepts the `page_token`.
            ConfigurationError: Rippling will not answer this token.
        """
        self._ask_again()
        return self._workers({"order_by": "id"}, page_token)

    def person_of(self, worker_id: str) -> str | None:
        """The person behind a worker id, or None where Rippling shows no such worker."""
        answer = self._record(worker_id, {})
        return person_of(answer.content) if answer else None

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        """Every employment of one person, fresh, in one call. Empty: Rippling shows none.

        What the search by person leaves out, or does not show at all, is read one by one.
        """
        search = PersonSearch(self._dialect, person_id, self._filtered_by, self._worker)
        return search.employments((worker_id, *known), found)

    def departments(self) -> list[Named]:
        """All departments."""
        return self._all("/departments/", department_of)

    def locations(self) -> list[Named]:
        """All work locations."""
        return self._all("/work-locations/", location_of)

    def checks(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        """What this API lets the token do, check by check; the first one is the sign-in."""
        return RestChecks(self._http, _refusal).checks(now, needs)

    def _workers(self, query: Mapping[str, str], page_token: str | None = None) -> Iterator[Page]:
        for answer in self._walk("/workers/", query, page_token):
            found = self._read(answer.rows, answer)
            workers = [worker for worker in found if worker]
            yield Page(workers, answer.next_link, unreadable=len(found) - len(workers))

    def _changed(self, cutoff: datetime) -> Iterator[Page]:
        """Who changed, by the first operator that is understood; else by reading everyone."""
        for operator in self._filter.operators():
            pages = self._workers(changed_since(operator, cutoff))
            try:
                first = next(pages)
            except QuestionRefusedError:
                continue
            if self._filter.is_answered(first, cutoff) or self._is_nothing(first, operator, cutoff):
                self._filter.works(operator)
                yield first
                yield from pages
                return
        yield from self._changed_of_everyone(cutoff)

    def _is_nothing(self, first: Page, operator: str, cutoff: datetime) -> bool:
        """Whether a page without rows is the answer: the same question shows the rows before."""
        if first.workers:
            return False
        before = self._filter.sure_before(cutoff)
        page = next(self._workers({**changed_since(operator, before), "limit": "1"}))
        return self._filter.is_answered(page, before)

    def _changed_of_everyone(self, cutoff: datetime) -> Iterator[Page]:
        newest = None
        for page in self._workers({"order_by": "updated_at"}):
            newest = newest_of(page, newest)
            yield without_old(page, cutoff)
        # Rows of just before that no filter showed: then it is no honest one.
        if newest and newest < cutoff - JUST_BEFORE:
            self._filter.nothing_since(newest)

    def _filtered_by(self, person_id: str) -> dict[str, Worker] | None:
        """What the filter shows of a person, or None where it shows others or is refused."""
        found: dict[str, Worker] = {}
        try:
            for page in self._workers({"filter": user_filter(person_id), "order_by": "id"}):
                if page.unreadable or any(one.person_id != person_id for one in page.workers):
                    return None
                found.update((worker.id, worker) for worker in page.workers)
        except QuestionRefusedError:
            return None
        return found

    def _worker(self, worker_id: str) -> Worker | None:
        answer = self._record(worker_id, {"expand": ""})
        return self._read([answer.content], answer)[0] if answer else None

    def _record(self, worker_id: str, query: Mapping[str, str]) -> _Answer | None:
        """One worker's record, or None where there is none."""
        if not ID.fullmatch(worker_id):
            return None
        path = f"/workers/{worker_id}/"
        response = self._ask(path, query)
        if is_unknown(response) or is_oddly_unknown(self._http, response, path, "/workers/"):
            return None
        return self._answer(response, "/workers/")

    def _all(self, path: str, read: Callable[[object], Named | None]) -> list[Named]:
        found: dict[str | None, Named] = {}
        for answer in self._walk(path, {"order_by": "id"}):
            things = [read(row) for row in answer.rows]
            found.update((thing.id, thing) for thing in things if thing)
        return list(found.values())

    def _walk(
        self, path: str, query: Mapping[str, str], page_token: str | None = None
    ) -> Iterator[_Answer]:
        """The pages of a list, from the first one or from where an earlier read was cut short."""
        asked = {"limit": self._limit, **query}
        if path == "/workers/":
            asked["expand"] = ""
        seen = {page_token}
        response = self._ask(page_token or path, None if page_token else asked)
        asked = asked_by(response.url)
        answer = self._answer(response, path).going_on(asked)
        for _ in page_numbers("Rippling", path):
            answer.require_rows()
            yield answer
            if answer.next_link is None:
                return
            if answer.next_link in seen:
                raise UpstreamUnavailableError(
                    f"Rippling's pages of {path} go round in a circle; it will be tried again"
                )
            seen.add(answer.next_link)
            answer = self._answer(self._ask(answer.next_link, None), path).going_on(asked)

    def _ask(self, path_or_url: str, query: Mapping[str, str] | None) -> Response:
        """The answer to a request; one that wants the expanded objects has `expand` in it."""
        if query is None or "expand" not in query:
            return ask(self._http, path_or_url, query)
        if self._seconds() - self._refused_at > REFUSED_LAST_SECONDS:
            self._ask_again()
        names = [name for name in self._wanted() if name not in self.refused_expands]
        for refused in _done_without(names, self._refused_before):
            response = self._ask_without(refused, names, path_or_url, query)
            if response.status_code != HTTPStatus.FORBIDDEN:
                return response
        alone = ((name, ask(self._http, path_or_url, {**query, "expand": name})) for name in names)
        hidden = [name for name, each in alone if each.status_code == HTTPStatus.FORBIDDEN]
        return self._ask_without(hidden, names, path_or_url, query)

    def _ask_without(
        self, refused: Collection[str], names: Iterable[str], path: str, query: Mapping[str, str]
    ) -> Response:
        """The answer to a request without some expands; they are remembered where that helps."""
        asked = [name for name in names if name not in refused]
        response = ask(self._http, path, {**query, "expand": ",".join(asked)})
        if response.status_code != HTTPStatus.FORBIDDEN and refused:
            self.refused_expands = (*self.refused_expands, *refused)
            self._refused_before, self._refused_at = self.refused_expands, self._seconds()
        return response

    def _ask_again(self) -> None:
        """Asks for everything: a right may have been given back."""
        self.refused_expands = ()

    def _wanted(self) -> Iterator[str]:
        yield from EXPANDS
        if self._custom_fields():
            yield "custom_fields"
        if self._compensation():
            yield "compensation"

    def _answer(self, response: Response, path: str) -> _Answer:
        if response.status_code != HTTPStatus.OK:
            raise _refusal(response, path)
        content = self._http.json_of(response)
        if not isinstance(content, dict):
            raise unreadable(path, "no object")
        link = content.get("next_link") or None
        if link is not None:
            link = self._http.link(response, str(link))
        return _Answer(path, content, withheld_fields(content), link)

    def _read(self, rows: Iterable[object], answer: _Answer) -> list[Worker | None]:
        """The workers in rows of one answer; what is wanted of them is asked once."""
        wanted, with_pay = self._custom_fields(), self._compensation()
        names = cache(self._location_name)
        return [worker_of(row, answer.withheld, names, wanted, with_pay=with_pay) for row in rows]

    def _location_name(self, location_id: str) -> str | None:
        name = self._location_names(False).get(location_id)
        return name or self._location_names(True).get(location_id)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A parsed answer; a list has rows and perhaps a next page, a record is its content."""

    path: str
    content: Mapping[str, Any]
    withheld: frozenset[str]
    next_link: str | None

    def going_on(self, asked: Mapping[str, str]) -> _Answer:
        """The answer with a next link that has all of the question, whatever a cursor keeps."""
        link = with_question(self.next_link, asked) if self.next_link else None
        return replace(self, next_link=link)

    @property
    def rows(self) -> list[object]:
        return list(self.content["results"])

    def require_rows(self) -> None:
        if not isinstance(self.content.get("results"), list):
            raise unreadable(self.path, "no list of results")


def _done_without(
    names: Collection[str], refused_before: Collection[str]
) -> Iterator[tuple[str, ...]]:
    """What may be left out of a request: nothing, what was refused last time, or one thing."""
    dispensable = [name for name in DISPENSABLE_EXPANDS if name in names]
    yield ()
    if before := tuple(name for name in dispensable if name in refused_before):
        yield before
    yield from ((name,) for name in dispensable)


def _refusal(response: Response, path: str) -> ConfigurationError | NonsenseError:
    """What a status other than 200 means; an old cursor is answered 400, too."""
    is_question = "cursor=" not in urlsplit(response.url).query
    if response.status_code == HTTPStatus.BAD_REQUEST and is_question:
        return QuestionRefusedError(
            f"Rippling does not understand the request for {path} (400), however it is put; the"
            " token may be bound to an API version that is too old: make a new one"
        )
    return refusal_of(response, path, SCOPES[path])
