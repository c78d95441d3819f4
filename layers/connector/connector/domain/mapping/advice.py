"""What in a mapping is allowed, and most often not meant: told as warnings, and nothing is refused.

What cannot be meant at all is in `lint`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from connector.domain.facts import alike
from connector.domain.mapping.lint import Problem
from connector.domain.mapping.model import CompanyRules
from connector.domain.mapping.rules.choice import ConditionalRow, specificity
from connector.domain.mapping.rules.places import BranchRule, DepartmentRule


def warnings(rules: CompanyRules) -> Iterator[Problem]:
    """Everything in the rules of one company that its author should look at once more."""
    yield from _rivals(rules)


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
    mine, theirs = one.conditions.plain, other.conditions.plain
    are_equal = specificity(one) == specificity(other) and one.outcome != other.outcome
    shared = mine.keys() & theirs.keys()
    return are_equal and all(alike(mine[name]) == alike(theirs[name]) for name in shared)


def _both(one: ConditionalRow, other: ConditionalRow) -> str:
    conditions = {**one.conditions.plain, **other.conditions.plain}
    return " and ".join(f"{name.replace('_', ' ')} {text}" for name, text in conditions.items())
