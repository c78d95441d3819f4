"""Hard lives: whole lives with the misfortunes of the other world, and the guards as delivered.

What the everyday machine leaves out: rights that a token loses, things renamed, employees deleted,
given another code or replaced in Visma, people entered again, numbers typed wrong, writes answered
with nonsense or applied minutes later, mappings edited in the middle of a write, announcements that
are lost, and an operator who approves and rejects.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import rule

from connector.domain.guards import WINDOW, ChangeKind
from connector.domain.planning import Outcome
from connector.domain.records.ledger import ANSWER_SECONDS, EmployeeLink
from connector.services.shared.names import READ_AGAIN_SECONDS, RememberingSource
from tests.component.test_whole_lives import (
    EMPLOYEE,
    ENTITIES,
    Lives,
    company,
    department,
    entity,
    few,
    place,
    reach,
    run_settings,
    whom,
    yes_or_no,
)
from tests.support.model import Employees

RIGHTS = (
    "department", "department_id", "location", "legal_entity", "legal_entity_id",
    "employment_type", "employment_type_id", "status", "work_email", "number", "start_date",
    "end_date", "user",
)  # fmt: skip
EXPANDS = ("department", "legal_entity", "employment_type", "user")
WITHOUT_ANSWER = timedelta(seconds=ANSWER_SECONDS)
MOST_LOST = 3
PERCENT = {ChangeKind.DEACTIVATE: 10}
FLOOR = 5
MOVED, ARRIVES = ChangeKind.TRANSFER, (ChangeKind.CREATE, ChangeKind.REACTIVATE)
CONTACT = ("first name", "last name", "e-mail", "phone", "mobile")


class HardLives(Lives):
    """Everything that can go wrong beside the everyday, with the guards at their defaults."""

    guards: Mapping[str, str] = {}

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[tuple[str, ChangeKind], dict[str, datetime]] = {}
        self.approved: dict[tuple[str, str], datetime] = {}
        self.pending_since: datetime | None = None
        self.renumbered: dict[tuple[str, str], tuple[str, str]] = {}
        self.rules_before: Any = None
        self.unheard: Any = None

    # Rippling's rights.

    @rule(name=st.sampled_from(RIGHTS), is_told=yes_or_no, reach=reach)
    def lose_a_right(self, name: str, is_told: bool, reach: int) -> None:
        self.model.hides_obstacles = True
        self.model.hides_last_days |= name == "end_date" and not is_told
        self.rippling.redact.add(name)
        self.rippling.redacts_silently = not is_told
        self._work(reach)

    @rule(name=st.sampled_from(EXPANDS), reach=reach)
    def lose_an_expansion(self, name: str, reach: int) -> None:
        self.model.hides_obstacles = True
        self.rippling.forbid_expand.add(name)
        self._work(reach)

    @rule(reach=reach)
    def lose_the_list_of_locations(self, reach: int) -> None:
        self.model.hides_obstacles = True
        self.rippling.forbid.add("work-locations")
        self._work(reach)

    @rule(reach=reach)
    def regain_all_rights(self, reach: int) -> None:
        self._regain()
        self.sweep(reach=reach)

    # Names.

    @rule(place=place, is_followed=yes_or_no)
    def rename_a_location(self, place: str, is_followed: bool) -> None:
        before, after = self.names[place], f"{place} {self._number()}"
        row = next(row for row in self.rippling.rows("work-locations") if row["name"] == before)

        def is_there(worker: dict[str, Any]) -> bool:
            return bool((worker["location"] or {}).get("work_location_id") == row["id"])

        is_followed = self._seen(is_followed, is_there)
        self.rippling.rename_location(before, after)
        self._renamed(place, row["id"], before, after)
        if is_followed:
            for key in self.visma.companies:
                self.model.rules.rename_location(key, before, after)
            self._import()

    @rule(entity=entity, is_followed=yes_or_no)
    def rename_a_legal_entity(self, entity: str, is_followed: bool) -> None:
        before, after = self.names[entity], f"{entity} {self._number()}"
        rows = self.rippling.rows("legal-entities")
        row = next(row for row in rows if row["legal_name"] == before)
        is_followed = self._seen(is_followed, lambda each: each["legal_entity_id"] == row["id"])
        self.rippling.rename_legal_entity(before, after)
        self._renamed(entity, row["id"], before, after)
        if is_followed:
            for key in self.visma.companies:
                self.model.rules.rename_entity(key, before, after)
            self._import()

    def _seen(self, is_followed: bool, is_there: Any) -> bool:
        """Whether the row has to follow: it holds to what it has been seen to name."""
        if not is_followed:
            self.settle()
        return is_followed or not any(map(is_there, self._workers()))

    def _renamed(self, first: str, row_id: str, before: str, after: str) -> None:
        self.model.former.setdefault(row_id, []).insert(0, before)
        self.names[first] = after
        self.unannounced |= {each["user_id"] for each in self._workers()}

    # Finance takes employees away.

    @rule(n=whom, is_replaced=yes_or_no)
    def delete_an_employee(self, n: int, is_replaced: bool) -> None:
        if found := self._employee(n):
            key, code = found
            self.visma.remove_employee(code, company=key)
            self._take_away(key, code)
            if is_replaced:
                self._enter_another(key, code)

    @rule(n=whom, is_replaced=yes_or_no)
    def give_an_employee_another_code(self, n: int, is_replaced: bool) -> None:
        if found := self._employee(n):
            key, code = found
            other = f"ALT{self._number()}"
            self.visma.renumber_employee(code, other, company=key)
            self.model.persons[other] = person = self.model.persons[code]
            self._take_away(key, code)
            self.renumbered[key, person] = other, code
            if is_replaced:
                self._enter_another(key, code)

    @rule()
    def put_codes_right(self) -> None:
        for (key, person), (other, code) in list(self.renumbered.items()):
            if (key, code) in self.model.entered:
                self.visma.remove_employee(code, company=key)
                del self.model.entered[key, code]
            self.visma.renumber_employee(other, code, company=key)
            self.model.lost.discard((key, person))
            self.unannounced.add(person)
        self.renumbered.clear()

    def _employee(self, n: int) -> tuple[str, str] | None:
        """One of the employees that are where they should be."""
        ours = [
            (key, code)
            for key, code in sorted(self.model.employees())
            if (key, code) not in self.model.entered
            and (key, self.model.persons[code]) not in self.model.lost
            and self._is_known(key, code)
        ]
        return ours[n % len(ours)] if ours and len(self.model.lost) < MOST_LOST else None

    def _is_known(self, key: str, code: str) -> bool:
        """Whether the ledger has the employee: not while the answer to its create is lost."""
        link = self.world.tables.links.get(self.model.persons[code], {}).get(key)
        return link is not None and link.employee_code == code

    def _take_away(self, key: str, code: str) -> None:
        self.model.lost.add((key, self.model.persons[code]))
        self.unannounced.add(self.model.persons[code])

    def _enter_another(self, key: str, code: str) -> None:
        address = f"en.annen.{self._number()}@example.com"
        fields = {"contact.lastName": "Annen", "contact.email": address}
        self.visma.add_employee(code, company=key, **fields)
        self.model.entered[key, code] = address

    # HR makes mistakes.

    @rule(n=whom)
    def enter_someone_again(self, n: int) -> None:
        """Someone gets new ids in Rippling; the operator moves the employee to them."""
        self.settle()
        worker = self._entered_once(n)
        if worker is None:
            return
        old, code = worker["user_id"], str(worker["number"])
        key = ("norway", "sweden")[ENTITIES.index(self._entity(worker))]
        again = self.rippling.enter_again(worker["id"])
        self.last = again["user_id"]
        self.model.had_addresses[again["user_id"]] = self.model.had_addresses[old]
        for each, person in self.model.persons.items():
            if person == old:
                self.model.persons[each] = again["user_id"]
        self.clock.turn(seconds=1)
        with self._watched():
            self.world.tick(full_sweep=True)
            self.world.drain()
        self._decide("approve", self._held())  # it may have been held as a create before
        self._adopt(again["user_id"], code, key)
        self.settle()

    def _adopt(self, person: str, code: str, key: str) -> None:
        self.world.build()  # the operator's process is not the one that was to die
        link = self.world.tables.links.get(person, {}).get(key)
        if link and "same person?" in link.reason:
            arguments = {"verb": "adopt", "person": person, "code": code, "company": key}
            self.world.operator.dispatch(arguments)

    def _entered_once(self, n: int) -> dict[str, Any] | None:
        """A worker with one employment, and an active employee under their very number."""
        rows = self._workers("ACTIVE")
        counts = [each["user_id"] for each in self._workers()]
        ours = {
            (code, each["e-mail"])
            for (key, code), each in self.model.employees().items()
            if each["status"] == "Active" and (key, code) not in self.model.entered
        }
        lost = {person for _, person in self.model.lost}
        everywhere = [self.model.persons[code] for _, code in self.model.employees()]
        found = [
            row
            for row in rows
            if counts.count(row["user_id"]) == everywhere.count(row["user_id"]) == 1
            and (str(row["number"]), row["work_email"]) in ours
            and row["user_id"] not in lost | self._resting() | set(self.model.out_of_sight)
            and self.model.present(row["user_id"], self.clock.now()).fields
        ]
        return found[n % len(found)] if found else None

    @rule(is_first_back=yes_or_no)
    def type_a_wrong_number(self, is_first_back: bool) -> None:
        """Someone is refused under the number of the next, and corrected; then the next comes."""
        self._land()  # or else it might be created all the same
        wrong = self._hire("Sales", "Oslo", ENTITIES[0], "Salaried full-time", 0)
        code = str(wrong["number"])
        self.visma.refuse(code, "EmployeeClass", company="norway")
        self._work(5)
        self.visma.accept(code, company="norway")
        self.rippling.change(wrong["id"], number=9000 + self._number())
        if is_first_back:
            self._work(5)
        right = self._hire("Finance", "Oslo", ENTITIES[0], "Salaried full-time", 0)
        self.rippling.change(right["id"], number=int(code))
        self.model.look(self.clock.now())
        self.unannounced |= {wrong["user_id"], right["user_id"]}

    # Visma's odd answers.

    @rule(n=few, method=st.sampled_from(("POST", "PUT")), is_applied=yes_or_no, reach=reach)
    def answer_with_nonsense(self, n: int, method: str, is_applied: bool, reach: int) -> None:
        faults = self.visma.faults
        if is_applied:
            faults.fail_after_apply(200, "html", method=method, path=EMPLOYEE, times=n)
        else:
            faults.garbage(method=method, path=EMPLOYEE, times=n)
        self._work(reach)

    @rule(n=few, method=st.sampled_from(("POST", "PUT")), reach=reach)
    def write_slowly(self, n: int, method: str, reach: int) -> None:
        """A write breaks off, and Visma applies it minutes later."""
        self.pending_since = self.pending_since or self.clock.now()
        self.visma.faults.late(method=method, path=EMPLOYEE, times=n)
        self._work(reach)

    @rule(reach=reach)
    def land_at_last(self, reach: int) -> None:
        self._land()
        self._work(reach)

    # The mapping, at the wrong moment.

    @rule(key=company, department=department, code=st.sampled_from(("SALES", "FIN")), reach=reach)
    def cross_a_write(self, key: str, department: str, code: str, reach: int) -> None:
        """The controller imports an edit between a decision and its write."""
        begin, left = self.world.ledger.begin, [1]
        self.rules_before = deepcopy(self.model.rules)

        def edit_and_begin(record: Any, company: str, employee: str, **options: Any) -> Any:
            if left[0]:
                left[0] = 0
                row = {"rippling": self.names[department], "department": code}
                self.model.rules.put_department(key, row)
                self._import()
            self.unannounced.add(record.person.id)
            return begin(record, company, employee, **options)

        vars(self.world.ledger)["begin"] = edit_and_begin
        try:
            self._work(reach)
        finally:
            vars(self.world.ledger).pop("begin", None)  # gone already where the writer died
            self.rules_before = None

    @rule(key=company, code=st.sampled_from(("STAFF", "EXEC")))
    def edit_unheard(self, key: str, code: str) -> None:
        """An edit whose announcement is lost."""
        # Until the next tick the writer may go by the rules of before.
        self.unheard = self.unheard or deepcopy(self.model.rules)
        self.model.rules.companies[key]["defaults"]["employee_class"] = code
        self.world.edit_mapping_unheard(self.model.rules.text())

    # The operator.

    @rule()
    def approve_everything(self) -> None:
        self._decide("approve", self._held())

    @rule(n=whom)
    def approve_one(self, n: int) -> None:
        held = self._held()
        self._decide("approve", held[n % len(held) :][:1] if held else [])

    @rule(n=whom)
    def reject_one(self, n: int) -> None:
        held = self._held()
        self._decide("reject", held[n % len(held) :][:1] if held else [])

    def _held(self) -> list[EmployeeLink]:
        links = [each for held in self.world.tables.links.values() for each in held.values()]
        return [each for each in links if each.outcome is Outcome.HELD]

    def _decide(self, verb: str, held: list[EmployeeLink]) -> None:
        for link in held:
            if verb == "approve":
                self.approved[link.person_id, link.company] = self.clock.now()
            # People and not the run: what was not asked about stays held.
            self.world.operator.dispatch({"verb": verb, "people": [link.person_id]})
        self._deliver(len(self.world.queue.changes))

    # What the everyday machine asks its parts to do, in this world.

    def _calm(self) -> None:
        super()._calm()
        self._regain()
        self._land()

    def _regain(self) -> None:
        self.rippling.redact.clear()
        self.rippling.forbid_expand.clear()
        if "work-locations" in self.rippling.forbid:
            self.rippling.forbid.clear()
            self.world.clock.turn(seconds=READ_AGAIN_SECONDS + 1)  # a refusal is believed so long
        assert isinstance(self.world.source, RememberingSource)
        vars(self.world.source.source)["refused_expands"] = ()  # it may be believed for a tick
        if self.model.hides_obstacles:
            # Whoever was refused or kept meanwhile is looked at again by the next full sweep.
            self.unannounced |= {each["user_id"] for each in self._workers()}
        self.model.hides_obstacles = self.model.hides_last_days = False

    def _land(self) -> None:
        self.visma.faults.clear()
        self.visma.land()
        if self.pending_since:
            self.unannounced |= {each["user_id"] for each in self._workers()}
        self.pending_since = None

    def _turn(self, by: timedelta, is_punctual: bool) -> None:
        if self.pending_since and self.clock.now() + by >= self.pending_since + WITHOUT_ANSWER:
            self._land()
        super()._turn(by, is_punctual)

    def _let_work(self, *, full_sweep: bool = False) -> None:
        """And the operator approves whatever is held, however often that takes."""
        super()._let_work(full_sweep=full_sweep)
        for _ in range(10):
            held = self._held()
            if not held:
                return
            self._decide("approve", held)
            super()._let_work()
        raise AssertionError("what is approved is held again and again")

    def _resting(self) -> set[str]:
        links = self.world.tables.links
        return {
            person for person, held in links.items() if any(x.is_dropped for x in held.values())
        }

    def _unjustified(
        self, before: Employees, after: Employees, since: datetime, now: datetime
    ) -> Iterator[str]:
        found = list(self.model.unjustified(before, after, since, now))
        current = self.model.rules
        for rules in filter(None, (self.rules_before, self.unheard)):
            self.model.rules = rules
            found = [x for x in self.model.unjustified(before, after, since, now) if x in found]
        self.model.rules = current
        return iter(found)

    def _tick(self, *, full_sweep: bool = False) -> None:
        super()._tick(full_sweep=full_sweep)
        self.unheard = None

    @contextmanager
    def _watched(self, newer: Any = None) -> Iterator[None]:
        before = self.model.employees()
        with super()._watched(newer):
            yield
        self._check_limits(before, self.model.employees())

    def _check_limits(self, before: Employees, after: Employees) -> None:
        """Over every sliding day no more people are changed than the guards allow."""
        now, counted = self.clock.now(), self.changed
        for key, kind, person in sorted(
            self._changes(before, after), key=lambda each: each[1] is not MOVED
        ):
            # Who was let go from another company may arrive here: that was one decision.
            where = self.visma.companies if kind in ARRIVES else (key,)
            approved = [self.approved.get((person, each)) for each in where]
            if any(at and now - at < WINDOW for at in approved):
                continue
            moved = [people.get(person) for (_, each), people in counted.items() if each == MOVED]
            is_arrival = kind in ARRIVES and any(at and now - at < WINDOW for at in moved)
            if is_arrival:  # counted as what it is: someone who came from another company
                continue
            people = counted.setdefault((key, kind), {})
            people[person] = now
            recent = [at for at in people.values() if now - at < WINDOW]
            allowed = max(FLOOR, self._headcount(key) * PERCENT.get(kind, 25) // 100)
            assert len(recent) <= allowed, f"{key}: {len(recent)} people within a day: {kind}"

    def _changes(
        self, before: Employees, after: Employees
    ) -> Iterator[tuple[str, ChangeKind, str]]:
        """Company, kind and person of every change of an employee."""
        for (key, code), fields in after.items():
            kind = kind_of(before.get((key, code)), fields)
            person = self.model.persons.get(code, code)
            works_in = self.model.present(person, self.clock.now()).company
            if kind is ChangeKind.DEACTIVATE and works_in not in (None, key):
                kind = MOVED
            if kind:
                yield key, kind, person

    def _headcount(self, key: str) -> int:
        links = [held[key] for held in self.world.tables.links.values() if key in held]
        return sum(link.is_active for link in links) + FLOOR


def kind_of(before: Mapping[str, str] | None, after: Mapping[str, str]) -> ChangeKind | None:
    """What a change of an employee amounts to, by the order of the guards."""
    if before is None:
        return ChangeKind.CREATE
    changed = {name for name, value in after.items() if before.get(name) != value}
    if "status" in changed:
        is_back = after["status"] == "Active"
        return ChangeKind.REACTIVATE if is_back else ChangeKind.DEACTIVATE
    if "department" in changed:
        return ChangeKind.MOVE
    if changed & {"class", "branch", "calendar"}:
        return ChangeKind.RECLASSIFY
    return ChangeKind.REWRITE if changed & set(CONTACT) else None


EXAMPLES = int(os.environ.get("CONNECTOR_MACHINE_EXAMPLES", "30"))
SEED = int(os.environ.get("CONNECTOR_MACHINE_SEED", "1"))

TestHardLives = seed(SEED)(HardLives).TestCase
TestHardLives.settings = run_settings(EXAMPLES)
