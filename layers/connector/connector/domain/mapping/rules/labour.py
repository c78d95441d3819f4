"""How a company's labour cost stands in its ledger: accounts, rates, tolerance, other currencies.

What a company leaves out is not estimated: no rate is guessed, for a wrong one looks like a
difference. Nothing is compared here (see `domain/books`).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from connector.domain.mapping.base import (
    AMOUNT,
    Amount,
    Code,
    Currency,
    MappingModel,
    Whole,
    one_text,
)

MOST_RANGES = 200
FEWEST_CALLS, MOST_CALLS = 20, 20_000

Chart: TypeAlias = Literal["norway", "sweden"]
KindWord: TypeAlias = Literal["wages", "holiday_pay", "contribution", "pension", "other", "none"]
"""What an account holds; `none` takes it out of the labour accounts."""


def _number(value: object) -> Decimal:
    text = one_text(value)
    if not AMOUNT.fullmatch(text):
        raise ValueError("write a number such as 14.1, with a dot and without separators")
    return Decimal(text)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


Rate = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(ge=0, le=100, decimal_places=4),
    PlainSerializer(_plain, return_type=str),
]
"""So many percent."""
Exchange = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(gt=0, le=1_000_000, max_digits=14, decimal_places=6),
    PlainSerializer(_plain, return_type=str),
]
"""What one unit of another currency is in that of the ledger."""
Hours = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(gt=0, le=60, decimal_places=2),
    PlainSerializer(_plain, return_type=str),
]


class AccountRange(MappingModel):
    """Accounts by their own numbers, from the first to the last, and what they hold."""

    first: Code
    last: Code | None = None
    kind: KindWord

    @model_validator(mode="after")
    def _has_an_order(self) -> AccountRange:
        first, last = self.bounds
        if len(first) != len(last) or first > last:
            raise ValueError(f"{last} is not behind {first}, or has another length")
        return self

    @property
    def bounds(self) -> tuple[str, str]:
        """The first and the last number."""
        return self.first, self.last or self.first

    def has(self, number: str) -> bool:
        """Whether an account number is in it: as long as its bounds, and between them."""
        first, last = self.bounds
        return len(number) == len(first) and first <= number <= last


class Labour(MappingModel):
    """What a company's posted labour cost is compared with, and how near it has to be."""

    chart: Chart
    ledger: Code | None = None
    accounts: tuple[AccountRange, ...] = Field(default=(), max_length=MOST_RANGES)
    holiday_pay_percent: Rate | None = None
    contribution_percent: Rate | None = None
    pension_percent: Rate | None = None
    holiday_month: Annotated[Whole, Field(ge=1, le=12)] | None = None
    holiday_month_wages_percent: Rate = Decimal(0)
    hours_a_week: Hours | None = None
    tolerance_amount: Amount = Decimal(1000)
    tolerance_percent: Rate = Decimal(1)
    currencies: dict[Currency, Exchange] = Field(default_factory=dict)
    most_calls: Annotated[Whole, Field(ge=FEWEST_CALLS, le=MOST_CALLS)] = 400

    @field_validator("accounts")
    @classmethod
    def _ranges_do_not_overlap(cls, ranges: tuple[AccountRange, ...]) -> tuple[AccountRange, ...]:
        ordered = sorted((len(one.first), *one.bounds) for one in ranges)
        for (length, _, last), (next_length, first, _) in pairwise(ordered):
            if length == next_length and first <= last:
                raise ValueError(f"more than one range has account {first}")
        return ranges
