"""Sums of so many people that none of them is told: small groups are put together.

What is left by subtraction is at least so many people's as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from connector.domain.mapping.rules.payroll import AccountRule, Kind, Lines
from connector.domain.records.few_people import FEW, FEWEST, put_together, together


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of one amount of one person; debits are above zero."""

    rule: AccountRule
    kind: Kind
    account: str
    cost_centre: str | None
    person: str
    value: Decimal = field(repr=False)

    def style(self, default: Lines) -> Lines:
        """How fine the line is to be that it becomes part of."""
        return self.rule.lines or default


class Folding:
    """Puts the entries of small cost centres on the one that is named for them.

    `problems` says what cannot be folded, without any amount.
    """

    def __init__(self, into: str | None) -> None:
        self.problems: list[str] = []
        self._into = into

    def folded(self, entries: Sequence[Entry], default: Lines) -> list[Entry]:
        """The entries, those that may be seen as they are among them."""
        shown = [one for one in entries if one.style(default) != "folded"]
        hidden = lasting(one for one in entries if one.style(default) == "folded")
        if hidden and len({one.person for one in (*shown, *hidden)}) < FEWEST:
            self.problems.append(
                f"the run is about {FEW}, and each line would tell what they are paid:"
                " `lines: cost_centre` under `payroll` in the mapping shows it all the same"
            )
            return [*shown, *hidden]
        accounts: dict[tuple[Kind, str], list[Entry]] = defaultdict(list)
        for one in self._small_ones_moved(hidden):
            accounts[one.kind, one.account].append(one)
        moved = [self._of_account(*key, each) for key, each in sorted(accounts.items())]
        return [*shown, *(one for each in moved for one in each)]

    def _of_account(self, kind: Kind, account: str, entries: list[Entry]) -> list[Entry]:
        """The entries of one account, whatever is too few people's there put together as well."""
        by_centre = people_by_centre(entries)
        neutral = {one.person for one in entries if one.cost_centre is None}
        small = put_together(by_centre, self._into)
        is_few = bool(small) and len(together(by_centre, small)) < FEWEST
        if is_few or 0 < len(neutral) < FEWEST:
            self.problems.append(
                f"account {account} would tell what {FEW} have as {kind.label}:"
                " `lines: cost_centre` in its row of `accounts` shows it all the same"
            )
            return entries
        return self._small_ones_moved(entries)

    def _small_ones_moved(self, entries: list[Entry]) -> list[Entry]:
        small, into = put_together(people_by_centre(entries), self._into), self._into
        if into is None:
            self.problems += [
                f"cost centre {centre} has too few people to stand alone: name a cost centre for"
                " such ones as `small_cost_centres` under `payroll` in the mapping"
                for centre in sorted(small)
            ]
            return entries
        return [
            replace(one, cost_centre=into) if one.cost_centre in small else one for one in entries
        ]


def lasting(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without those of one person that cancel each other out: they hide nobody."""
    own: dict[tuple[Kind, str, str | None, str], list[Entry]] = defaultdict(list)
    for one in entries:
        own[one.kind, one.account, one.cost_centre, one.person].append(one)
    return [one for each in own.values() if sum(one.value for one in each) for one in each]


def people_by_centre(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Who has something on each cost centre."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in entries:
        if one.cost_centre is not None:
            found[one.cost_centre].add(one.person)
    return found
