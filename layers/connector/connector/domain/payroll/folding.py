"""Sums of so many people that none of them is told: small groups are put together.

What is left by subtraction is at least so many people's as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

FEWEST = 3
"""Of fewer people than this no sum is shown unless the controller asks for it."""


def put_together(people: Mapping[str, Collection[str]], into: str | None) -> frozenset[str]:
    """The groups that become one, the group `into` among them where it has people itself.

    None where each is large enough by itself. Where the small ones are too few people together,
    the next larger ones go with them; where everyone is too few, it is all groups.
    """
    chosen = {group for group, each in people.items() if len(set(each)) < FEWEST}
    if not chosen:
        return frozenset()
    if into in people:
        chosen.add(str(into))
    rest = sorted(people.keys() - chosen, key=lambda group: (len(set(people[group])), group))
    for group in rest:
        if len(together(people, chosen)) >= FEWEST:
            break
        chosen.add(group)
    return frozenset(chosen)


def together(people: Mapping[str, Collection[str]], groups: Collection[str]) -> set[str]:
    """Everyone in some of the groups."""
    return {person for group in groups for person in people[group]}
