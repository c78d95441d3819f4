"""The fake Rippling: its REST API over a simulated workforce.

Routing, authentication, paging and expansion live here; the people and the verbs that change
them live in `workforce`.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlencode

from tests.simulator.asking import (
    Cursors,
    QueryError,
    Question,
    Understanding,
    read_condition,
    read_question,
)
from tests.simulator.books.payroll import PayrollDepartment
from tests.simulator.books.payroll_api import NAME as PAYROLL_RUNS
from tests.simulator.books.payroll_api import payroll_answer
from tests.simulator.contracts import contracts_in
from tests.simulator.messages import Json, Request, Response, html_response, json_response
from tests.simulator.rippling_oauth import AUTHORIZE_PATH, TOKEN_PATH, AppShop
from tests.simulator.server import Server
from tests.simulator.workforce import Workforce

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.simulator.clock import Now
    from tests.simulator.control import Verb
    from tests.simulator.tables import Row

CONTRACTS = Path(__file__).parent.parent / "contracts"
CONTRACT = CONTRACTS / "rippling-rest.yaml"
PAYROLL_CONTRACT = CONTRACTS / "rippling-payroll.yaml"
DEMO_TOKEN = "demo-rippling-token"
OAUTH = "/o/"
ENTITLEMENTS = ("API_Tier_1", "API_Tier_2")


@dataclass(frozen=True)
class Link:
    """How an expandable name finds its rows: which table, and by which id field."""

    table: str
    by: str
    is_list: bool = False


@dataclass(frozen=True)
class Listing:
    """What one list of the API offers."""

    filters: frozenset[str] = frozenset()
    links: Mapping[str, Link] = field(default_factory=dict)
    has_records: bool = False


DEPARTMENT_LINKS = {
    "parent": Link("departments", "parent_id"),
    "department_hierarchy": Link("departments", "department_hierarchy_id", is_list=True),
}
COMPANY_LINKS = {
    "parent_legal_entity": Link("legal-entities", "parent_legal_entity_id"),
    "legal_entities": Link("legal-entities", "legal_entities_id", is_list=True),
}
WORKER_LINKS = {
    "user": Link("users", "user_id"),
    "manager": Link("workers", "manager_id"),
    "legal_entity": Link("legal-entities", "legal_entity_id"),
    "employment_type": Link("employment-types", "employment_type_id"),
    "compensation": Link("compensations", "compensation_id"),
    "department": Link("departments", "department_id"),
    "teams": Link("teams", "teams_id", is_list=True),
    "level": Link("levels", "level_id"),
    "custom_fields": Link("workers", "id"),
    "business_partners": Link("business-partners", "business_partners_id", is_list=True),
}
LISTINGS: Mapping[str, Listing] = {
    "workers": Listing(
        frozenset({"status", "work_email", "user_id", "created_at", "updated_at"}),
        WORKER_LINKS,
        has_records=True,
    ),
    "users": Listing(has_records=True),
    "departments": Listing(links=DEPARTMENT_LINKS, has_records=True),
    "compensations": Listing(links={"worker": Link("workers", "worker_id")}),
    "legal-entities": Listing(
        links={
            "parent": Link("legal-entities", "parent_id"),
            "company": Link("companies", "company_id"),
        },
        has_records=True,
    ),
    "work-locations": Listing(has_records=True),
    "employment-types": Listing(has_records=True),
    "custom-fields": Listing(),
    "teams": Listing(links={"parent": Link("teams", "parent_id")}, has_records=True),
    "levels": Listing(links={"parent": Link("levels", "parent_id")}, has_records=True),
    "titles": Listing(),
    "companies": Listing(links=COMPANY_LINKS),
}


class Rippling(Workforce, Server):
    """A simulated Rippling company that answers over HTTP as strictly as the real one.

    Misbehaviour is set through attributes: `ignore_filter` (filters on these fields are
    ignored), `redact` (these fields come as null with an entry in `__meta`, without one where it
    `redacts_silently`), `odd` (row id to members that are answered instead), `forbid_expand` (403),
    `understands` (which filters are understood), `forgets_question` (a cursor keeps the place and
    the order, and no filter or expand), `unknown_id` (how an id is answered that there is not),
    `relative_next_link`, `next_link_host`, `time_format`, `burst_limit` (requests a second),
    `forbid` (lists that are answered 403), `custom_field_keys` (other names for the members of a
    custom field),
    `versions` (the API versions that there are; any, where None) and `bound_version` (the one that
    counts where the header names none).
    `tokens` are the accepted bearer tokens, besides those that the `app_shop` hands out.
    """

    def __init__(
        self, clock: Now | None = None, port: int = 0, tokens: Iterable[str] = (DEMO_TOKEN,)
    ) -> None:
        Workforce.__init__(self, clock)
        Server.__init__(self, port, contracts_in(CONTRACT, PAYROLL_CONTRACT))
        self.tokens = set(tokens)
        self.app_shop = AppShop(self.clock.now)
        self.entitlements = set(ENTITLEMENTS)
        self.payroll = PayrollDepartment(self)
        self.ignore_filter: set[str] = set()
        self.understands = Understanding()
        self.custom_field_keys: dict[str, str] = {}
        self.forgets_question = False
        self.unknown_id: Literal["404", "400", "page"] = "404"
        self.redact: set[str] = set()
        self.redacts_silently = False
        self.forbid_expand: set[str] = set()
        self.odd: dict[str, Row] = {}
        self.relative_next_link = False
        self.next_link_host: str | None = None
        self.time_format: Literal["iso", "compact"] = "iso"
        self.burst_limit: int | None = None
        self.forbid: set[str] = set()
        self.versions: set[str] | None = None
        self.bound_version = "2024-08-01"
        self._cursors = Cursors()
        self._recent: deque[float] = deque()

    def verbs(self) -> Mapping[str, Verb]:
        """The verbs of an HR department, and the faults."""
        own: list[Verb] = [
            self.hire, self.rehire, self.change, self.change_user, self.move, self.relocate,
            self.change_employment_type, self.terminate, self.reactivate, self.turn_day,
            self.set_custom_field, self.touch, self.remove, self.enter_again, self.add_department,
            self.rename_department, self.change_department, self.add_location,
            self.rename_location, self.rename_legal_entity, self.rename_employment_type,
            self.add_legal_entity, self.add_employment_type, self.add_custom_field,
            self.worker, self.workers, self.numbered, self.user, self.department,
            self.accept_token, self.revoke_token,
        ]  # fmt: skip
        verbs = {verb.__name__: verb for verb in own}
        return {**super().verbs(), **self.app_shop.verbs(), **self.payroll.verbs(), **verbs}

    @property
    def token_url(self) -> str:
        """The address of the token endpoint."""
        return self.url + TOKEN_PATH

    @property
    def authorize_url(self) -> str:
        """The address where an administrator approves the app."""
        return self.url + AUTHORIZE_PATH

    def accept_token(self, token: str) -> None:
        """Accepts one more bearer token."""
        self.tokens.add(token)

    def revoke_token(self, token: str) -> None:
        """Stops accepting a bearer token."""
        self.tokens.discard(token)

    def lets_in(self, bearer: str | None) -> bool:
        """Whether a bearer token is good, an API token or one of an installation."""
        return bearer in self.tokens or self.app_shop.lets_in(bearer)

    def answer(self, request: Request) -> Response:
        """What Rippling replies to one request."""
        if request.path.startswith(OAUTH):
            return self.app_shop.answer(request)
        if not self.lets_in(request.bearer()):
            return _refusal(401, "Incorrect authentication credentials.")
        if self._is_burst():
            return _refusal(429, "Request was throttled.", {"Retry-After": "1"})
        try:
            content = self._route(request)
        except QueryError as error:
            return _refusal(error.status, error.detail)
        if content is None:
            return html_response(404, "Not Found!")
        return json_response(200, content, default=self.shown_time)

    def _checked(self, request: Request) -> Request:
        return request if request.path.startswith(OAUTH) else super()._checked(request)

    def _route(self, request: Request) -> Json | None:
        name, _, row_id = request.path.strip("/").partition("/")
        if request.method != "GET" or ("/" in row_id and name != PAYROLL_RUNS):
            return None
        version = request.headers.get("rippling-api-version", self.bound_version)
        if self.versions is not None and version not in self.versions:
            # No one has published how a version is refused.
            raise QueryError(400, f"Unsupported API version {version}")
        if name in self.forbid:
            raise QueryError(403, f"Insufficient oauth scopes to access {name}")
        with self.state_lock:
            return self._content(name, row_id, request)

    def _content(self, name: str, row_id: str, request: Request) -> Json | None:
        match name, row_id:
            case "sso-me", "":
                return self._sso_me(request)
            case "entitlements", "":
                return self._entitlements()
            case _ if name == PAYROLL_RUNS:
                tools = (self._cursors, self._link, self.shown_time)
                return payroll_answer(self.payroll, request, *tools)
            case _, "" if name in LISTINGS:
                return self._list(name, request)
            case _ if row_id and name in LISTINGS and LISTINGS[name].has_records:
                return self._record(name, row_id, request)
        return None

    def _list(self, name: str, request: Request) -> Json:
        listing = LISTINGS[name]
        question = read_question(f"/{name}/", request.query, self._cursors)
        expands = self._expands(listing, question)
        honoured = listing.filters - self.ignore_filter
        condition = read_condition(question.filter, honoured, self.understands)
        table = self.tables[name]
        # One more than asked for tells whether there is a next page.
        rows = table.page(
            question.order,
            limit=question.limit + 1,
            after=question.after,
            is_descending=question.is_descending,
            keep=condition.holds if condition else None,
            equal=condition.equality if condition else None,
        )
        has_more = len(rows) > question.limit
        rows = rows[: question.limit]
        next_link = self._next_link(question, rows[-1]) if has_more else None
        if request.is_stale:
            rows = table.page("updated_at", limit=question.limit)
        return {
            "__meta": self._meta(listing, expands),
            "results": [self._shown(row, listing, expands) for row in rows],
            "next_link": next_link,
        }

    def _record(self, name: str, row_id: str, request: Request) -> Json | None:
        listing = LISTINGS[name]
        expands = self._expands(listing, Question("", expand=request.query.get("expand", "")))
        row = self.tables[name].get(row_id)
        if row is None:
            if self.unknown_id == "page":
                return None
            raise QueryError(int(self.unknown_id), "Not found.")
        return {"__meta": self._meta(listing, expands), **self._shown(row, listing, expands)}

    def _expands(self, listing: Listing, question: Question) -> list[str]:
        known = [name for name in question.expands if name in listing.links]
        for name in known:
            if name in self.forbid_expand:
                raise QueryError(403, f"Insufficient oauth scopes to access {name}")
        return known

    def _meta(self, listing: Listing, expands: list[str]) -> Json:
        hidden = [
            {"name": name, "reason": "Insufficient permissions to access this field"}
            for name in sorted(self.redact)
            if not self.redacts_silently
            if name in expands or name not in listing.links
        ]
        return {"redacted_fields": hidden}

    def _shown(self, row: Row, listing: Listing, expands: list[str]) -> Row:
        shown = dict(row)
        for name in expands:
            shown[name] = self._expanded(name, listing.links[name], row)
        for name in self.redact:
            if name in shown:
                shown[name] = None
        return {**shown, **self.odd.get(row["id"], {})}

    def _expanded(self, name: str, link: Link, row: Row) -> Json:
        if name == "custom_fields":
            entries, keys = self.custom_values.get(row["id"], []), self.custom_field_keys
            return [{keys.get(key, key): each[key] for key in each} for each in entries]
        table = self.tables[link.table]
        if link.is_list:
            return [table[row_id] for row_id in row[link.by] or [] if row_id in table]
        return table.get(row[link.by])

    def _next_link(self, question: Question, last: Row) -> str:
        self._cursors.forgetful = self.forgets_question
        cursor = self._cursors.write(question, last)
        return self._link(f"{question.path}?{urlencode({'cursor': cursor}, quote_via=quote)}")

    def _link(self, target: str) -> str:
        if self.relative_next_link:
            return target
        return (f"https://{self.next_link_host}" if self.next_link_host else self.url) + target

    def _sso_me(self, request: Request) -> Json:
        company = next(iter(self.tables["companies"]), None)
        stamp = company["created_at"] if company else self.clock.now()
        shows_company = "company" in request.query.get("expand", "").split(",")
        return {
            "id": "000000000000000000000001",
            "created_at": stamp,
            "updated_at": stamp,
            "work_email": "integration@example.no",
            "company_id": company["id"] if company else None,
            "company": company if shows_company else None,
        }

    def _entitlements(self) -> Json:
        results = [
            {"id": name, "description": f"Access to {name}", "display_name": name}
            for name in sorted(self.entitlements)
        ]
        return {"__meta": {"redacted_fields": []}, "results": results, "next_link": None}

    def _is_burst(self) -> bool:
        if self.burst_limit is None:
            return False
        with self.state_lock:
            now = time.monotonic()
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            self._recent.append(now)
            return len(self._recent) > self.burst_limit


def _refusal(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return json_response(status, {"detail": detail}, headers)
