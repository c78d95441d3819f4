"""What must hold of a worker for a rule to decide: conditions, and bands of yearly pay.

Pay is looked at here and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from connector.domain.facts import UNKNOWN, Fact, Known, Truth, all_hold, says, truth
from connector.domain.mapping.base import Amount, Condition, Currency, MappingModel, given
from connector.domain.people import Facts, Pay

NO_UPPER_BOUND = Decimal("Infinity")


class PayBand(MappingModel):
    """A range of yearly pay in one currency: the lower bound belongs to it, the upper does not."""

    at_least: Annotated[Amount | None, BeforeValidator(given)] = None
    below: Annotated[Amount | None, BeforeValidator(given)] = None
    currency: Currency

    @model_validator(mode="after")
    def _is_a_range(self) -> PayBand:
        if self.at_least is None and self.below is None:
            raise ValueError("give at_least, or below, or both")
        if self.floor >= self.ceiling:
            raise ValueError("at_least must be less than below")
        return self

    @property
    def floor(self) -> Decimal:
        """The least pay that belongs to the band."""
        return self.at_least or Decimal(0)

    @property
    def ceiling(self) -> Decimal:
        """The pay at which the band ends."""
        return NO_UPPER_BOUND if self.below is None else self.below

    def holds(self, pay: Fact[Pay]) -> Truth:
        """Whether pay is in this currency and within the bounds."""
        if not isinstance(pay, Known):
            return Truth.UNKNOWN if pay is UNKNOWN else Truth.NO
        is_same = pay.value.currency == self.currency
        return truth(is_same and self.floor <= pay.value.amount < self.ceiling)


class Conditions(MappingModel):
    """What must hold of a worker; a condition left out always holds."""

    compensation_time_period: Condition = None
    employment_type: Condition = None
    kind: Condition = None
    amount_worked: Condition = None
    country: Condition = None
    department: Condition = None
    location: Condition = None
    legal_entity: Condition = None
    annual_pay: Annotated[PayBand | None, BeforeValidator(given)] = None

    def hold(self, facts: Facts, pay: Fact[Pay]) -> Truth:
        """Whether every condition holds."""
        band = Truth.YES if self.annual_pay is None else self.annual_pay.holds(pay)
        return all_hold((self.hold_but_for_pay(facts), band))

    def hold_but_for_pay(self, facts: Facts) -> Truth:
        """Whether every condition holds that does not need to know pay."""
        kind = facts.employment_type
        texts = (
            (self.compensation_time_period, kind.period),
            (self.kind, kind.kind),
            (self.amount_worked, kind.amount),
            (self.country, facts.country),
        )
        named = (
            (self.department, facts.department),
            (self.location, facts.location),
            (self.legal_entity, facts.legal_entity),
            (self.employment_type, kind.named),
        )
        return all_hold(
            (
                *(says(actual, wanted) for wanted, actual in texts if wanted is not None),
                *(actual.answers_to(wanted) for wanted, actual in named if wanted is not None),
            )
        )

    @property
    def plain(self) -> Mapping[str, str]:
        """The conditions that do not need to know pay."""
        return self.model_dump(exclude={"annual_pay"}, exclude_none=True)
