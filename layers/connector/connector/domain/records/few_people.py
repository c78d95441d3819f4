"""Of how many people an amount may be told: never so few that it tells what one of them is paid."""

from __future__ import annotations

from collections.abc import Collection, Mapping

FEWEST = 3
"""Of fewer people than this no amount is shown, in the report, the books or a payroll run."""

FEW = "fewer than three people"


def put_together(people: Mapping[str, Collection[str]], into: str | None = None) -> frozenset[str]:
    """The groups that become one, the group `into` among them where it has people itself.

    There are none where each is large enough by itself. Where the small ones are too few people
    together, the next larger ones go with them, so that none follows by subtraction; where everyone
    is too few, it is all groups.
    """
    chosen = {group for group, each in people.items() if len(set(each)) < FEWEST}
    if not chosen:
        return frozenset()
    if into in people:
        chosen.add(str(into))
    others = sorted(people.keys() - chosen, key=lambda group: (len(set(people[group])), group))
    for group in others:
        if len(together(people, chosen)) >= FEWEST:
            break
        chosen.add(group)
    return frozenset(chosen)


def together(people: Mapping[str, Collection[str]], groups: Collection[str]) -> set[str]:
    """Everyone in some of the groups."""
    return {person for group in groups for person in people[group]}
