"""Which payroll runs Rippling shows, of which company they are, and what was exported of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.domain.facts import Named, shown
from connector.domain.mapping.model import MappingFile
from connector.domain.payroll.exports import RunExports
from connector.domain.payroll.run import PayrollRun
from connector.ports.payroll.exports import ExportLog
from connector.services.operate.json_types import JsonObject
from connector.services.payroll.preparation import Preparation, must_be_on
from connector.services.payroll.settlement import NOT_SHOWN

NEVER = "-"


@dataclass(frozen=True, slots=True)
class PayrollOverview:
    """The service behind `connector payroll runs`; no record of any worker is read for it."""

    preparation: Preparation
    exports: ExportLog

    def rows(self, wanted: str = "") -> list[JsonObject]:
        """The runs, the latest check date first, and what was made of runs no longer shown.

        Raises:
            ConfigurationError: the export is off, or the token may not see payroll runs.
            RetryableError: Rippling did not answer.
        """
        mapping = self.preparation.mappings.load()
        must_be_on(mapping)
        runs = self.preparation.runs.runs()
        companies = self._companies(mapping, {run.legal_entity for run in runs})
        known = {
            each.run: each
            for company, rules in mapping.companies.items()
            if rules.payroll
            for each in self.exports.of_company(company)
        }
        shown = {run.id for run in runs}
        gone = [PayrollRun(run, NOT_SHOWN) for run in sorted(known.keys() - shown)]
        rows = [
            _row(run, _company_of(run, companies, known), known.get(run.id))
            for run in (*sorted(runs, key=_newest_first), *gone)
        ]
        return [row for row in rows if wanted in ("", row["company"]) or row["company"] == NEVER]

    def _companies(self, mapping: MappingFile, entities: set[str | None]) -> Mapping[str, str]:
        """The company of each legal entity, where one claims it."""
        read = self.preparation.runs.legal_entity
        found = {one: _claimant(mapping, read(one)) for one in entities if one}
        return {entity: company for entity, company in found.items() if company}


def _claimant(mapping: MappingFile, entity: Named) -> str | None:
    return shown(mapping.company_of(entity))


def _company_of(
    run: PayrollRun, companies: Mapping[str, str], known: Mapping[str, RunExports]
) -> str:
    if run.id in known:
        return known[run.id].company
    return companies.get(run.legal_entity or "", NEVER)


def _newest_first(run: PayrollRun) -> tuple[int, str]:
    day = run.check_date or run.end
    return (-day.toordinal() if day else 0, run.id)


def _row(run: PayrollRun, company: str, exports: RunExports | None) -> JsonObject:
    batches = exports.by_currency.items() if exports else ()
    return {
        "run": run.id,
        "company": company,
        "state": run.state,
        "type": run.type,
        "from": str(run.start or ""),
        "to": str(run.end or ""),
        "check_date": str(run.check_date or ""),
        "batches": [
            {
                "currency": currency,
                "number": export.number,
                "key": export.key,
                "revision": export.revision,
                "stage": export.stage.value,
            }
            for currency, export in sorted(batches)
        ],
    }
