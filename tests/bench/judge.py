"""Who was missed, doubled or mistaken for somebody else: judged by the vendors' records alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many were lost, doubled and wrong; `repeats` are read again in vain and harm nobody."""

    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    repeats: int = 0

    @property
    def harm(self) -> int:
        """How many people are not as they should be."""
        return self.lost + self.doubled + self.wrong


def judge_reading(expected: Collection[str], found: Iterable[str]) -> Verdict:
    """Of those who had to be found, who was not; and who was found though there was no need."""
    counted = Counter(found)
    missed = set(expected) - counted.keys()
    return Verdict(lost=len(missed), repeats=counted.total() - (len(set(expected)) - len(missed)))
