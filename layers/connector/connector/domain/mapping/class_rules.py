"""Which employee class holds for whom: conditions, pay bands, and rules that can never hold.

Pay is looked at here and kept nowhere: no text made here says how much someone earns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, model_validator

from connector.domain.facts import EMPTY, UNKNOWN, Fact, Known, Truth, all_hold, says, truth
from connector.domain.mapping.base import Amount, Code, Condition, Currency, MappingModel, given
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


class ClassRule(MappingModel):
    """An employee class and for whom it holds; the first rule that holds decides."""

    when: Conditions
    employee_class: Code


Rules: TypeAlias = Sequence[ClassRule]


def first_that_holds(rules: Rules, facts: Facts, pay: Fact[Pay]) -> Fact[ClassRule]:
    """The rule that decides: the first that holds, unless one before it might."""
    for rule in rules:
        match rule.when.hold(facts, pay):
            case Truth.YES:
                return Known(rule)
            case Truth.UNKNOWN:
                return UNKNOWN
    return EMPTY


def hinges_on_pay(rules: Rules, facts: Facts) -> bool:
    """True where no one can tell which rule decides without knowing pay."""
    candidates = (rule for rule in rules if rule.when.hold_but_for_pay(facts) is Truth.YES)
    first = next(candidates, None)
    return first is not None and first.when.annual_pay is not None


def label(rules: Rules, rule: ClassRule) -> str:
    """How the audit names a rule: by its conditions, and a pay band by its place alone."""
    given = [f"{name} {value}" for name, value in rule.when.plain.items()]
    if rule.when.annual_pay:
        given.append(f"annual_pay as in employee_classes[{rules.index(rule)}]")
    return " and ".join(given) or "always"


def unreachable(rules: Rules) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Each rule that can never decide, with the earlier ones that take everyone before it."""
    for position, rule in enumerate(rules):
        before = _covering(rules[:position], rule.when)
        if before:
            yield position, before


def _covering(earlier: Rules, when: Conditions) -> tuple[int, ...]:
    """The earlier rules that hold whenever `when` does: one alone if there is one, else several.

    A rule that asks for something that `when` leaves open always lets someone through, so only
    those count that ask for no more. Of these, pay bands that lie side by side count together.
    """
    wider = {
        place: rule.when.annual_pay
        for place, rule in enumerate(earlier)
        if rule.when.plain.items() <= when.plain.items()
    }
    for place, band in wider.items():
        if _is_within(when.annual_pay, [band]):
            return (place,)
    together = _is_within(when.annual_pay, list(wider.values()))
    return tuple(wider) if together else ()


def _is_within(band: PayBand | None, others: Sequence[PayBand | None]) -> bool:
    """True where the other bands together hold everything that a band holds; None holds all."""
    if None in others:
        return True
    if band is None:
        return False
    reached = band.floor
    same_money = (each for each in others if each and each.currency == band.currency)
    for other in sorted(same_money, key=lambda each: each.floor):
        if other.floor > reached:
            break
        reached = max(reached, other.ceiling)
    return reached >= band.ceiling
