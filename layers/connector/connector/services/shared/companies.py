"""The companies to look in for people: those of the mapping, and those that it lost.

A company that leaves the mapping leaves people behind whose changes are held or rejected there:
whoever lists, counts or decides by company asks here. It costs a read of everyone's own row, so no
tick does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from connector.ports.ledger import Ledger
from connector.ports.state import Mappings


def companies_with_people(ledger: Ledger, mapped: Iterable[str]) -> list[str]:
    """The `mapped` companies in their order, and then those where somebody is active still."""
    known = list(dict.fromkeys(mapped))
    return [*known, *lost_companies(ledger.employed(), known)]


def companies_with_rows(ledger: Ledger, mappings: Mappings) -> list[str]:
    """The same by the stored rows of the mapping, which need not make sense together."""
    return companies_with_people(ledger, (str(row["company"]) for row in mappings.rows()))


def lost_companies(employed: Mapping[str, Collection[str]], mapped: Collection[str]) -> list[str]:
    """Where somebody is active although the mapping does not have the company."""
    return list(left_behind(employed, mapped))


def left_behind(employed: Mapping[str, Collection[str]], mapped: Collection[str]) -> dict[str, int]:
    """How many people are active in each company that the mapping does not have."""
    counts = Counter(company for active in employed.values() for company in active)
    return {company: counts[company] for company in sorted(counts.keys() - set(mapped))}
