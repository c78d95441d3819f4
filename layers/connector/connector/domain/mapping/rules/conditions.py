"""What must hold of a worker for a rule to decide: conditions, and bands of yearly pay.

Pay is looked at here and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
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


class Circumstances(MappingModel):
    """What must hold of a worker besides the thing that a row names; one left out always holds."""

    compensation_time_period: Condition = None
    employment_type: Condition = None
    kind: Condition = None
    amount_worked: Condition = None
    country: Condition = None
    location: Condition = None
    legal_entity: Condition = None

    def truths(self, facts: Facts) -> Iterator[tuple[str, Truth]]:
        """For each condition the fact that it is about, and whether it holds."""
        kind = facts.employment_type
        texts = (
            ("employment_type", self.compensation_time_period, kind.period),
            ("employment_type", self.kind, kind.kind),
            ("employment_type", self.amount_worked, kind.amount),
            ("country", self.country, facts.country),
        )
        named = (
            ("location", self.location, facts.location),
            ("legal_entity", self.legal_entity, facts.legal_entity),
            ("employment_type", self.employment_type, kind.named),
        )
        yield from ((fact, says(one, word)) for fact, word, one in texts if word is not None)
        yield from ((fact, one.answers_to(word)) for fact, word, one in named if word is not None)

    def hold_but_for_pay(self, facts: Facts) -> Truth:
        """Whether every condition holds that does not need to know pay."""
        return all_hold(holds for _, holds in self.truths(facts))

    def unknown_in(self, facts: Facts) -> tuple[str, ...]:
        """The facts that these conditions are about and that Rippling does not show."""
        return tuple(fact for fact, holds in self.truths(facts) if holds is Truth.UNKNOWN)

    @cached_property  # asked for with every row for every person
    def plain(self) -> Mapping[str, str]:
        """The conditions that do not need to know pay."""
        return self.model_dump(exclude={"annual_pay"}, exclude_none=True)


class Conditions(Circumstances):
    """What must hold of a worker for a class rule; a condition left out always holds."""

    department: Condition = None
    annual_pay: Annotated[PayBand | None, BeforeValidator(given)] = None

    def truths(self, facts: Facts) -> Iterator[tuple[str, Truth]]:
        """For each condition but pay the fact that it is about, and whether it holds."""
        yield from super().truths(facts)
        if self.department is not None:
            yield "department", facts.department.answers_to(self.department)

    def hold(self, facts: Facts, pay: Fact[Pay]) -> Truth:
        """Whether every condition holds."""
        band = Truth.YES if self.annual_pay is None else self.annual_pay.holds(pay)
        return all_hold((self.hold_but_for_pay(facts), band))
