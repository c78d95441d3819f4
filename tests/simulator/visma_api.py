"""The endpoints of the fake Visma.net ERP API, over the registers of one company.

Tokens, limits and sockets are not here; every function gets a request that may be served.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote
from uuid import uuid4

from tests.simulator.company import Company, Department, story
from tests.simulator.dimensions import (
    Dimension,
    RefusedError,
    Segment,
    Version,
    change_values,
    show_dimension,
    show_segment,
)
from tests.simulator.employees import Employee, sent_fields
from tests.simulator.messages import Json, Request, Response, json_response
from tests.simulator.visma_lists import changed, paged
from tests.simulator.visma_shapes import show_branch, show_department, show_subaccount


class Manners:
    """How this Visma behaves where the real one is configured or its behaviour is unknown."""

    def __init__(self) -> None:
        self.on_duplicate = 400
        self.missing_status = 404
        self.require_contact_members = False
        self.max_page_size = 1000
        self.location_host: str | None = None
        self.location_names: Literal["code", "b64", "nothing"] = "code"
        self.shows_version: Literal[
            "strong", "weak", "bare", "packed", "in the body", "nowhere"
        ] = "strong"
        self.takes_version: Literal["quoted", "bare", "none"] = "quoted"
        self.total_count: Literal["right", "zero", "absent"] = "right"
        self.answers_update: Literal[200, 204] = 204
        self.has_employee_key = True


@dataclass(frozen=True)
class Visit:
    """One request that has passed the door: whose company, and by which manners."""

    company: Company
    request: Request
    manners: Manners
    home: str

    def wants(self, name: str) -> bool:
        """Whether a boolean query parameter is on."""
        return self.request.query.get(name, "").lower() == "true"


Endpoint = Callable[..., Response]
Routes = list[tuple[str, re.Pattern[str], Endpoint]]


def serve(visit: Visit, more: Routes | None = None) -> Response:
    """The answer of the endpoint that the request is for, one of here or one of `more`."""
    for method, pattern, endpoint in ROUTES + (more or []):
        match = pattern.fullmatch(visit.request.path)
        if match and method == visit.request.method:
            keys = {name: _decoded(text) for name, text in match.groupdict().items()}
            try:
                _refuse_foreign_members(visit.request)
                return endpoint(visit, **keys)
            except RefusedError as refusal:
                return json_response(refusal.status, {"message": refusal.message})
    return json_response(404, {"message": "No resource was found at this address."})


def list_employees(visit: Visit) -> Response:
    """GET /v1/employee."""
    rows = changed(visit, visit.company.employees())
    return json_response(200, paged(visit, rows))


def read_employee(visit: Visit, code: str) -> Response:
    """GET /v1/employee/{employeeCd}."""
    employee = _employee(visit, code)
    row = {**employee.row}
    if visit.manners.shows_version == "nowhere":
        del row["timeStamp"]
    return json_response(200, row, etag(visit, employee.version))


def create_employee(visit: Visit) -> Response:
    """POST /v1/employee."""
    body = visit.request.body
    code = str(body["employeeCd"].get("value", ""))
    if visit.company.find_employee(code):
        reason = f"'Employee' '{code}' exists already."
        text = story("inserting", "Employee", "EmployeeCd", reason)
        raise RefusedError(text, visit.manners.on_duplicate)
    employee = visit.company.create_employee(code, sent_fields(body))
    return created(visit, f"employee/{employee.code}", employee.version)


def update_employee(visit: Visit, code: str) -> Response:
    """PUT /v1/employee/{employeeCd}."""
    employee = _employee(visit, code)
    if stale := precondition(visit, employee.version):
        return stale
    fields = sent_fields(visit.request.body)
    if visit.manners.require_contact_members:
        for name in ("lastName", "email"):
            if not fields.get(f"contact.{name}"):
                raise RefusedError(story("updating", "Employee", name, f"'{name}' is required."))
    visit.company.update_employee(employee, fields)
    if visit.manners.answers_update == 200:
        headers = etag(visit, employee.version)
        return json_response(200, employee.row, headers, applied=True)
    return updated(visit, employee.version)


def rename_employee(visit: Visit, internal_id: str) -> Response:
    """POST /v1/employee/action/changeEmployeeCd/{internalId}: a 200 can carry a failure."""
    action = {"actionId": str(uuid4())}
    try:
        visit.company.rename_employee(int(internal_id), str(visit.request.body["employeeNr"]))
    except RefusedError as refusal:
        return json_response(
            200, {**action, "actionResult": "Failed", "errorInfo": refusal.message}
        )
    return json_response(200, {**action, "actionResult": "Done", "errorInfo": ""})


def list_departments(visit: Visit) -> Response:
    """GET /v1/department."""
    company = visit.company
    rows = [show_department(company, one) for one in company.departments.values()]
    return json_response(200, changed(visit, rows))


def read_department(visit: Visit, code: str) -> Response:
    """GET /v1/department/{departmentId}."""
    department = _department(visit, code)
    shown = show_department(visit.company, department)
    return json_response(200, shown, etag(visit, department.version))


def create_department(visit: Visit) -> Response:
    """POST /v1/department."""
    body = visit.request.body
    code = str(body.get("departmentId", "")).strip().upper()
    if not code or code in visit.company.departments:
        reason = f"'Department' '{code}' exists already or is empty."
        text = story("inserting", "Department", "DepartmentID", reason)
        raise RefusedError(text, visit.manners.on_duplicate)
    department = _write_department(visit.company, code, body)
    return created(visit, f"department/{department.code}", department.version)


def update_department(visit: Visit, code: str) -> Response:
    """PUT /v1/department/{departmentId}."""
    known = _department(visit, code)
    if stale := precondition(visit, known.version):
        return stale
    written = _write_department(visit.company, known.code, visit.request.body)
    return updated(visit, written.version)


def list_branches(visit: Visit) -> Response:
    """GET /v1/branch."""
    rows = [show_branch(one) for one in visit.company.branches.values()]
    return json_response(200, changed(visit, rows))


def read_branch(visit: Visit, code: str) -> Response:
    """GET /v1/branch/{branchNumber}."""
    branch = visit.company.branches.get(code)
    return json_response(200, show_branch(branch or missing(visit, "Branch")))


def list_dimensions(visit: Visit) -> Response:
    """GET /v1/dimension."""
    return json_response(200, list(visit.company.dimensions))


def read_dimension(visit: Visit, code: str) -> Response:
    """GET /v1/dimension/{dimensionId}."""
    if code.upper() == "EMPLOYEE" and not visit.manners.has_employee_key:
        missing(visit, "Dimension")
    with_values = visit.wants("expandSegmentsValues")
    return json_response(200, show_dimension(_dimension(visit, code), with_values=with_values))


def read_segment(visit: Visit, code: str, segment: str) -> Response:
    """GET /v1/dimension/{dimensionId}/{segmentId}."""
    dimension, found = _segment(visit, code, segment)
    return json_response(200, show_segment(dimension, found), etag(visit, found.version))


def update_segment(visit: Visit, code: str, segment: str) -> Response:
    """PUT /v1/dimension/{dimensionId}/{segmentId}."""
    _, found = _segment(visit, code, segment)
    if stale := precondition(visit, found.version):
        return stale
    body = visit.request.body
    change_values(found, body.get("segmentValues", []), visit.company.version)
    found.description = str(body.get("description", {}).get("value", found.description))
    return updated(visit, found.version)


def list_subaccounts(visit: Visit) -> Response:
    """GET /v1/subaccount."""
    wanted = visit.request.query.get("active")
    rows = [
        show_subaccount(visit.company, one)
        for one in visit.company.subaccounts.values()
        if wanted is None or one.is_active == visit.wants("active")
    ]
    return json_response(200, paged(visit, changed(visit, rows)))


def _refuse_foreign_members(request: Request) -> None:
    wrong = [str(one) for one in request.violations if one.place == "body"]
    if request.method != "GET" and (wrong or request.body is None):
        what = request.path.split("/")[2].title()
        reason = "; ".join(wrong) or "The body is not JSON."
        raise RefusedError(f"VismaId: {uuid4()}. Error updating the {what}. {reason}")


def _employee(visit: Visit, code: str) -> Employee:
    return visit.company.find_employee(code) or missing(visit, "Employee")


def _department(visit: Visit, code: str) -> Department:
    return visit.company.departments.get(code.strip().upper()) or missing(visit, "Department")


def _dimension(visit: Visit, code: str) -> Dimension:
    return visit.company.dimensions.get(code.upper()) or missing(visit, "Dimension")


def _segment(visit: Visit, code: str, number: str) -> tuple[Dimension, Segment]:
    dimension = _dimension(visit, code)
    return dimension, dimension.segments.get(int(number)) or missing(visit, "Segment")


def missing(visit: Visit, what: str) -> Any:
    """Refuses, as there is no such record."""
    text = f"VismaId: {uuid4()}. The {what} cannot be found in the system."
    raise RefusedError(text, visit.manners.missing_status)


def etag(visit: Visit, version: Version) -> dict[str, str]:
    """The header that names a version, in the form that this Visma gives it."""
    shown = {
        "strong": f'"{version.stamp}"',
        "weak": f'W/"{version.stamp}"',
        "bare": version.stamp,
        "packed": f'"{version.stamp}-gzip"',
    }
    etag = shown.get(visit.manners.shows_version)
    return {"ETag": etag} if etag else {}


def precondition(visit: Visit, version: Version) -> Response | None:
    """The refusal of a change that builds on another version."""
    wanted = visit.request.headers.get("if-match")
    taken = {"quoted": f'"{version.stamp}"', "bare": version.stamp}
    if wanted in (None, "*", taken.get(visit.manners.takes_version)):
        return None
    return json_response(412, {"message": "The record has been changed since it was read."})


def created(visit: Visit, place: str, version: Version, api: str = "v1") -> Response:
    """The answer to a create, with the address of the new record."""
    host = visit.manners.location_host
    kind, _, code = place.partition("/")
    named = {"code": code, "b64": f"b64({base64.urlsafe_b64encode(code.encode()).decode()})"}
    path = f"{kind}/{named.get(visit.manners.location_names, '')}".rstrip("/")
    headers = {"Location": f"{f'https://{host}' if host else visit.home}/{api}/{path}"}
    return json_response(201, {}, {**headers, **etag(visit, version)}, applied=True)


def updated(visit: Visit, version: Version) -> Response:
    """The answer to a change."""
    return Response(204, headers=etag(visit, version), applied=True)


def _write_department(company: Company, code: str, body: Mapping[str, Json]) -> Department:
    segments = {
        int(one.get("segmentId", 0)): str(one.get("segmentValue", ""))
        for one in body.get("expenseSubaccount", [])
    }
    description = body.get("description", {}).get("value")
    return company.write_department(
        code, description, body.get("expenseAccount", {}).get("value"), segments
    )


def _decoded(text: str) -> str:
    """A key from a path: percent-encoded, or in Visma's own `b64(...)` form."""
    plain = unquote(text)
    if match := re.fullmatch(r"b64\((.+)\)", plain):
        padded = match[1] + "=" * (-len(match[1]) % 4)
        try:
            return base64.urlsafe_b64decode(padded).decode()
        except (binascii.Error, UnicodeDecodeError):
            return plain
    return plain


