"""Payroll runs over the REST API: which requests are made, and what their answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connector.adapters.http.client import HttpClient
from connector.adapters.http.pages import page_numbers
from connector.adapters.rippling.filters import asked_by, with_question
from connector.adapters.rippling.payroll.records import read_records
from connector.adapters.rippling.payroll.wire import record_of, run_of
from connector.adapters.rippling.responses import (
    ID,
    ask,
    is_oddly_unknown,
    is_unknown,
    refusal_of,
    unreadable,
)
from connector.adapters.rippling.rest_wire import withheld_fields
from connector.adapters.rippling.values import Row, object_in, text
from connector.domain.errors import UpstreamUnavailableError
from connector.domain.facts import Named

if TYPE_CHECKING:
    from requests import Response

    from connector.domain.payroll.run import PayRecord, PayrollRun


RUNS, ENTITIES = "/payroll-runs/", "/legal-entities/"
RECORDS = "worker-payroll-records/"
ROWS_A_PAGE = {"limit": "100"}
SCOPES = {
    RUNS: "of payroll runs, the company the entitlement Global Payroll",
    ENTITIES: "legal-entities.read",
}


class RestPayrollRuns:
    """Rippling's payroll runs as its REST API shows them."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def runs(self) -> list[PayrollRun]:
        """Every run, each once."""
        found = (run_of(row) for row, _ in self._walk(RUNS, RUNS))
        return list({run.id: run for run in found if run}.values())

    def run(self, run_id: str) -> PayrollRun | None:
        """One run, or None where Rippling shows no such run."""
        if not ID.fullmatch(run_id):
            return None
        path = f"{RUNS}{run_id}/"
        response = ask(self._http, path)
        if is_unknown(response) or is_oddly_unknown(self._http, response, path, RUNS):
            return None
        run = run_of(self._content(response, RUNS))
        return run if run and run.id == run_id else None

    def records(self, run_id: str) -> list[PayRecord]:
        """What each worker is paid in a run, each record once."""
        rows = self._walk(f"{RUNS}{run_id}/{RECORDS}", RUNS)
        return read_records(rows, record_of, of_run=("run_id", run_id))

    def legal_entity(self, entity_id: str) -> Named:
        """What is shown of a legal entity; where the token may not see it, its id alone."""
        response = ask(self._http, ENTITIES, ROWS_A_PAGE)
        if response.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.PAYMENT_REQUIRED):
            return Named(entity_id, is_partial=True)
        for row, _ in self._walk(ENTITIES, ENTITIES):
            entity = object_in(row)
            if text(entity.get("id")) == entity_id:
                name = text(entity.get("legal_name"))
                return Named(entity_id, name, is_partial=name is None)
        return Named(entity_id, is_partial=True)

    def _walk(self, path: str, scope: str) -> Iterator[tuple[object, frozenset[str]]]:
        """The rows of a list, each with what its page withholds."""
        response = ask(self._http, path, ROWS_A_PAGE)
        asked, seen = asked_by(response.url), set[str]()
        for _ in page_numbers("Rippling", scope):
            content = self._content(response, scope)
            rows = content.get("results")
            if not isinstance(rows, list):
                raise unreadable(scope, "no list of results")
            withheld = withheld_fields(content)
            yield from ((row, withheld) for row in rows)
            link = content.get("next_link") or None
            if link is None:
                return
            link = with_question(self._http.link(response, str(link)), asked)
            if link in seen:
                raise UpstreamUnavailableError(
                    f"Rippling's pages of {scope} go round in a circle; it will be tried again"
                )
            seen.add(link)
            response = ask(self._http, link)

    def _content(self, response: Response, scope: str) -> Row:
        if response.status_code != HTTPStatus.OK:
            raise refusal_of(response, scope, SCOPES[scope])
        content: Any = self._http.json_of(response)
        if not isinstance(content, dict):
            raise unreadable(scope, "no object")
        return content
