"""Payroll runs over the Platform API: which requests are made, and what their answers mean."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.adapters.http.client import HttpClient
from connector.adapters.http.pages import page_numbers
from connector.adapters.rippling.payroll.records import read_records
from connector.adapters.rippling.payroll.wire import platform_record_of, platform_run_of
from connector.adapters.rippling.responses import ID, ask, refusal_of, unreadable
from connector.domain.errors import ConfigurationError
from connector.domain.facts import Named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.payroll.run import PayRecord, PayrollRun

RUNS = "/payroll_runs"
RUNS_A_PAGE = 100
SCOPES = "employee and employee:payroll"


class PlatformPayrollRuns:
    """Rippling's payroll runs as its Platform API shows them: without legal entity and currency."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def runs(self) -> list[PayrollRun]:
        """Every run, each once."""
        found: dict[str, PayrollRun] = {}
        for page in page_numbers("Rippling", RUNS):
            offset = str((page - 1) * RUNS_A_PAGE)
            rows = self._rows(RUNS, {"limit": str(RUNS_A_PAGE), "offset": offset})
            runs = [run for run in map(platform_run_of, rows) if run]
            is_new = any(run.id not in found for run in runs)
            found.update((run.id, run) for run in runs)
            if not is_new or len(rows) < RUNS_A_PAGE:
                break
        return list(found.values())

    def run(self, run_id: str) -> PayrollRun | None:
        """One run: this API shows none by itself, so that the list is looked through."""
        return next((run for run in self.runs() if run.id == run_id), None)

    def records(self, run_id: str) -> list[PayRecord]:
        """What each worker is paid in a run, each record once."""
        if not ID.fullmatch(run_id):
            raise ConfigurationError(f"there is no payroll run {run_id[:40]!a}")
        rows = self._rows(f"{RUNS}/{run_id}/employees", {})
        pairs = ((row, ()) for row in rows)
        return read_records(pairs, lambda row, _: platform_record_of(row), of_run=("run", run_id))

    def legal_entity(self, entity_id: str) -> Named:
        """Its id alone."""
        return Named(entity_id, is_partial=True)

    def _rows(self, path: str, query: Mapping[str, str]) -> list[object]:
        response = ask(self._http, path, query)
        if response.status_code != HTTPStatus.OK:
            raise refusal_of(response, RUNS, SCOPES)
        content = self._http.json_of(response)
        if not isinstance(content, list):
            raise unreadable(RUNS, "no list")
        return content
