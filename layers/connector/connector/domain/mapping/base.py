"""What every part of a mapping is made of: closed models, codes, keys and amounts of money.

No rule of the controller's lives here (see `mapping` and `class_rules`).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer


def _trimmed(value: Any) -> str:
    return str(value).strip()


def _money(value: Any) -> Decimal:
    try:
        amount = Decimal(_trimmed(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite():
        raise ValueError("write an amount such as 500000 or 499999.50, without separators")
    return amount


Code = Annotated[
    str,
    BeforeValidator(_trimmed),
    Field(min_length=1, max_length=30, pattern=r"^[^\x00-\x1f]+$"),
]
Key = Annotated[
    str,
    BeforeValidator(_trimmed),
    Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$"),
]
Amount = Annotated[
    Decimal,
    BeforeValidator(_money),
    Field(ge=0, max_digits=15),
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str),
]
"""An amount of money: exact, and written as text wherever it is stored."""
Currency = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^[A-Z]{3}$")]


class MappingModel(BaseModel):
    """The base of every part of a mapping: closed, so that a typing error is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
