"""Who was missed, doubled or mistaken for somebody else: judged by the vendors' records alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many were lost, doubled and wrong; `repeats` are read again in vain and harm nobody.

    Of those who were lost, `untold` were reported to nobody: the tool took them for done. False
    `alarms` are people who are right and were reported as failed.
    """

    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    untold: int = 0
    alarms: int = 0
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person as Visma should have them: by e-mail, under this code and in this department."""

    email: str
    code: str
    department: str


def judge_writing(
    wanted: Iterable[Wanted],
    employees: Iterable[Mapping[str, Any]],
    strangers: Mapping[int, Mapping[str, Any]],
    told: Collection[str],
) -> Verdict:
    """Who of the wanted is not there as they should be, is there twice, or is another's record.

    `strangers` are the employees, by their id in Visma, whom nobody was to touch, as they were.
    `told` are the codes that the tool has reported as failed.
    """
    rows = list(employees)
    of_email: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        of_email.setdefault(row.get("contact", {}).get("email", ""), []).append(row)
    lost: set[str] = set()
    right: set[str] = set()
    doubled = 0
    for person in wanted:
        found = of_email.get(person.email, [])
        doubled += max(0, len(found) - 1)
        is_right = any(_is_right(person, row) for row in found)
        (right if is_right else lost).add(person.code)
    now = {row["employeeId"]: row for row in rows}
    wrong = sum(now.get(number) != row for number, row in strangers.items())
    return Verdict(len(lost), doubled, wrong, len(lost - set(told)), len(right & set(told)))


def _is_right(person: Wanted, row: Mapping[str, Any]) -> bool:
    is_active = row.get("status") == "Active"
    found = (row["employeeNumber"], row.get("department"))
    return is_active and found == (person.code, person.department)