def compiled(
    table: Iterable[tuple[str, str, Endpoint]],
) -> Routes:
    """Routes whose paths are patterns."""
    return [(method, re.compile(path), endpoint) for method, path, endpoint in table]


ROUTES = compiled(
    [
        ("GET", "/v1/employee", list_employees),
        ("POST", "/v1/employee", create_employee),
        (
            "POST",
            r"/v1/employee/action/changeEmployeeCd/(?P<internal_id>\d+)",
            rename_employee,
        ),
        ("GET", "/v1/employee/(?P<code>[^/]+)", read_employee),
        ("PUT", "/v1/employee/(?P<code>[^/]+)", update_employee),
        ("GET", "/v1/department", list_departments),
        ("POST", "/v1/department", create_department),
        ("GET", "/v1/department/(?P<code>[^/]+)", read_department),
        ("PUT", "/v1/department/(?P<code>[^/]+)", update_department),
        ("GET", "/v1/branch", list_branches),
        ("GET", "/v1/branch/(?P<code>[^/]+)", read_branch),
        ("GET", "/v1/dimension", list_dimensions),
        ("GET", "/v1/dimension/(?P<code>[^/]+)", read_dimension),
        ("GET", r"/v1/dimension/(?P<code>[^/]+)/(?P<segment>\d+)", read_segment),
        ("PUT", r"/v1/dimension/(?P<code>[^/]+)/(?P<segment>\d+)", update_segment),
        ("GET", "/v1/subaccount", list_subaccounts),
    ]
)
