"""How a company wants payroll runs in its books: accounts, dates, and how fine the lines are.

The settings alone: what becomes of a run by them is made in `domain/payroll`.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from connector.domain.mapping.base import Code, Currency, Key, MappingModel, one_text

MOST_ACCOUNTS = 500
MOST_SEGMENTS = 20
RATE = re.compile(r"\d{1,9}(\.\d{1,8})?", re.ASCII)

REIMBURSEMENT = "REIMBURSE"
"""In the category of an earning that pays an expense back, which is no labour cost."""


class Kind(StrEnum):
    """What an amount of a payroll run is."""

    EARNINGS = "earnings"
    EMPLOYER_TAXES = "employer_taxes"
    EMPLOYER_CONTRIBUTIONS = "employer_contributions"
    EMPLOYEE_TAXES = "employee_taxes"
    EMPLOYEE_DEDUCTIONS = "employee_deductions"
    GARNISHMENTS = "garnishments"
    NET_PAY = "net_pay"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.replace("_", " ")

    @property
    def is_cost(self) -> bool:
        """Whether the company bears it: it is debited, by cost centre."""
        return self in COSTS

    @property
    def is_owed_besides(self) -> bool:
        """Whether the company owes it to someone else than the worker."""
        return self in (Kind.EMPLOYER_TAXES, Kind.EMPLOYER_CONTRIBUTIONS)


COSTS = frozenset({Kind.EARNINGS, Kind.EMPLOYER_TAXES, Kind.EMPLOYER_CONTRIBUTIONS})

Lines: TypeAlias = Literal["folded", "cost_centre", "person"]
"""A line a cost centre, those of few people folded; the same unfolded; a line a person."""


def _rate(value: Any) -> Decimal:
    text = one_text(value)
    if not RATE.fullmatch(text) or not Decimal(text):
        raise ValueError("write what one unit of the currency is worth, such as 11.53")
    return Decimal(text)


Rate = Annotated[
    Decimal, BeforeValidator(_rate), PlainSerializer(lambda rate: f"{rate:f}", return_type=str)
]
Segment = Annotated[str, Field(pattern=r"^([1-9]|1[0-9]|20)$")]


def spoken(category: str | None, code: str | None) -> str:
    """Of which category and code something is, in words; empty where neither is said."""
    said = [f"category {category}"] if category else []
    return ", ".join([*said, *([f"code {code}"] if code else [])])


class AccountRule(MappingModel):
    """Where amounts of a kind are posted: of a category or a code alone, where these are named."""

    kind: Kind
    category: Key | None = None
    code: Key | None = None
    account: Code
    owed: Code | None = None
    by_cost_centre: bool = True
    lines: Lines | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> AccountRule:
        if self.kind.is_owed_besides and self.owed is None:
            raise ValueError("owed: name the account on which the company owes it")
        if not self.kind.is_owed_besides and self.owed is not None:
            raise ValueError(f"owed: {self.kind.label} have no second account")
        if self.category is not None and self.kind is not Kind.EARNINGS:
            raise ValueError("category: only earnings have one")
        return self

    @property
    def identity(self) -> Hashable:
        """What the row is for."""
        return self.kind, plain(self.category), plain(self.code)

    @property
    def label(self) -> str:
        """How the row is called in a message."""
        said = spoken(self.category, self.code)
        return f"{self.kind.label} of {said}" if said else self.kind.label

    def fits(self, kind: Kind, category: str, code: str) -> bool:
        """Whether it is for such an amount; an expense paid back has to be named."""
        if self.kind is not kind:
            return False
        is_named = self.category is not None or self.code is not None
        if not is_named and REIMBURSEMENT in plain(category):
            return False
        return all(
            wanted is None or plain(wanted) == plain(given)
            for wanted, given in ((self.category, category), (self.code, code))
        )

    @property
    def exactness(self) -> int:
        """How exactly it says what it is for: a code more than a category."""
        return (self.code is not None) * 2 + (self.category is not None)


class PayrollRules(MappingModel):
    """What the controller decides about payroll runs in one company."""

    branch: Code
    ledger: Code | None = None
    neutral: dict[Segment, Code] = Field(min_length=1, max_length=MOST_SEGMENTS)
    accounts: tuple[AccountRule, ...] = Field(min_length=1, max_length=MOST_ACCOUNTS)
    dated: Literal["period_end", "check_date"] = "period_end"
    lines: Lines = "folded"
    small_cost_centres: Code | None = None
    currency: Currency | None = None
    currencies: dict[Currency, Rate] = Field(default_factory=dict, max_length=50)
    employer_taxes: tuple[Key, ...] = Field(default=(), max_length=MOST_ACCOUNTS)

    @field_validator("accounts")
    @classmethod
    def _rows_speak_once(cls, rows: tuple[AccountRule, ...]) -> tuple[AccountRule, ...]:
        seen: set[Hashable] = set()
        for row in rows:
            if row.identity in seen:
                raise ValueError(f"more than one row is for {row.label}; keep one of them")
            seen.add(row.identity)
        return rows

    def account(self, kind: Kind, category: str, code: str) -> AccountRule | None:
        """The row that says most exactly where an amount is posted; None where none does."""
        fitting = (row for row in self.accounts if row.fits(kind, category, code))
        return max(fitting, key=lambda row: row.exactness, default=None)

    def is_employer_tax(self, code: str) -> bool:
        """Whether a tax of which Rippling does not say who pays it is the employer's."""
        return plain(code) in map(plain, self.employer_taxes)


def plain(word: str | None) -> str:
    """The form in which categories and codes are compared; empty where there is none."""
    return (word or "").strip().upper()
