"""How many people of a company may be changed within any 24 hours, by what Visma shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

Key = tuple[str, str]
Fields = Mapping[str, str]

DAY = timedelta(hours=24)
FLOOR = 5
PERCENT = {"deactivate": 10}
USUAL_PERCENT = 25
ARRIVING = ("create", "reactivate")
ALIKE = ({"create", "reactivate"}, {"deactivate", "transfer"})
CONTACT = frozenset({"first name", "last name", "e-mail", "phone", "mobile"})


def kind_of(before: Fields | None, after: Fields) -> str | None:
    """What a change of an employee amounts to; the first that applies."""
    if before is None:
        return "create"
    changed = {name for name, value in after.items() if before.get(name) != value}
    if "status" in changed:
        return "reactivate" if after["status"] == "Active" else "deactivate"
    if "department" in changed:
        return "move"
    if changed & {"class", "branch", "calendar"}:
        return "reclassify"
    return "rewrite" if changed & CONTACT else None


class Limits:
    """Counts people by company and kind, over a sliding day."""

    def __init__(self) -> None:
        self.approved: dict[tuple[str, str, str], datetime] = {}
        """Person, company and kind of change to when an operator approved it."""
        self.loading = True
        self._counted: dict[tuple[str, str], dict[str, datetime]] = {}

    def note(
        self, changes: Iterable[tuple[str, str, str]], headcount: Mapping[str, int], now: datetime
    ) -> Iterator[str]:
        """Counts changes (company, kind, person); those that were too many."""
        for company, kind, person in sorted(changes, key=lambda each: each[1] != "transfer"):
            if self._is_free(company, kind, person, now):
                continue
            people = self.remember(company, kind, person, now)
            recent = [at for at in people.values() if now - at < DAY]
            percent = PERCENT.get(kind, USUAL_PERCENT)
            allowed = max(FLOOR, headcount.get(company, 0) * percent // 100)
            if len(recent) > allowed:
                yield f"{company}: {len(recent)} people within a day: {kind}"

    def remember(self, company: str, kind: str, person: str, now: datetime) -> dict[str, datetime]:
        """Counts somebody; everyone so far of that company and kind, with the moment."""
        people = self._counted.setdefault((company, kind), {})
        people[person] = now
        return people

    def _is_free(self, company: str, kind: str, person: str, now: datetime) -> bool:
        """What an operator approved, a first load, and the arrival after a counted transfer."""
        if self.loading and kind == "create":
            return True
        if kind in ARRIVING and any(
            now - people[person] < DAY
            for (_, each), people in self._counted.items()
            if each == "transfer" and person in people
        ):
            return True
        return any(
            now - at <= DAY
            for (who, where, what), at in self.approved.items()
            if who == person and self._covers(where, what, company, kind)
        )

    def _covers(self, where: str, what: str, company: str, kind: str) -> bool:
        """Whether what was approved somewhere is what was done."""
        if what == "transfer" and kind in ARRIVING:
            return True
        return where == company and (what == kind or {what, kind} in ALIKE)
