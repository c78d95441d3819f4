"""One company of Visma.net ERP: which requests are made, and what their answers mean.

Shapes are in `wire`, the sign-in is in `sign_in`, the way of a request in `adapters/http`. Nothing
is decided about people here, and no write is ever sent twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from connector.adapters.dialect import Dialect
from connector.adapters.http.client import HttpClient, media_type
from connector.adapters.http.pages import page_numbers
from connector.adapters.visma.absence import MISSING, Absence, is_fault
from connector.adapters.visma.addressing import (
    EMPLOYEES,
    code_given,
    made_under,
    path_of_employee,
    under_code,
)
from connector.adapters.visma.probe import single_reads
from connector.adapters.visma.refusals import is_page, raise_for_access, refused
from connector.adapters.visma.versions import NONE, Versions, condition, denies, moved_on
from connector.adapters.visma.wire import (
    Segment,
    VismaRow,
    branches_of,
    departments_of,
    employee_key_of,
    employee_of,
    failure_of,
    is_full,
    listing_of,
    sample_of,
    segment_values_of,
    segments_of,
    total_of,
    wrapped,
)
from connector.domain.catalogue import Department, EmployeeKey, Part, canonical, is_a_step
from connector.domain.employees import DIMENSION, IDENTITY, Employee, Fields, Written, written_to
from connector.domain.errors import (
    ConfigurationError,
    ConflictError,
    NonsenseError,
    RefusedError,
    UnknownOutcomeError,
)

if TYPE_CHECKING:
    from requests import Response

    from connector.ports.visma import Listing, Sample, SingleReads

VENDOR = "Visma"
RENAME = "/v1/employee/action/changeEmployeeCd"
PAGE_SIZE = 500
FIRST_PAGE = {"pageNumber": "1", "pageSize": "100"}


class VismaTarget:
    """One company of Visma.net ERP."""

    def __init__(
        self,
        company: str,
        http: HttpClient,
        headers: Callable[[], Mapping[str, str]] = dict,
        sign_in: Callable[[], tuple[str, ...]] = tuple,
        dialect: Dialect | None = None,
    ) -> None:
        self._company = company
        self._sign_in = sign_in
        self._http = http
        self._headers = headers
        self._segments: tuple[Segment, ...] | None = None
        dialect = dialect or Dialect(f"visma {company}")
        self._versions = Versions(dialect, self.read)
        self._absence = Absence(dialect, self._ask, lambda: self._list(EMPLOYEES, FIRST_PAGE))

    def read(self, code: str) -> Employee | None:
        """The employee with this code, or None.

        Raises:
            RetryableError: Visma cannot answer.
            ConfigurationError: Visma will not answer this client.
        """
        if is_a_step(code):
            return None
        response = self._ask(path_of_employee(code))
        if self._absence.is_told_by(response, code):
            return None
        row = self._content(response, dict)
        employee = employee_of(row, response.headers.get("ETag"))
        if employee is None:
            raise self._unreadable(response)
        is_same = canonical(employee.code) == canonical(code)
        return employee if is_same else under_code(code, employee)

    def create(self, code: str, fields: Fields) -> Written:
        """Creates the employee. The code that Visma really gave is in the answer.

        Raises:
            RefusedError: Visma says no, and will say no again.
            UnknownOutcomeError: it may or may not have been created: look before trying again.
            RetryableError: nothing was written.
            ConfigurationError: Visma does not let this client write.
        """
        filled = {path: value for path, value in fields.items() if value.strip()}
        body = {"employeeCd": {"value": code}, **wrapped(filled)}
        what = f"create employee {code}"
        response = self._write("POST", EMPLOYEES, body, what)
        if response.status_code != HTTPStatus.CREATED:
            raise self._unconfirmed(response, what)
        given = code_given(response.headers.get("Location", ""), code)
        if given is None or canonical(given) != canonical(code):
            made = made_under(code, given, filled, self.read)
            if made is None:
                raise self._unconfirmed(response, what)
            return made
        return self._versions.after(given, response.headers.get("ETag"), filled)

    def update(self, code: str, fields: Fields, *, identity: Fields, etag: str | None) -> Written:
        """Writes the given fields if the employee still is at version `etag`, where one is known.

        Raises:
            ConflictError: someone else changed the employee; nothing was written.
            RefusedError: Visma says no, and will say no again.
            UnknownOutcomeError: it may or may not have been written: look before trying again.
            RetryableError: nothing was written.
            ConfigurationError: Visma does not let this client write.
        """
        repeated = {path: identity[path] for path in IDENTITY if identity.get(path)}
        sent = {**repeated, **fields}
        body = wrapped(sent)
        what = f"update employee {code}"
        response = self._put(code, body, what, etag)
        if response.status_code != HTTPStatus.NO_CONTENT:
            return self._updated(code, response, what, sent, etag)
        return self._versions.after(code, response.headers.get("ETag"), sent)

    def _put(self, code: str, body: VismaRow, what: str, etag: str | None) -> Response:
        """The answer to an update, conditional in the form that this company takes."""
        path = path_of_employee(code)
        if etag is None:
            return self._write("PUT", path, body, what)
        form = self._versions.form_for(code, etag)
        if form == NONE and not self._versions.is_still_at(code, etag):
            raise ConflictError(moved_on(what, self._company))
        try:
            response = self._write("PUT", path, body, what, condition(etag, form))
        except ConflictError:
            self._versions.is_refused(code, etag, form)
            raise
        self._versions.is_taken(code, form)
        return response

    def _updated(
        self, code: str, response: Response, what: str, sent: Fields, etag: str | None
    ) -> Written:
        """What was written, where Visma answers with the employee: any other answer proves nothing.

        Raises:
            UnknownOutcomeError: the answer is not this very employee, or shows it not done.
        """
        if response.status_code != HTTPStatus.OK:
            raise self._unconfirmed(response, what)
        try:
            row = self._http.json_of(response)
        except NonsenseError:
            raise self._unconfirmed(response, what) from None
        version = response.headers.get("ETag")
        employee = employee_of(row, version) if isinstance(row, dict) else None
        is_it = employee is not None and canonical(employee.code) == canonical(code)
        if employee is None or not is_it or denies(employee, sent, etag):
            raise self._unconfirmed(response, what)
        return written_to(code, sent, employee)

    def _unconfirmed(self, response: Response, what: str) -> UnknownOutcomeError:
        return UnknownOutcomeError(
            f"Visma did not confirm that it did {what} in {self._company} (status"
            f" {response.status_code}, {media_type(response)}); look there before trying again"
        )

    def rename(self, employee_id: int, new_code: str) -> None:
        """Gives an employee another code, with Visma's own action; a 200 can carry a failure.

        Raises:
            RefusedError: Visma says no, or has not done it yet.
            UnknownOutcomeError: it may or may not have been done: look before trying again.
        """
        path, what = f"{RENAME}/{employee_id}", f"rename employee {employee_id} to {new_code}"
        response = self._write("POST", path, {"employeeNr": new_code}, what)
        try:
            answer = self._http.json_of(response)
        except NonsenseError:
            raise self._unconfirmed(response, what) from None
        result = answer.get("actionResult") if isinstance(answer, dict) else None
        if result != "Done":
            word = result if result in ("Queued", "InProcess", "Failed") else "nothing usable"
            raise RefusedError(
                f"Visma answered {word} when asked to {what} in {self._company}",
                status=response.status_code,
            )

    def catalogue(
        self, parts: Iterable[Part], cost_centre_segment: int | None
    ) -> Mapping[Part, Any]:
        """Some parts of the company's catalogue, one call each.

        Departments alone may cost a second call, for the lengths of the segments. Without a
        segment there are no cost centres, and departments come without theirs.

        Raises:
            RetryableError: Visma cannot answer.
            ConfigurationError: Visma will not answer this client, or has no such segment.
        """
        readers: dict[Part, Callable[[], Any]] = {
            # Cost centres first: with them come the lengths that the departments need.
            Part.COST_CENTRES: lambda: self._cost_centres(cost_centre_segment),
            Part.DEPARTMENTS: lambda: self._departments(cost_centre_segment),
            Part.BRANCHES: lambda: branches_of(self._whole_list("/v1/branch")),
            Part.EMPLOYEE_KEY: self._employee_key,
        }
        wanted = set(parts)
        return {part: read() for part, read in readers.items() if part in wanted}

    def employees(self) -> Iterator[Employee]:
        """Every employee of the company, once."""
        return (employee for page, _ in self._employee_pages() for employee in page)

    def all_employees(self) -> Listing:
        """The same at once; rows may be lost between pages, which the totals of the pages tell."""
        return listing_of(self._employee_pages())

    def _employee_pages(self) -> Iterator[tuple[Collection[Employee], float]]:
        """The employees that each page adds, and how many it says there are in all."""
        seen: set[str] = set()
        for page in page_numbers(VENDOR, EMPLOYEES):
            rows = self._list(EMPLOYEES, {"pageNumber": str(page), "pageSize": str(PAGE_SIZE)})
            found = (employee for employee in map(employee_of, rows) if employee)
            new = {one.code: one for one in found if one.code not in seen}
            yield new.values(), (total := total_of(rows))
            seen.update(new)
            # Behind the last page Visma may give an empty one, or the last one over again.
            if not new or (len(seen) >= total and not is_full(rows, PAGE_SIZE)):
                return

    def sign_in(self) -> tuple[str, ...]:
        """Signs in again; the rights that were asked for and not given, where Visma says so.

        Raises:
            RetryableError: the sign-in does not answer.
            ConfigurationError: Visma does not know the client or has not approved it.
        """
        return self._sign_in()

    def segments(self) -> dict[int, str]:
        """The segments of a sub-account, by number, with their names."""
        found = segments_of(self._subaccount("false"))
        return {segment.number: segment.name for segment in found}

    def sample(self) -> Sample:
        """What the first page of employees tells of the company, and of the calls left."""
        response = self._get(EMPLOYEES, FIRST_PAGE)
        rows = [row for row in self._content(response, list) if isinstance(row, dict)]
        return sample_of(rows, response.headers)

    def single_reads(self, first: Employee | None) -> SingleReads:
        """How the company answers about the first employee, and about one that cannot exist."""
        return single_reads(first, self._ask, lambda it: self._content(it, dict), self._absence)

    def _departments(self, cost_centre_segment: int | None) -> dict[str, Department]:
        if cost_centre_segment is None:
            return departments_of(self._whole_list("/v1/department"), (), 0)
        if self._segments is None:
            self._learn(self._subaccount("false"), cost_centre_segment)
        segments = self._segments or ()
        return departments_of(self._whole_list("/v1/department"), segments, cost_centre_segment)

    def _cost_centres(self, segment: int | None) -> dict[str, bool]:
        if segment is None:
            return {}
        dimension = self._subaccount("true")
        self._learn(dimension, segment)
        return segment_values_of(dimension, segment)

    def _employee_key(self) -> EmployeeKey:
        """The form of a code; unknown where Visma has no such dimension, however it says so."""
        response = self._get(f"/v1/dimension/{DIMENSION}", is_final=is_fault)
        is_absent = response.status_code in MISSING and not is_page(response)
        return employee_key_of(
            {} if is_absent or is_fault(response) else self._content(response, dict)
        )

    def _learn(self, subaccount: VismaRow, wanted: int) -> None:
        """Remembers how a sub-account is put together."""
        segments = segments_of(subaccount)
        if segments and wanted not in {segment.number for segment in segments}:
            known = ", ".join(f"{segment.number} ({segment.name})" for segment in segments)
            raise ConfigurationError(
                f"company {self._company} has no SUBACCOUNT segment {wanted}; it has {known}:"
                " correct cost_centre_segment in the mapping"
            )
        self._segments = segments

    def _subaccount(self, values: str) -> VismaRow:
        """How sub-accounts are put together, empty where Visma says that the company has none."""
        response = self._get("/v1/dimension/SUBACCOUNT", {"expandSegmentsValues": values})
        if response.status_code == HTTPStatus.NOT_FOUND and not is_page(response):
            return {}
        content: VismaRow = self._content(response, dict)
        return content

    def _list(self, path: str, query: Mapping[str, str] | None = None) -> list[VismaRow]:
        rows: list[Any] = self._content(self._get(path, query), list)
        return [row for row in rows if isinstance(row, dict)]

    def _whole_list(self, path: str) -> list[VismaRow]:
        """A list that Visma gives in one piece, and further pages where it says there are more."""
        rows = self._list(path)
        total = total_of(rows)
        for read in page_numbers(VENDOR, path):
            if total == float("inf") or len(rows) >= total:
                break
            query = {"pageNumber": str(read + 1)}
            more = [row for row in self._list(path, query) if row not in rows]
            if not more:
                break
            rows += more
        return rows

    def _get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        is_final: Callable[[Response], bool] | None = None,
    ) -> Response:
        response = self._http.get(path, query, self._headers(), is_final=is_final)
        raise_for_access(response, self._company)
        return response

    def _ask(self, path: str) -> Response:
        """The answer about one employee: a fault with a reason is one."""
        return self._get(path, is_final=is_fault)

    def _content(self, response: Response, kind: type) -> Any:
        if response.status_code != HTTPStatus.OK:
            raise self._unreadable(response)
        content = self._http.json_of(response)
        if not isinstance(content, kind):
            raise self._unreadable(response)
        return content

    def _write(
        self,
        method: str,
        path: str,
        body: VismaRow,
        what: str,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        response = self._http.write(
            method,
            path,
            body,
            {**self._headers(), **(headers or {})},
            refusal=lambda answer: self._refusal_in_a_fault(answer, what),
        )
        if not response.ok:
            self._raise_for_failed_write(response, method, what)
        return response

    def _raise_for_failed_write(self, response: Response, method: str, what: str) -> NoReturn:
        raise_for_access(response, self._company)
        status = response.status_code
        if status == HTTPStatus.PRECONDITION_FAILED:
            raise ConflictError(moved_on(what, self._company))
        if is_page(response) or (status == HTTPStatus.NOT_FOUND and method == "POST"):
            raise self._unreadable(response)
        raise refused(response, what, self._company)

    def _refusal_in_a_fault(self, response: Response, what: str) -> RefusedError | None:
        is_fault = response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        is_business = is_fault and failure_of(response.content).is_business
        return refused(response, what, self._company) if is_business else None

    def _unreadable(self, response: Response) -> NonsenseError:
        parts = urlsplit(response.url)
        return NonsenseError(
            f"Visma answered {parts.netloc}{parts.path} of company {self._company} with status"
            f" {response.status_code} and nothing usable ({media_type(response)}); it will be tried"
            " again. If it stays so, check the base URL"
        )
