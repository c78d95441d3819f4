"""Rippling's Platform API as a `Source`: which requests are made, and what their answers mean.

How a row becomes a worker is in `rippling_platform_wire`, how a request travels in `http`. No
decision about people is taken here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.adapters.http.client import HttpClient
from connector.adapters.http.pages import page_numbers
from connector.adapters.rippling.platform_checks import PlatformChecks
from connector.adapters.rippling.platform_wire import (
    Register,
    department_in_list,
    id_of,
    location_in_list,
    person_of_employee,
    worker_of_employee,
)
from connector.adapters.rippling.responses import (
    ID,
    ask,
    is_oddly_unknown,
    is_unknown,
    refusal_of,
    unreadable,
)
from connector.domain.errors import ConfigurationError, UpstreamUnavailableError
from connector.ports.rippling import Page

if TYPE_CHECKING:
    from connector.adapters.rippling.responses import CachedNames
    from connector.domain.checks import Check
    from connector.domain.facts import Named
    from connector.domain.people import Worker

EMPLOYEES_A_PAGE = 100
MOST_PASSES = 3
"""How often a list is read in one go while its rows keep moving."""

EVERYONE = "/employees/include_terminated"
PLATFORM_SCOPES: Mapping[str, str] = {
    "/employees": "employee, and employee:* for every field that is used",
    "/departments": "company and company:departments",
    "/work_locations": "company and company:workLocations",
}
NAMES_LAST_SECONDS = 600.0
"""A department that was renamed is known by its old name for no longer than this."""

NAMES_AGAIN_SECONDS = 60.0
"""However many unknown names turn up, the departments are not read more often than this."""


class RipplingPlatformSource:
    """Rippling as its Platform API shows it.

    The API cannot say what changed: every read of changes is a full read. It knows no
    legal entities, and a token that is not shown `userId` has one person for every role.

    Rows without an id are skipped and counted. `location_names` is given what reads the names, and
    True whenever an id or a name is unknown: it decides how often they are.
    `custom_fields` names the ones to keep; the others are not even looked at. `compensation` says
    whether pay is wanted; it comes without the day on which it took effect.
    """

    reads_increments = False

    def __init__(
        self,
        http: HttpClient,
        *,
        location_names: CachedNames,
        custom_fields: Callable[[], Collection[str]] | None = None,
        compensation: Callable[[], bool] | None = None,
        page_size: int = EMPLOYEES_A_PAGE,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._custom_fields = custom_fields or frozenset
        self._compensation = compensation or bool
        self._page_size = page_size
        self._departments = Register(_Lasting(self.departments, seconds).names)
        self._locations = Register(partial(location_names, self.locations))

    def changed_since(self, cutoff: datetime, page_token: str | None = None) -> Iterator[Page]:
        """Pages of everyone: what changed since `cutoff` is among them, and all the rest, too.

        Raises:
            RetryableError: Rippling cannot answer, or `page_token` is not one of this API's.
            ConfigurationError: Rippling will not answer this token.
        """
        return self.everyone(page_token)

    def everyone(self, page_token: str | None = None) -> Iterator[Page]:
        """Pages of every worker in every status, each once; `page_token` is the rows already read.

        Raises:
            RetryableError: Rippling cannot answer, or `page_token` is not one of this API's.
            ConfigurationError: Rippling will not answer this token.
        """
        for rows, following in self._walk(EVERYONE, {"send_all_roles": "true"}, page_token):
            _require_kinds(rows)
            found = [self._read(row) for row in rows]
            workers = [worker for worker in found if worker]
            yield Page(workers, following, unreadable=len(found) - len(workers))

    def person_of(self, worker_id: str) -> str | None:
        """The person behind a worker id, or None where Rippling shows no such worker."""
        row = self._record(worker_id)
        return person_of_employee(row) if row is not None else None

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        """Those of one person among `worker_id`, `known` and `found`, one call each.

        This API cannot look for a person: an unknown employment is found by a full read.
        """
        shown = (self._worker(one) for one in dict.fromkeys((worker_id, *known, *found)))
        return [worker for worker in shown if worker and worker.person_id == person_id]

    def departments(self) -> list[Named]:
        """All departments; this API shows no code of theirs."""
        return self._all("/departments", department_in_list)

    def locations(self) -> list[Named]:
        """All work locations."""
        return self._all("/work_locations", location_in_list)

    def checks(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        """What this API lets the token do, check by check; the first one is the sign-in."""
        return PlatformChecks(self._http, self._sample, _require_kinds).checks(needs)

    def _sample(self) -> list[object]:
        paging = {"limit": str(self._page_size), "offset": "0"}
        return self._rows(EVERYONE, {"send_all_roles": "true", **paging})

    def _all(self, path: str, read: Callable[[object], Named | None]) -> list[Named]:
        things = [read(row) for rows, _ in self._walk(path, {}) for row in rows]
        return [thing for thing in things if thing]

    def _worker(self, worker_id: str) -> Worker | None:
        row = self._record(worker_id)
        if row is None:
            return None
        _require_kinds([row])
        return self._read(row)

    def _read(self, row: object) -> Worker | None:
        return worker_of_employee(
            row,
            self._departments,
            self._locations,
            self._custom_fields(),
            with_pay=self._compensation(),
        )

    def _record(self, worker_id: str) -> object | None:
        """One employee's record, or None where there is none."""
        path = f"/employees/{worker_id}"
        if not ID.fullmatch(worker_id) or path == EVERYONE:
            return None
        response = ask(self._http, path)
        if is_unknown(response) or is_oddly_unknown(self._http, response, path, EVERYONE):
            return None
        if response.status_code != HTTPStatus.OK:
            raise refusal_of(response, "/employees", PLATFORM_SCOPES["/employees"])
        content: object = self._http.json_of(response)
        if not isinstance(content, dict):
            raise unreadable("/employees", "no object")
        return content

    def _walk(
        self, path: str, query: Mapping[str, str], page_token: str | None = None
    ) -> Iterator[tuple[list[object], str | None]]:
        """The rows of a list, each once, page by page, and where to go on.

        Rows that come or go shift all that follow, so that one may slip from a page not yet read
        to one already read. A pass in which that happened is read again from the beginning.
        """
        offset = _offset(page_token)
        seen: set[str] = set()
        before: set[str] = set()
        for passes_left in reversed(range(MOST_PASSES)):
            current = _Pass(path, seen)
            for rows, following in self._pages(path, query, offset, current):
                is_over = following is None
                again = is_over and passes_left > 0 and current.is_shifted and current.ids != before
                yield rows, _position(0 if again else following)
            if not again:
                return
            before, offset = current.ids, 0

    def _pages(
        self, path: str, query: Mapping[str, str], offset: int, current: _Pass
    ) -> Iterator[tuple[list[object], int | None]]:
        """One pass. Pages overlap by a row, which shows whether those before it have moved."""
        for _ in page_numbers("Rippling", path):
            paging = {"limit": str(self._page_size), "offset": str(offset)}
            rows = self._rows(path, {**query, **paging})
            fresh, is_new = current.take(rows)
            # More than was asked for is everything there is, where the next page brings no more.
            is_last = len(rows) < self._page_size or (len(rows) > self._page_size and not is_new)
            yield fresh, None if is_last else offset + len(rows)
            if is_last:
                return
            if not is_new:
                raise UpstreamUnavailableError(
                    f"Rippling's pages of {path} go round in a circle; it will be tried again"
                )
            offset += len(rows) - 1

    def _rows(self, path: str, query: Mapping[str, str]) -> list[object]:
        response = ask(self._http, path, query)
        if response.status_code != HTTPStatus.OK:
            raise refusal_of(
                response, path, PLATFORM_SCOPES["/employees" if path == EVERYONE else path]
            )
        content = self._http.json_of(response)
        if not isinstance(content, list):
            raise unreadable(path, "no list")
        return content


