"""The fake Rippling once more: its older Platform API over the same simulated company.

Only routing, paging and what a token may see live here; the people, their tokens and the verbs
that change them are those of the `Rippling` it stands beside.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tests.simulator import platform_shapes as shapes
from tests.simulator.asking import QueryError
from tests.simulator.books.payroll_api import platform_record, platform_run
from tests.simulator.contracts import contracts_in
from tests.simulator.messages import Json, Request, Response, html_response, json_response
from tests.simulator.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.simulator.control import Verb
    from tests.simulator.rippling import Rippling
    from tests.simulator.tables import Row

CONTRACTS = Path(__file__).parent.parent / "contracts"
CONTRACT = CONTRACTS / "rippling-platform.yaml"
PAYROLL_CONTRACT = CONTRACTS / "rippling-platform-payroll.yaml"
MOST_ROWS = 100
LISTS = {
    "departments": ("departments", shapes.department),
    "work_locations": ("work-locations", shapes.work_location),
    "custom_fields": ("custom-fields", shapes.custom_field),
}


class RipplingPlatform(Server):
    """The Platform API of a simulated Rippling company.

    Misbehaviour is set through attributes: `withheld` (members that the token's scopes do not
    show, so that they are absent), `hidden` (workers whom the application's access rules hide
    unless all roles are asked for), `shows_payroll` (whether the token's scopes include payroll
    runs), `ignores_paging` (every list comes whole), `time_format`, `department_shown` (its id
    stands where its name is published), `nickname_member` (how the name of a work location is
    spelled), `number_form`, `leaves_out_nulls` (what is null is absent), `unknown_id` (how an id is
    answered that there is not), and `between_pages`: what happens, one by one, after each page of
    employees, so that rows shift under a walk.
    """

    def __init__(self, rippling: Rippling, port: int = 0) -> None:
        super().__init__(port, contracts_in(CONTRACT, PAYROLL_CONTRACT))
        self.rippling = rippling
        self.withheld: set[str] = set()
        self.hidden: set[str] = set()
        self.shows_payroll = True
        self.ignores_paging = False
        self.time_format: Literal["iso", "compact"] = "compact"
        self.department_shown: Literal["name", "id"] = "name"
        self.nickname_member = shapes.NICKNAME
        self.number_form: type[int | str] = int
        self.leaves_out_nulls = False
        self.unknown_id: Literal["404", "400", "page"] = "404"
        self.between_pages: deque[Callable[[], object]] = deque()

    def verbs(self) -> Mapping[str, Verb]:
        """The faults, and what the scopes of the token leave out."""
        own: list[Verb] = [self.withhold, self.show_everything]
        return {**super().verbs(), **{verb.__name__: verb for verb in own}}

    def withhold(self, names: list[str]) -> None:
        """Shows employees without these members."""
        self.withheld |= set(names)

    def show_everything(self) -> None:
        """Shows employees with all their members."""
        self.withheld.clear()

    def answer(self, request: Request) -> Response:
        """What Rippling replies to one request."""
        if not self.rippling.lets_in(request.bearer()):
            return _refusal(401, "Incorrect authentication credentials.")
        try:
            with self.rippling.state_lock:
                content = self._route(request)
        except QueryError as error:
            return _refusal(error.status, error.detail)
        if content is None:
            return html_response(404, "Not Found!")
        response = json_response(200, content)
        if request.path.startswith("/employees") and self.between_pages:
            self.between_pages.popleft()()
        return response

    def _route(self, request: Request) -> Json | None:
        match request.path.strip("/").split("/") if request.method == "GET" else ():
            case ["employees"] | ["employees", "include_terminated"]:
                return self._page(request, self._employees(request))
            case ["employees", worker_id]:
                return self._employee(worker_id)
            case [name] if name in LISTS:
                table, shape = LISTS[name]
                return self._page(request, [shape(row) for row in self._rows(table)])
            case ["payroll_runs", *rest]:
                return self._payroll(request, rest)
            case ["companies", "current"]:
                return self._company()
        return None

    def _employees(self, request: Request) -> list[Row]:
        with_terminated = request.path.rstrip("/").endswith("/include_terminated")
        shows_all = with_terminated and request.query.get("send_all_roles") == "true"
        return [
            row
            for row in self._rows("workers")
            if (with_terminated or row["status"] == "ACTIVE")
            and (shows_all or row["id"] not in self.hidden)
        ]

    def _page(self, request: Request, rows: list[Row]) -> Json:
        offset = _count(request, "offset", 0)
        limit = _count(request, "limit", MOST_ROWS)
        if not 1 <= limit <= MOST_ROWS:
            raise QueryError(400, f"limit must be a number from 1 to {MOST_ROWS}")
        page = rows if self.ignores_paging else rows[offset : offset + limit]
        is_people = request.path.startswith("/employees")
        return [self._shown(row) for row in page] if is_people else page

    def _employee(self, worker_id: str) -> Json:
        row = self.rippling.tables["workers"].get(worker_id)
        if row is None:
            if self.unknown_id == "page":
                return None
            raise QueryError(int(self.unknown_id), "Not found.")
        return self._shown(row)

    def _shown(self, row: Row) -> Json:
        shape = self._reworded(shapes.employee(self.rippling, row, self._time))
        shown = {**shape, **self.rippling.odd.get(row["id"], {})}
        return {
            name: value
            for name, value in shown.items()
            if name not in self.withheld and not (value is None and self.leaves_out_nulls)
        }

    def _reworded(self, shape: shapes.Shape) -> shapes.Shape:
        """An employee in the words of this tenant."""
        nickname = shape.pop(shapes.NICKNAME)
        number = shape["employeeNumber"]
        shape["employeeNumber"] = None if number is None else self.number_form(number)
        if self.department_shown == "id":
            shape["department"] = shape["departmentId"]
        return {**shape, self.nickname_member: nickname}

    def _payroll(self, request: Request, rest: list[str]) -> Json | None:
        if not self.shows_payroll:
            raise QueryError(403, "Insufficient oauth scopes to access payroll_runs")
        runs, number = self.rippling.payroll.by_id, request.query.get("EIN")
        match rest:
            case []:
                shown = [platform_run(run, self._time) for run in runs.values()]
                return self._page(request, [run for run in shown if number in (None, run["ein"])])
            case [run_id, "employees"] if run_id in runs:
                role, records = request.query.get("role"), runs[run_id].records
                return [platform_record(one) for one in records if role in (None, one.worker_id)]
            case [_, "employees"]:
                raise QueryError(404, "Not found.")
        return None

    def _rows(self, table: str) -> list[Row]:
        """In the order of their ids, which no one has promised."""
        return self.rippling.tables[table].page("id", limit=1_000_000)

    def _company(self) -> Json:
        company = next(iter(self.rippling.tables["companies"]), None)
        return {"id": company["id"], "name": company["name"]} if company else None

    def _time(self, value: Any) -> str:
        if not isinstance(value, datetime):
            raise TypeError(f"{value!r} has no form in JSON")
        if self.time_format == "compact":
            return value.strftime("%Y-%m-%dT%H:%M:%S+0000")
        return value.isoformat(timespec="microseconds")


def _count(request: Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise QueryError(400, f"{name} must be a number")
    return int(text)


def _refusal(status: int, detail: str) -> Response:
    return json_response(status, {"detail": detail})
