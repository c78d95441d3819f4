"""The auditor itself: looks at both vendors before and after whatever the connector does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from functools import cache, partial
from typing import Any

from tests.simulation.auditor.limits import ARRIVING, Limits, kind_of
from tests.simulation.auditor.problems import Check, demand
from tests.simulation.auditor.rejections import Rejections
from tests.simulation.auditor.rows import AuditTrail, canaries, open_twice, unexplained
from tests.simulation.stored import Row, Stored
from tests.simulator import Rippling, RipplingPlatform, Visma
from tests.support.model import Employees, Expected, Model

EMPLOYEE = "/v1/employee"


class Auditor:
    """Watches Visma change, and says what must hold."""

    def __init__(self, rippling: Rippling, visma: Visma, model: Model, key: bytes) -> None:
        self.rippling, self.visma, self.model = rippling, visma, model
        self.platform: RipplingPlatform | None = None
        self.limits = Limits()
        self.trail = AuditTrail(key)
        self.canaries: set[str] = set()
        self.unsure: set[str] = set()
        """People about whom nobody has announced anything: only a reconciliation finds them."""
        self.other_rules: list[Any] = []
        """Mappings of a moment ago, by which something may still be decided."""
        self.renamed: dict[tuple[str, str], str] = {}
        """Company and code that an operator gave an employee, to the one that it had before."""
        self.links: Callable[[], Sequence[Row]] = list
        """The rows of the ledger, as far as one may read them in the console."""
        self._earlier: dict[str, list[Expected]] = {}
        self._before: Employees = {}
        self._made: set[tuple[str, str]] = set()
        """Company and code of every employee that finance did not enter, as far as was seen."""
        self._since: datetime | None = None
        self.rejections = Rejections(key)
        self.audit: Callable[[], Mapping[str, Sequence[Row]]] = dict
        """The audit, as far as one may read it."""
        self.salts: Callable[[], Mapping[str, str]] = dict
        """With what the personal fields of each person are sealed in the audit."""
        self._written: set[tuple[str, str, str]] = set()
        self._written_since = ""
        self._linked: set[tuple[str, str]] = set()
        self._left: set[tuple[str, str]] = set()
        """Company and code of whoever was made inactive, and not active again since but by hand."""

    # What may change.

    def begin(self, now: datetime) -> None:
        """From now on every change of an employee needs a reason."""
        self.model.look(now)
        self._before, self._since = self.model.employees(), now
        self._read_rejections(now, now)
        self._made |= self._before.keys() - self.model.entered.keys()
        self._linked = _with_code(self.links())
        if not self._written_since:
            self._written_since = now.isoformat()

    def remember(self, now: datetime) -> None:
        """What is under way may still be decided by what is so now, until `forget`."""
        for person in self.model.everyone():
            possible = self.model.possible(person, now, now)
            for company in self.visma.companies:
                possible += self.model.kept(person, company, now, now)
            self._earlier.setdefault(person, []).extend(possible)

    def forget(self, people: Iterable[str] | None = None) -> None:
        """What was so before is no reason any more, for these people or for everyone."""
        for person in list(self._earlier) if people is None else people:
            self._earlier.pop(person, None)

    def look(self, now: datetime) -> set[str]:
        """Demands that every change since `begin` had a reason; the people who were changed."""
        before, after, since = dict(self._before), self.model.employees(), self._since or now
        for (key, code), old in self.renamed.items():
            if (key, code) in after and (key, old) in before:
                before.setdefault((key, code), before[key, old])
        self.model.look(now)
        self._note_calls()
        links = self.links()
        self._check_adopted(links)
        demand(Check.REASON, self._unjustified(before, after, since, now))
        self._look_at_rejections(before, after, since, now)
        demand(Check.DOUBLE, self.model.doubles(after))
        twice = self.model.active_twice(after) - self.unsure
        demand(Check.DOUBLE, (f"{each} is active in two companies" for each in sorted(twice)))
        headcount = self._headcount(before)
        demand(Check.LIMIT, self.limits.note(self._changes(before, after, now), headcount, now))
        self._note_left(before, after)
        self._before, self._since, self._linked = after, now, _with_code(links)
        self._made |= after.keys() - self.model.entered.keys()
        changed = {key for key, fields in after.items() if fields != before.get(key)}
        self._written |= {
            (key, code, name)
            for key, code in changed
            for name, value in after[key, code].items()
            if value != before.get((key, code), {}).get(name, "")
        }
        return {self.model.persons.get(code, code) for _, code in changed}

    def _unjustified(
        self, before: Employees, after: Employees, since: datetime, now: datetime
    ) -> Iterator[str]:
        found = list(self.model.unjustified(before, after, since, now, self._earlier))
        current = self.model.rules
        for rules in self.other_rules:
            self.model.rules = rules
            again = set(self.model.unjustified(before, after, since, now, self._earlier))
            found = [each for each in found if each in again]
        self.model.rules = current
        return iter(found)

    def _look_at_rejections(
        self, before: Employees, after: Employees, since: datetime, now: datetime
    ) -> None:
        """Demands that nothing was done which an operator had rejected before this step."""
        asked = cache(partial(self._asked, since=since, now=now))
        self.rejections.look(asked, before, self._codes)
        demand(Check.REASON, self.rejections.broken(before, after, self._codes))
        self._take_in_rejections(asked)

    def _read_rejections(self, since: datetime, now: datetime) -> None:
        """Takes in what was rejected since the last look, and what may have ended by now."""
        self._take_in_rejections(cache(partial(self._asked, since=since, now=now)))

    def _take_in_rejections(self, asked: Callable[[str], list[Expected]]) -> None:
        lost = {person for _, person in self.model.lost}  # of them the second opinion asks nothing
        found = self.rejections.read(self.audit(), self.salts(), asked)
        wrong = [each for each in found if not any(person in each for person in lost)]
        demand(Check.REASON, [] if self.model.hides_obstacles else wrong)
        self.rejections.look(asked, self.model.employees(), self._codes)

    def _asked(self, person: str, since: datetime, now: datetime) -> list[Expected]:
        """All that may have been asked for of a person during a step, by any mapping in force."""
        found = [*self._earlier.get(person, ())]
        current = self.model.rules
        for rules in (current, *self.other_rules):
            self.model.rules = rules
            found += self.model.possible(person, since, now)
        self.model.rules = current
        return found

    def _codes(self, person: str) -> list[str]:
        return [code for code, each in self.model.persons.items() if each == person]

    def keep_rules(self) -> None:
        """The mapping of now may still be decided by once there is another one."""
        self.other_rules.append(deepcopy(self.model.rules))

    def _changes(
        self, before: Employees, after: Employees, now: datetime
    ) -> Iterator[tuple[str, str, str]]:
        for (key, code), fields in after.items():
            person = self.model.persons.get(code, code)
            kind = kind_of(before.get((key, code)), fields)
            if not kind:
                continue
            if (key, person) not in self._linked and (key, code) not in self._made:
                kind = "create"  # or someone entered by hand is taken over: it counts as that
            # Whoever had left already was only brought back by hand: that is undone, nobody moves.
            if kind == "deactivate" and (key, code) not in self._left:
                is_elsewhere = self.model.present(person, now).company not in (None, key)
                kind = "transfer" if is_elsewhere else kind
            if kind in ARRIVING:  # from where nothing is left to be made inactive
                lost = {old for old, each in self.model.lost if each == person} - {key}
                yield from ((old, "transfer", person) for old in sorted(lost))
            yield key, kind, person

    def _note_left(self, before: Employees, after: Employees) -> None:
        for employee, fields in after.items():
            if employee in before and fields["status"] != before[employee]["status"]:
                is_left = fields["status"] == "Inactive"
                (self._left.add if is_left else self._left.discard)(employee)

    def note_late(self, before: Employees, now: datetime) -> None:
        """Whoever left a company by a write that landed only now arrives in another one freely."""
        for key, kind, person in self._changes(before, self.model.employees(), now):
            if kind == "transfer":
                self.limits.remember(key, kind, person, now)

    def _headcount(self, employees: Employees) -> Mapping[str, int]:
        """Those who are active, and a few who were a moment ago."""
        found = dict.fromkeys(self.visma.companies, 5)
        for (key, _), fields in employees.items():
            found[key] += fields["status"] != "Inactive"
        return found

    def _check_adopted(self, links: Sequence[Row]) -> None:
        """Someone entered by hand becomes ours only on the proof of the e-mail address."""
        rows = {(row["company"], row["person"]): row["code"] for row in links}
        for (key, code), address in list(self.model.entered.items()):
            person = self.model.persons.get(code, "")
            is_lost = (key, person) in self.model.lost  # then the link still has its old code
            if rows.get((key, person)) == code and not is_lost:
                had = self.model.had_addresses.get(person, set())
                wrong = [f"{key}: employee {code} was adopted without proof"]
                demand(Check.REASON, wrong if address not in had else [])
                del self.model.entered[key, code]

    def _note_calls(self) -> None:
        fakes = [each for each in (self.rippling, self.visma, self.platform) if each]
        calls = [call for each in fakes for call in each.journal]
        wrong = [
            f"{each.method} {each.path}: {each.contract_errors}"
            for each in calls
            if each.contract_errors
        ]
        for each in fakes:
            each.clear_journal()
        demand(Check.CALLS, wrong)

    # What must hold in quiet.

    def agree(self, now: datetime, when: str, skipped: Iterable[str] = ()) -> None:
        """Everyone is where they belong, but for those skipped, and for what was rejected."""
        self.model.look(now)
        excuse = self.rejections.excuse
        demand(Check.PLACE, self.model.mismatches(now, skipped, excuse), when)

    def rest_from(self, now: datetime) -> None:
        """Everything was seen: nobody is in doubt, and a rejection of what is no more is over."""
        self.unsure.clear()
        lost = {person for _, person in self.model.lost}  # of them nothing can be asked for
        self.rejections.end(lambda person: self.model.present(person, now), spared=lost)

    def unsettled(self, now: datetime) -> set[str]:
        """People about whom the connector may still believe what was so a while ago."""
        found = set()
        for person in self.model.everyone():
            first, *others = self.model.possible(person, now, now)
            if any(each != first for each in others):
                found.add(person)
        return found

    def check_rows(self, stored: Stored, now: datetime, shown: set[str]) -> None:
        """Rows, texts and the list of those who wait, once all is quiet."""
        demand(Check.AUDIT, self.trail.check(stored.audit))
        demand(Check.LIMIT, self.trail.mixed(stored.audit, self.limits.approved))
        demand(Check.AUDIT, unexplained(self._written, stored.audit, self._written_since))
        self._written.clear()
        self._written_since = now.isoformat()
        demand(Check.OPEN, open_twice(stored))
        must, may = self.model.waiting(now)
        left = self.rejections.undone()
        wrong = [f"{each} must be shown as waiting" for each in sorted(must - shown - left)]
        wrong += [f"{each} is shown as waiting" for each in sorted(shown - may)]
        demand(Check.OPEN, wrong)
        demand(Check.CANARY, canaries(stored.texts, self.canaries))
        twice = self.model.active_twice(self.model.employees()) - self.model.stuck(now)
        twice -= self.rejections.staying()
        demand(Check.DOUBLE, (f"{each} is active in two companies" for each in sorted(twice)))
        if stored.queued:
            demand(Check.REST, [f"{stored.queued} messages are left on the queue"])


def _with_code(links: Iterable[Row]) -> set[tuple[str, str]]:
    """Company and person of whoever has an employee, as far as the ledger knows."""
    return {(row["company"], row["person"]) for row in links if row["code"]}