class _Pass:
    """One pass over a list: the ids it came across, and whether rows moved under it."""

    def __init__(self, path: str, seen: set[str]) -> None:
        self.ids: set[str] = set()
        self.is_shifted = False
        self._seen = seen
        self._last: str | None = None

    def take(self, rows: list[object]) -> tuple[list[object], bool]:
        """The rows that no pass has seen, and whether any is new to this one."""
        ids = [id_of(row) for row in rows]
        if self._last is not None and ids[:1] != [self._last]:
            self.is_shifted = True
        fresh = [row for row, id_ in zip(rows, ids, strict=True) if id_ not in self._seen]
        known = {id_ for id_ in ids if id_}
        is_new = not known <= self.ids
        self.ids |= known
        self._seen |= known
        self._last = ids[-1] if ids else None
        return fresh, is_new


class _Lasting:
    """The names in a list by id, read when first asked for and again when they are old."""

    def __init__(self, read: Callable[[], list[Named]], seconds: Callable[[], float]) -> None:
        self._read = read
        self._seconds = seconds
        self._read_at = float("-inf")
        self._names: Mapping[str, str] = {}

    def names(self, read_fresh: bool) -> Mapping[str, str]:
        """Id to name. With `read_fresh` from Rippling, unless that was done a moment ago."""
        lasting = NAMES_AGAIN_SECONDS if read_fresh else NAMES_LAST_SECONDS
        if self._seconds() - self._read_at > lasting:
            self._names = {thing.id or "": thing.name or "" for thing in self._read()}
            self._read_at = self._seconds()
        return self._names


def _require_kinds(rows: Iterable[object]) -> None:
    """Refuses rows that do not say who is a contractor: they would all pass for employees."""
    people = [row for row in rows if isinstance(row, dict)]
    if people and not any("employmentType" in row for row in people):
        raise ConfigurationError(
            "Rippling does not show the token who is an employee and who a contractor; give it"
            " the scope employee:employmentType"
        )


def _position(offset: int | None) -> str | None:
    return None if offset is None else str(offset)


def _offset(page_token: str | None) -> int:
    if page_token is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", page_token):
        raise UpstreamUnavailableError(
            "the page token of the read of Rippling cannot be used; it starts again"
        )
    return int(page_token)
