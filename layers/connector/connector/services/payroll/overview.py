"""Which payroll runs Rippling shows, of which company they are, and what was exported of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from connector.domain.mapping.model import MappingFile
from connector.domain.payroll.exports import RunExports
from connector.domain.payroll.run import PayrollRun
from connector.ports.payroll.exports import ExportLog
from connector.services.operate.json_types import JsonObject
from connector.services.payroll.preparation import Preparation, must_be_on
from connector.services.payroll.settlement import NOT_SHOWN
from connector.services.payroll.unanswered import companies_with_batches

UNCLAIMED = "-"
"""In place of the company of a run whose legal entity no company claims."""

NOT_ASKED = "NOT ASKED"
"""The state of a run of which there are batches, where no company exports payroll runs any more."""


@dataclass(frozen=True, slots=True)
class PayrollOverview:
    """The service behind `connector payroll runs`; no record of any worker is read for it."""

    preparation: Preparation
    exports: ExportLog

    def rows(self, wanted: str = "") -> list[JsonObject]:
        """The runs, the latest check date first, and what was made of runs no longer shown.

        What was made in a company that left the mapping, or exports no more, is among it. Where no
        company exports any, Rippling is not asked.

        Raises:
            ConfigurationError: the export is off and no batch is known, or the token may not see
                payroll runs.
            RetryableError: Rippling did not answer.
        """
        mapping = self.preparation.mappings.load()
        exporting = [company for company, rules in mapping.companies.items() if rules.payroll]
        known = self._known(exporting)
        if not known:
            must_be_on(mapping)
        runs = self.preparation.runs.runs() if exporting else ()
        companies = self._companies(mapping, runs)
        gone = _gone(known.keys(), runs, NOT_SHOWN if exporting else NOT_ASKED)
        rows = [
            _row(run, made, is_exporting=made.company in exporting)
            for run in (*sorted(runs, key=_newest_first), *gone)
            for made in known.get(run.id) or [_nothing_of(run, companies)]
        ]
        return [
            row for row in rows if wanted in ("", row["company"]) or row["company"] == UNCLAIMED
        ]

    def _known(self, exporting: Iterable[str]) -> dict[str, list[RunExports]]:
        """The batches by run: one that has changed hands may have some in several companies."""
        known: dict[str, list[RunExports]] = defaultdict(list)
        for company in companies_with_batches(self.exports, exporting):
            for made in self.exports.of_company(company):
                if made.by_currency:
                    known[made.run].append(made)
        return known

    def _companies(self, mapping: MappingFile, runs: Iterable[PayrollRun]) -> Mapping[str, str]:
        """The company of each legal entity, where one claims it."""
        claimant = self.preparation.ownership.claimant
        of_entity = {run.legal_entity: run for run in runs if run.legal_entity}
        found = {entity: claimant(run, mapping) for entity, run in of_entity.items()}
        return {entity: company for entity, company in found.items() if company}


def _gone(known: Collection[str], runs: Iterable[PayrollRun], state: str) -> list[PayrollRun]:
    """The runs of which there are batches and which were not read."""
    return [PayrollRun(run, state) for run in sorted(set(known) - {run.id for run in runs})]


def _nothing_of(run: PayrollRun, companies: Mapping[str, str]) -> RunExports:
    return RunExports(companies.get(run.legal_entity or "", UNCLAIMED), run.id)


def _newest_first(run: PayrollRun) -> tuple[int, str]:
    day = run.check_date or run.end
    return (-day.toordinal() if day else 0, run.id)


def _row(run: PayrollRun, exports: RunExports, *, is_exporting: bool) -> JsonObject:
    return {
        "run": run.id,
        "company": exports.company,
        "is_exporting": is_exporting,
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
            for currency, export in sorted(exports.by_currency.items())
        ],
    }
