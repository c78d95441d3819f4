"""What in a mapping is allowed, and most often not meant: told as warnings, and nothing is refused.

What cannot be meant at all is in `lint`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from connector.domain.facts import alike
from connector.domain.mapping.lint import Problem
from connector.domain.mapping.model import CompanyRules, Defaults
from connector.domain.mapping.rules.choice import ConditionalRow, specificity
from connector.domain.mapping.rules.class_rules import ClassRule, Rules
from connector.domain.mapping.rules.conditions import Circumstances
from connector.domain.mapping.rules.places import BranchRule, DepartmentRule

NO_DEFAULTS = (
    "there are none: whoever no row names and no rule takes waits; give a branch, an employee_class"
    " and a calendar, unless that is meant"
)
HOURLY = "HOURLY"


def warnings(rules: CompanyRules) -> Iterator[Problem]:
    """Everything in the rules of one company that its author should look at once more."""
    yield from _rivals(rules)
    yield from _gaps(rules.employee_classes)
    yield from _bands_before_hours(rules.employee_classes)
    if rules.defaults == Defaults():
        yield Problem(("defaults",), NO_DEFAULTS)


def _rivals(rules: CompanyRules) -> Iterator[Problem]:
    """Rows for one thing that may hold of the same people and say different things."""
    yield from _rivals_among("departments", rules.departments)
    yield from _rivals_among("branches", rules.branches)


def _rivals_among(kind: str, rows: Sequence[DepartmentRule | BranchRule]) -> Iterator[Problem]:
    for (earlier, one), (place, other) in combinations(enumerate(rows), 2):
        if (
            alike(one.word) == alike(other.word)
            and one.overlaps(other)
            and may_be_rivals(one, other)
        ):
            text = (
                f"holds equally with {kind}[{earlier}], and says something else: whoever is"
                f" {_both(one, other)} waits; add a row with all these conditions"
            )
            yield Problem((kind, place), text, joint=" ")


def may_be_rivals(one: ConditionalRow, other: ConditionalRow) -> bool:
    """Whether there may be people of whom both rows hold, and neither goes before the other."""
    are_equal = specificity(one) == specificity(other) and one.outcome != other.outcome
    return are_equal and are_compatible(one.conditions, other.conditions)


def _both(one: ConditionalRow, other: ConditionalRow) -> str:
    conditions = {**one.conditions.plain, **other.conditions.plain}
    return " and ".join(f"{name.replace('_', ' ')} {text}" for name, text in conditions.items())


def _gaps(rules: Rules) -> Iterator[Problem]:
    """Pay between two bands that no band takes: people there get what is meant for others."""
    for place, rule in enumerate(rules):
        band = rule.when.annual_pay
        if band is None or band.below is None:
            continue
        others = [each.when.annual_pay for each in rules if _is_beside(each, rule)]
        bands = [each for each in others if each and each.currency == band.currency]
        above = [each.floor for each in bands if each.floor > band.ceiling]
        is_taken = any(each.floor <= band.ceiling < each.ceiling for each in bands)
        if above and not is_taken:
            text = (
                f"no band takes who earns {band.ceiling:f} or more and less than {min(above):f}"
                f" {band.currency}: they get the class of a rule without a band, or the default"
            )
            yield Problem(("employee_classes", place), text)


def _is_beside(other: ClassRule, rule: ClassRule) -> bool:
    """Whether a rule takes, as far as pay lets it, everyone whom another one takes."""
    return other.overlaps(rule) and other.when.plain.items() <= rule.when.plain.items()


def _bands_before_hours(rules: Rules) -> Iterator[Problem]:
    """Bands that come before a rule for people paid by the hour, and take some of them.

    Rippling makes a yearly pay of an hourly wage, as if everyone worked 40 hours a week.
    """
    for place, rule in enumerate(rules):
        if rule.when.annual_pay is None:
            continue
        later = (
            (position, each)
            for position, each in enumerate(rules[place + 1 :], start=place + 1)
            if each.when.compensation_time_period == HOURLY and each.overlaps(rule)
        )
        for position, each in later:
            if each.when.annual_pay is None and are_compatible(rule.when, each.when):
                text = (
                    f"comes before the rule for people paid by the hour"
                    f" (employee_classes[{position}]), and takes those whose hours of a whole year"
                    " are worth so much; put it behind"
                )
                yield Problem(("employee_classes", place), text, joint=" ")
                break


def are_compatible(one: Circumstances, other: Circumstances) -> bool:
    """Whether there may be people of whom both conditions hold."""
    mine, theirs = one.plain, other.plain
    return all(alike(mine[name]) == alike(theirs[name]) for name in mine.keys() & theirs.keys())
