"""Whether Visma's books can take a batch: period, accounts, ledger, segments, branch, currency."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.domain.catalogue import Catalogue
from connector.domain.mapping.rules.payroll import PayrollRules
from connector.domain.payroll.batch import Batch
from connector.ports.payroll.journal import Chart, FinancialPeriod, LedgerShown


@dataclass(frozen=True, slots=True)
class BooksCheck:
    """What a company's books have, beside what the mapping and a run want of them."""

    company: str
    rules: PayrollRules
    chart: Chart
    catalogue: Catalogue
    segments: Collection[int]
    cost_centre_segment: int

    def ledger(self, problems: list[str]) -> LedgerShown:
        """The ledger that is posted to."""
        actual = [ledger for ledger in self.chart.ledgers if ledger.is_actual]
        wanted = self.rules.ledger
        found = [one for one in actual if wanted in (None, one.number)]
        if len(found) == 1:
            return found[0]
        numbers = ", ".join(one.number for one in actual) or "none"
        problems.append(
            f"Visma ({self.company}) has no ledger {wanted} for what really happens; it has"
            f" {numbers}: correct `ledger`"
            if wanted
            else f"Visma ({self.company}) has these ledgers for what really happens: {numbers};"
            " name one as `ledger` under `payroll` in the mapping"
        )
        return LedgerShown("", "", True)

    def period(self, day: date, problems: list[str]) -> str:
        """The period of a day, where it is open; the next open one is offered and never taken."""
        holding = [one for one in self.chart.periods if one.first <= day <= one.last]
        # A period of a single day is one for adjustments; of two that meet the later one is meant.
        period = max(holding, key=lambda one: (one.first < one.last, one.first), default=None)
        if period is None:
            problems.append(f"Visma ({self.company}) has no financial period for {day}")
            return ""
        if not period.is_open:
            state = "closed in the general ledger" if period.is_active else "not active"
            problems.append(
                f"period {period.key} of {self.company} is {state}{self._next_open(period)}"
            )
        return period.key

    def _next_open(self, period: FinancialPeriod) -> str:
        later = (one for one in self.chart.periods if one.first > period.last and one.is_open)
        following = min(later, key=lambda one: one.first, default=None)
        if following is None:
            return ""
        return (
            f": have it opened in Visma, or say `--booked-on {following.first}`, which is in the"
            " next open one"
        )

    def rate(self, batch: Batch, ledger: LedgerShown, problems: list[str]) -> Decimal | None:
        """The exchange rate of a batch; None in the currency of the ledger."""
        if batch.currency == ledger.currency:
            return None
        rate = self.rules.currencies.get(batch.currency)
        if rate is None and ledger.number:
            problems.append(
                f"{batch.currency} is not the currency of ledger {ledger.number}"
                f" ({ledger.currency or 'not shown'}), and the mapping has no rate for it: add one"
                " to `currencies`"
            )
        return rate

    def standing_problems(self) -> Iterator[str]:
        """What is wrong with the settings, whatever the run."""
        if not self.catalogue.has_branch(self.rules.branch):
            yield f"Visma ({self.company}) has no active branch {self.rules.branch}"
        named = {int(number) for number in self.rules.neutral}
        for number in sorted(set(self.segments) - named):
            yield (
                f"a sub-account of {self.company} has a segment {number}: give its neutral value"
                " under `neutral`"
            )
        for number in sorted(named - set(self.segments)):
            yield f"a sub-account of {self.company} has no segment {number}: take it from `neutral`"
        own = self.rules.neutral.get(str(self.cost_centre_segment))
        centres: Mapping[str, str | None] = {
            "neutral": own,
            "small_cost_centres": self.rules.small_cost_centres,
        }
        for name, centre in centres.items():
            if centre and not self.catalogue.has_cost_centre(centre):
                yield f"{name}: cost centre {centre} is not active in Visma ({self.company})"

    def account_problems(self, batches: Collection[Batch]) -> Iterator[str]:
        """Which of the accounts that are used cannot take a line."""
        for number in sorted({line.account for batch in batches for line in batch.lines}):
            state = self.chart.accounts.get(number)
            if state is None:
                yield f"Visma ({self.company}) has no account {number}"
            elif not state.is_active:
                yield f"account {number} of {self.company} is not active"
            elif not state.takes_entries:
                yield f"account {number} of {self.company} takes no lines that are entered"
