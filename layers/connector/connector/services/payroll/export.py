"""The service behind `connector payroll`: which runs there are, what would be sent, and sending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from connector.domain.errors import ConfigurationError, ConflictError
from connector.domain.payroll.exports import Export, RunExports
from connector.domain.records.ledger import ANSWER_SECONDS
from connector.domain.records.mode import ModeName
from connector.ports.clock import Clock
from connector.ports.cursors import Leases
from connector.ports.payroll.exports import ExportLog
from connector.services.operate.json_types import JsonObject
from connector.services.payroll.overview import PayrollOverview
from connector.services.payroll.preparation import Preparation, Prepared, RunNotShownError
from connector.services.payroll.sending import RUN_SECONDS, Sending, Sent, Wish
from connector.services.payroll.settlement import NOT_SHOWN, left_of, without_begun
from connector.services.payroll.told import export_of, plan_of
from connector.services.payroll.unanswered import companies_with_batches


@dataclass(frozen=True, slots=True)
class PayrollExport:
    """Plans and exports runs; only a live connector sends anything."""

    preparation: Preparation
    exports: ExportLog
    leases: Leases
    clock: Clock
    mode: ModeName
    answer_seconds: float = ANSWER_SECONDS

    def overview(self, company: str = "") -> list[JsonObject]:
        """The runs that Rippling shows, and what was exported of each; no amounts.

        Raises:
            ConfigurationError: the export is off, or the token may not see payroll runs.
            RetryableError: Rippling did not answer.
        """
        return PayrollOverview(self.preparation, self.exports).rows(company)

    def carried_out(self, *, is_plan: bool, **asked: Any) -> JsonObject:
        """A plan or an export, as plain data; `asked` are the members of a `Wish`."""
        wish = Wish(**asked)
        return plan_of(*self.plan(wish)) if is_plan else export_of(*self.export(wish))

    def plan(self, wish: Wish) -> tuple[Prepared, RunExports]:
        """What would be sent, and what is known of the run; nothing is sent.

        Raises:
            ConfigurationError: there is no such run, or it is of no company that exports any.
            RetryableError: a system did not answer.
        """
        prepared = self._prepared(wish)
        return prepared, self.exports.of_run(prepared.company, prepared.run.id)

    def export(self, wish: Wish) -> tuple[Prepared, list[Sent]]:
        """Enters the batches of a run on hold, each once.

        Raises:
            ConfigurationError: with everything that stands in the way; nothing was sent.
            UnknownOutcomeError: Visma did not answer, and may still enter a batch.
            RefusedError: Visma says no.
            RetryableError: a system did not answer, or another export is under way.
        """
        if self.mode is not ModeName.LIVE:
            state = "off" if self.mode is ModeName.OFF else "in rehearsal"
            raise ConfigurationError(
                f"the connector is {state}, so that nothing is sent: `connector payroll export"
                f" {wish.run} --plan` shows what would be"
            )
        prepared = self._prepared(wish)
        with self._alone_in(prepared.company):
            sending = Sending(
                wish,
                prepared,
                self.preparation.journals.of(prepared.company),
                self.exports,
                self.clock,
                self.preparation.ledger.key,
                self.answer_seconds,
            )
            sent = sending.carried_out()
            if prepared.run.state == NOT_SHOWN:
                prepared = without_begun(prepared, self.exports)
            return prepared, sent

    def _prepared(self, wish: Wish) -> Prepared:
        """The run; what was made of it in another company is in the way of a second batch here."""
        mapping = self.preparation.mappings.load()
        try:
            prepared = self.preparation.prepare(wish.run, wish.company, wish.booked_on)
        except RunNotShownError:
            ledger = self.preparation.ledger
            return left_of(wish.run, wish.company, mapping, self.exports, ledger)
        if wish.is_corrected:
            return prepared
        told = [
            f"run {prepared.run.id} was exported to {company}, as {currency} batch"
            f" {export.number or export.key}, before it was one of {prepared.company}: delete or"
            " reverse that batch there, then `--corrected` makes one here"
            for company in companies_with_batches(self.exports, mapping.companies)
            if company != prepared.company
            for currency, export in self._made_in(company, prepared.run.id)
        ]
        return replace(prepared, problems=(*told, *prepared.problems))

    def _made_in(self, company: str, run: str) -> list[tuple[str, Export]]:
        return sorted(self.exports.of_run(company, run).by_currency.items())

    @contextmanager
    def _alone_in(self, company: str) -> Iterator[None]:
        """Keeps every other export of a company away."""
        with self.leases.lease(f"payroll {company}", RUN_SECONDS) as is_held:
            if not is_held:
                raise ConflictError(
                    f"an export of payroll runs of {company} is under way: try again in a few"
                    " minutes"
                )
            yield
