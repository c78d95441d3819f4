"""What was exported of payroll runs, in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.errors import ConflictError
from connector.domain.payroll.exports import RunExports

if TYPE_CHECKING:
    from collections.abc import Iterator


class InMemoryExportLog:
    """The rows by company and run."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], RunExports] = {}

    def of_run(self, company: str, run: str) -> RunExports:
        return self.rows.get((company, run), RunExports(company, run))

    def of_company(self, company: str) -> Iterator[RunExports]:
        return (each for (key, _), each in list(self.rows.items()) if key == company)

    def companies(self) -> list[str]:
        return sorted({company for company, _ in self.rows})

    def save(self, exports: RunExports) -> RunExports:
        key = exports.company, exports.run
        if self.of_run(*key).version != exports.version:
            raise ConflictError("someone else was exporting the same run")
        self.rows[key] = replace(exports, version=exports.version + 1)
        return self.rows[key]
