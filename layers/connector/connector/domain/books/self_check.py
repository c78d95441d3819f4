"""Whether what was read of a ledger agrees with itself: the posted lines with the balances.

Both are published for the same period. Where they differ, rows have moved between pages, or one of
the two was not read whole, and nothing may be said of the month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from connector.domain.books.comparison import Posting
from connector.domain.books.subaccounts import SubAccounts

Key: TypeAlias = tuple[str, str, str, str]
"""Branch, account, sub-account and currency."""

SHOWN = 3


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What the check comes to; with `counts_unposted` the balances have what is not posted yet."""

    mismatches: tuple[Key, ...] = ()
    counts_unposted: bool = False

    @property
    def is_passed(self) -> bool:
        """Whether lines and balances agree."""
        return not self.mismatches

    def sentence(self, company: str, period: str) -> str:
        """What is wrong, and what to do."""
        places = [
            f"account {account}, sub-account {sub or '(none)'}, branch {branch}"
            for branch, account, sub, _ in self.mismatches[:SHOWN]
        ]
        more = len(self.mismatches) - SHOWN
        places += [f"{more} more"] if more > 0 else []
        return (
            f"the posted lines of {company} in {period} do not add up to its balances"
            f" ({'; '.join(places)}), also when read again: nobody posts while it is read? Run the"
            " report once more; if it stays so, look at these accounts in Visma"
        )


def check(
    balances: Iterable[Posting],
    lines: Iterable[Posting],
    unposted: Iterable[Posting],
    subaccounts: SubAccounts,
) -> SelfCheck:
    """Compares the balances of labour accounts with their lines, sub-account by sub-account."""
    on_balances, on_lines = _sums(balances, subaccounts), _sums(lines, subaccounts)
    found = _differing(on_balances, on_lines)
    if not found:
        return SelfCheck()
    with_unposted = _sums(unposted, subaccounts)
    for key, amount in on_lines.items():
        with_unposted[key] += amount
    if not _differing(on_balances, with_unposted):
        return SelfCheck(counts_unposted=True)
    return SelfCheck(tuple(found))


def _sums(postings: Iterable[Posting], subaccounts: SubAccounts) -> defaultdict[Key, Decimal]:
    sums: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for one in postings:
        name = subaccounts.key(one.subaccount)
        sums[one.branch.strip(), one.account.strip(), name, one.currency] += one.amount
    return sums


def _differing(one: defaultdict[Key, Decimal], other: defaultdict[Key, Decimal]) -> list[Key]:
    return sorted(key for key in {*one, *other} if one[key] != other[key])
