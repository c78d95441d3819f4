"""A plan: what would be done about everyone, with a digest, a summary, and a form for a file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.domain.foresight.foreseen import NOT_TOLD, Foreseen
from connector.domain.planning import Outcome

QUIET = (Outcome.UNCHANGED.value, Outcome.OUT_OF_SCOPE.value)
"""What is counted and not listed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done about these people, and what could not be looked at."""

    made_at: datetime
    people: Sequence[Foreseen]
    problems: tuple[str, ...] = ()
    mapping: str = ""

    @property
    def listed(self) -> list[Foreseen]:
        """Everyone with whom something would happen, or cannot be foretold."""
        return [each for each in self.people if each.outcome not in QUIET]

    @property
    def digest(self) -> str:
        """A digest of all that would be done."""
        text = "".join(sorted(each.digest for each in self.listed))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def untold(self) -> list[Foreseen]:
        """Of whom it cannot be foretold, but for those of a company that could not be read.

        In which company they would be cannot be told either.
        """
        unread = {problem.partition(": ")[2] for problem in self.problems}
        return [each for each in self.people if not each.outcome and each.reason not in unread]

    def of(self, company: str | None, people: Collection[str]) -> Plan:
        """The part about one company, and about these people.

        Of whom it cannot be foretold is part of it: they may be in any company.
        """
        untold = {each.person for each in self.untold}
        return Plan(
            self.made_at,
            [
                each
                for each in self.people
                if (company in (None, each.company) or each.person in untold)
                and (not people or each.person in people)
            ],
            self.problems,
            self.mapping,
        )

    def to_json(self) -> dict[str, Any]:
        """The form in a file: the summary before the list."""
        return {
            "plan": 1,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "mapping": self.mapping,
            "digest": self.digest,
            "summary": summary(self.people),
            "problems": list(self.problems),
            "people": [each.to_json() for each in self.listed],
        }


def summary(people: Iterable[Foreseen]) -> list[dict[str, Any]]:
    """How many people each outcome concerns, company by company, and in which departments."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    centres: dict[tuple[str, str], Counter[str]] = {}
    for each in people:
        key = each.company, each.outcome or NOT_TOLD
        counts.setdefault(key, Counter())[each.department or "(none)"] += 1
        if centre := each.cost_centre[1] or each.cost_centre[0]:
            centres.setdefault(key, Counter())[centre] += 1
    return [
        {
            "company": company,
            "outcome": outcome,
            "people": sum(departments.values()),
            "departments": dict(sorted(departments.items())),
            "cost_centres": dict(sorted(centres.get((company, outcome), {}).items())),
        }
        for (company, outcome), departments in sorted(counts.items())
    ]
