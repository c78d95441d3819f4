"""Which accounts of a ledger hold labour cost, and of which kind.

By the controller's own ranges first, then by the number in the authorities' standard chart, else by
the account's own number. The charts are those of the Norwegian standard accounts (class 5) and of
the Swedish BAS chart (class 7). Contra accounts and refunds are part of `OTHER`, so that a group
that nets towards zero does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.domain.mapping.rules.labour import Chart, KindWord, Labour


class CostKind(StrEnum):
    """What labour cost is made of."""

    WAGES = "wages"
    HOLIDAY_PAY = "holiday pay"
    CONTRIBUTION = "employer's contribution"
    PENSION = "pension"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `public_code` is its number in the standard chart, where the company has it."""

    number: str
    public_code: str = ""
    description: str = ""


WORDS: Mapping[KindWord, CostKind | None] = {
    "wages": CostKind.WAGES,
    "holiday_pay": CostKind.HOLIDAY_PAY,
    "contribution": CostKind.CONTRIBUTION,
    "pension": CostKind.PENSION,
    "other": CostKind.OTHER,
    "none": None,
}

CODE_DIGITS = 4

# The narrower range stands before the wider one.
CHARTS: Mapping[Chart, tuple[tuple[int, int, CostKind], ...]] = {
    "norway": (
        (5092, 5092, CostKind.HOLIDAY_PAY),
        (5180, 5180, CostKind.HOLIDAY_PAY),
        (5000, 5199, CostKind.WAGES),
        (5420, 5420, CostKind.PENSION),
        (5400, 5499, CostKind.CONTRIBUTION),
        (5942, 5944, CostKind.PENSION),
        (5950, 5950, CostKind.PENSION),
        (5200, 5999, CostKind.OTHER),
    ),
    "sweden": (
        (7090, 7099, CostKind.HOLIDAY_PAY),
        (7290, 7299, CostKind.HOLIDAY_PAY),
        (7000, 7299, CostKind.WAGES),
        (7400, 7499, CostKind.PENSION),
        (7500, 7599, CostKind.CONTRIBUTION),
        (7300, 7699, CostKind.OTHER),
    ),
}

ACCRUALS: Mapping[Chart, tuple[tuple[int, int], ...]] = {
    "norway": ((5090, 5090),),
    "sweden": ((7011, 7019), (7211, 7219), (7221, 7229)),
}
"""Accounts of wages that are accrued and not paid yet."""

OWED = (2900, 2999)
"""Where an accrual is owed, in either chart; contributions and tax due have groups of their own."""


@dataclass(frozen=True, slots=True)
class LabourAccounts:
    """The accounts of a company that hold labour cost."""

    kinds: Mapping[str, CostKind]
    accruals: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()
    """Accounts on which accruals belong on the other side."""

    @classmethod
    def of(cls, accounts: Iterable[Account], labour: Labour) -> LabourAccounts:
        """What a company's accounts are by its settings."""
        found = {account.number: account for account in accounts}
        kinds = {number: kind_of(account, labour) for number, account in found.items()}
        return cls(
            {number: kind for number, kind in kinds.items() if kind},
            frozenset(
                number
                for number, account in found.items()
                if kinds[number] is CostKind.WAGES and _is_among(account, ACCRUALS[labour.chart])
            ),
            frozenset(number for number, account in found.items() if _is_among(account, (OWED,))),
        )

    def kind(self, number: str) -> CostKind | None:
        """What an account holds; None where it is no labour cost."""
        return self.kinds.get(number)


def kind_of(account: Account, labour: Labour) -> CostKind | None:
    """What an account holds; None where it holds no labour cost."""
    for each in labour.accounts:
        if each.has(account.number):
            return WORDS[each.kind]
    code = code_of(account)
    ranges = CHARTS[labour.chart] if code is not None else ()
    return next((kind for first, last, kind in ranges if first <= (code or 0) <= last), None)


def code_of(account: Account) -> int | None:
    """The standard number: the public code, else the account's own; a short one is a group's."""
    text = (account.public_code or account.number).strip()[:CODE_DIGITS]
    return int(text.ljust(CODE_DIGITS, "0")) if text.isascii() and text.isdigit() else None


def _is_among(account: Account, ranges: Iterable[tuple[int, int]]) -> bool:
    code = code_of(account)
    return code is not None and any(first <= code <= last for first, last in ranges)
