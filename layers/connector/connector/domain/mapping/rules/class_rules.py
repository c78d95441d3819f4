"""Which employee class holds for whom, and rules that can never hold.

No text made here says how much someone earns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from connector.domain.facts import EMPTY, UNKNOWN, Fact, Known, Truth
from connector.domain.mapping.base import Code
from connector.domain.mapping.rules.conditions import Conditions, PayBand
from connector.domain.mapping.rules.validity import Dated
from connector.domain.people import Facts, Pay


class ClassRule(Dated):
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
        before = _covering(rules[:position], rule)
        if before:
            yield position, before


def _covering(earlier: Rules, rule: ClassRule) -> tuple[int, ...]:
    """The earlier rules that hold whenever a rule does: one alone if there is one, else several.

    A rule that asks for something that the later one leaves open always lets someone through, so
    only those count that ask for no more, on all its days. Of these, pay bands that lie side by
    side count together.
    """
    when = rule.when
    wider = {
        place: each.when.annual_pay
        for place, each in enumerate(earlier)
        if each.spans(rule) and each.when.plain.items() <= when.plain.items()
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
