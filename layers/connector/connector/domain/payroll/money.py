"""Amounts of a currency to its smallest unit, and splits of them that add up to the unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

NOTHING = Decimal(0)

NO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def unit_of(currency: str) -> Decimal:
    """The smallest unit of a currency, as ISO 4217 has it."""
    if currency in NO_DECIMALS:
        return Decimal(1)
    return Decimal("0.001") if currency in THREE_DECIMALS else Decimal("0.01")


def is_whole(amount: Decimal, unit: Decimal) -> bool:
    """Whether an amount is some number of units."""
    return amount % unit == NOTHING


def split(amount: Decimal, weights: Sequence[int], unit: Decimal) -> list[Decimal]:
    """An amount in parts that are to each other as the weights, and add up to it exactly.

    Each part is some number of units. What rounding leaves goes, a unit each, to the parts that
    lost most by it, the earlier first.
    """
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("a split needs weights of zero or more, and one above it")
    units = int(amount / unit)
    # In whole numbers: no division is ever rounded.
    floors = [units * weight // total for weight in weights]
    lost = [units * weight - floor * total for weight, floor in zip(weights, floors, strict=True)]
    order = sorted(range(len(weights)), key=lambda place: (-lost[place], place))
    for place in order[: units - sum(floors)]:
        floors[place] += 1
    return [floor * unit for floor in floors]
