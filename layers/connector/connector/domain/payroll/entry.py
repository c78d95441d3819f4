"""A batch as it is entered in Visma's journal, the key by which it is found, and what is found.

How either looks on the wire is not known here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connector.domain.mapping.rules.payroll import PayrollRules
from connector.domain.payroll.batch import Batch, Line
from connector.domain.payroll.money import NOTHING

KEY_BEGINS = "RP"
KEY_LENGTH = 15
"""As much as a reference number of Visma is known to hold."""

ON_HOLD = "Hold"
GENERAL_LEDGER = "GL"


def key_of(run: str, company: str, currency: str, revision: int) -> str:
    """The key of one batch, the same whenever it is made; the revision tells corrections apart."""
    text = json.dumps(["payroll run", run, company, currency, revision])
    digest = base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()
    return KEY_BEGINS + digest[: KEY_LENGTH - len(KEY_BEGINS)]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line with the value of every segment of its sub-account, by the segment's number."""

    account: str
    segments: Mapping[int, str]
    text: str
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What is sent: one batch on hold. `rate` is None in the currency of the ledger itself."""

    key: str
    description: str
    branch: str
    ledger: str
    period: str
    day: date
    currency: str
    lines: tuple[EntryLine, ...]
    rate: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """The sum of the debits, which is that of the credits."""
        return sum((line.debit for line in self.lines), NOTHING)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of a batch in Visma, as far as it tells whose the batch is."""

    reference: str
    account: str
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """A batch in Visma, its lines merged from wherever they were shown."""

    number: str
    module: str
    status: str
    description: str
    currency: str
    lines: tuple[FoundLine, ...] = field(default=())

    def has(self, key: str) -> bool:
        """Whether it is the one with this key: in the header, or on a line where that was edited.

        A key stands alone; one within a longer word is another's.
        """
        if self.module != GENERAL_LEDGER:
            return False
        in_header = re.search(rf"(?<![A-Z0-9]){re.escape(key)}(?![A-Z0-9])", self.description)
        return bool(in_header) or any(line.reference == key for line in self.lines)

    @property
    def total(self) -> Decimal:
        """The sum of the debits that are shown."""
        return sum((line.debit for line in self.lines), NOTHING)

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it will ever be posted: it was emptied, or voided."""
        return not self.lines or self.status == "Voided"

    def differences(self, *, is_same_total: bool, lines: int, currency: str) -> tuple[str, ...]:
        """What is otherwise than it was sent, in words and without an amount."""
        credit = sum((line.credit for line in self.lines), NOTHING)
        told = {
            "its total": is_same_total,
            "its balance": self.total == credit,
            "its number of lines": len(self.lines) == lines,
            "its currency": self.currency == currency,
            f"its status, which is {self.status or 'not shown'},": self.status == ON_HOLD,
        }
        return tuple(what for what, is_same in told.items() if not is_same)


def segments_of(line: Line, rules: PayrollRules, cost_centre_segment: int) -> dict[int, str]:
    """The value of each segment that the mapping names: the cost centre in its own, if any."""
    neutral = {int(number): value for number, value in rules.neutral.items()}
    own = {} if line.cost_centre is None else {cost_centre_segment: line.cost_centre}
    return {**neutral, **own}


def lines_of(batch: Batch, rules: PayrollRules, cost_centre_segment: int) -> tuple[EntryLine, ...]:
    """The lines of a batch as they are entered."""
    return tuple(
        EntryLine(
            line.account,
            segments_of(line, rules, cost_centre_segment),
            line.text,
            line.debit,
            line.credit,
        )
        for line in batch.lines
    )
