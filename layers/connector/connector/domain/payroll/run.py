"""A payroll run as Rippling shows it, whichever API it came by, and whether its sums are right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connector.domain.mapping.rules.payroll import Kind
from connector.domain.payroll.money import NOTHING, is_whole, unit_of
from connector.domain.records.digests import DigestKey

READY = ("APPROVED", "PAID")
"""The states in which a run is what will be, or was, paid."""

TAKEN = (Kind.EMPLOYEE_TAXES, Kind.EMPLOYEE_DEDUCTIONS, Kind.GARNISHMENTS)
"""What lies between gross and net pay."""


@dataclass(frozen=True, slots=True)
class PayrollRun:
    """One run; `legal_entity` is its id in Rippling, None where the API does not say."""

    id: str
    state: str
    type: str = ""
    check_date: date | None = None
    start: date | None = None
    end: date | None = None
    legal_entity: str | None = None
    country: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether its amounts are final as far as its state tells."""
        return self.state in READY

    @property
    def days(self) -> tuple[date, date] | None:
        """The days that it pays for; the check date alone where it names none."""
        end = self.end or self.check_date
        return None if end is None else (min(self.start or end, end), end)


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount of a worker's pay; `kind` is None for a tax of which no one says who pays it."""

    kind: Kind | None
    value: Decimal = field(repr=False)
    category: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class PayRecord:
    """What one worker is paid in a run. `summary` are the sums that Rippling shows beside it."""

    id: str
    worker_id: str
    currency: str
    gross: Decimal = field(repr=False)
    net: Decimal = field(repr=False)
    amounts: tuple[Amount, ...] = field(repr=False)
    summary: Mapping[Kind, Decimal] = field(default_factory=dict, repr=False)

    def sum_of(self, kind: Kind) -> Decimal:
        """All amounts of a kind together."""
        return sum((each.value for each in self.amounts if each.kind is kind), NOTHING)

    def faults(self) -> Iterator[str]:
        """What does not add up, without the amounts."""
        unit = unit_of(self.currency)
        values = (self.gross, self.net, *(each.value for each in self.amounts))
        if not all(is_whole(value, unit) for value in values):
            yield f"an amount has more decimals than {self.currency} has"
        if self.sum_of(Kind.EARNINGS) != self.gross:
            yield "gross pay is not the sum of the earnings"
        if self.gross - sum(map(self.sum_of, TAKEN), NOTHING) != self.net:
            yield (
                "net pay is not gross pay less employee taxes, employee deductions and garnishments"
            )
        for kind, shown in self.summary.items():
            if shown != self.sum_of(kind):
                yield f"the {kind.label} are not the sum that is shown for them"


def content_digest(run: PayrollRun, records: Iterable[PayRecord], key: DigestKey) -> str:
    """What tells the content of a run from another's, whatever the order; no state of it counts."""
    rows = sorted(
        [
            each.id,
            each.worker_id,
            each.currency,
            _text(each.gross),
            _text(each.net),
            sorted(
                [one.kind or "", one.category, one.code, _text(one.value)] for one in each.amounts
            ),
        ]
        for each in records
    )
    days = [str(day) for day in (run.start, run.end, run.check_date)]
    return key.mac(json.dumps([run.id, days, rows]), 32)


def _text(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
