"""What finance does in Visma: dimensions come and go, employees are edited, deleted, renumbered."""

from __future__ import annotations

from tests.simulation.steps.base import COMPANIES, ENTITIES, LAST, WHOM, YES_OR_NO, Row
from tests.simulation.steps.hr import KINDS
from tests.simulation.steps.names import Names
from tests.simulation.steps.registry import step

COST_CENTRES = ("400", "500", "700")
EDITS: tuple[dict[str, str], ...] = (
    {"contact.phone1": "+47 000 11111"},
    {"contact.phone1": ""},
    {"contact.lastName": "Finans"},
    {"branch.number": "1"},
    {"department": "IT"},
    {"status": "OnHold"},
    {"status": "Inactive"},
    {"status": "Active"},
)
MOST_LOST = 3


class Finance(Names):
    """Finance at Nordfab, in both companies."""

    @step(3, key=COMPANIES, value=COST_CENTRES, is_open=YES_OR_NO)
    def open_or_close_a_cost_centre(self, key: str, value: str, is_open: bool) -> None:
        if value not in self.visma.company(key).cost_centres.values:
            self.visma.add_cost_centre(value, company=key)
        self.visma.set_cost_centre_active(value, is_open, company=key)
        self.model.look(self.clock.now())  # or what was so before would seem to be so until later

    @step(2, key=COMPANIES, code=("ROBO", "SALES"), value=COST_CENTRES)
    def add_or_link_a_department(self, key: str, code: str, value: str) -> None:
        values = self.visma.company(key).cost_centres.values
        if value in values and values[value].is_active:
            self.visma.add_department(code, cost_centre=value, company=key)
            self.model.look(self.clock.now())

    @step(1, is_open=YES_OR_NO)
    def open_or_close_a_branch(self, is_open: bool) -> None:
        self.visma.set_branch_active("2", is_open, company="norway")
        self.model.look(self.clock.now())

    @step(2, n=WHOM, fields=EDITS)
    def edit_an_employee(self, n: int, fields: dict[str, str]) -> None:
        ours = sorted(key for key in self.model.employees() if key not in self.model.entered)
        ours = [key for key in ours if key[1] in self.model.persons]
        if n == LAST:
            ours = [key for key in ours if self.model.persons[key[1]] == self.last] or ours
        if ours:
            key, code = ours[n % len(ours)]
            self.visma.edit_employee(code, company=key, **fields)
            self.auditor.unsure.add(self.model.persons[code])

    @step(1, key=COMPANIES, is_theirs=YES_OR_NO)
    def enter_the_next_hire_by_hand(self, key: str, is_theirs: bool) -> None:
        """Finance was quicker: the code that the next person will have is in Visma already."""
        entity = ENTITIES[COMPANIES.index(key)]
        worker = self.hired("Sales", "Oslo", entity, KINDS[0], 0)
        address = worker["work_email"] if is_theirs else f"en.annen.{self.number()}@example.com"
        self._enter(key, str(worker["number"]), address)

    @step(2, n=WHOM, is_replaced=YES_OR_NO)
    def delete_an_employee(self, n: int, is_replaced: bool) -> None:
        if found := self._employee(n):
            key, code = found
            self.visma.remove_employee(code, company=key)
            self._take_away(key, code)
            if is_replaced:
                self._enter(key, code, f"en.annen.{self.number()}@example.com")

    @step(2, n=WHOM, is_replaced=YES_OR_NO)
    def give_an_employee_another_code(self, n: int, is_replaced: bool) -> None:
        """And perhaps the old code to somebody else."""
        if found := self._employee(n):
            key, code = found
            other = f"ALT{self.number()}"
            self.visma.renumber_employee(code, other, company=key)
            self.model.persons[other] = person = self.model.persons[code]
            self._take_away(key, code)
            self.renumbered[key, person] = other, code
            if is_replaced:
                self._enter(key, code, f"en.annen.{self.number()}@example.com")

    @step(2)
    def put_codes_right(self) -> None:
        for (key, person), (other, code) in list(self.renumbered.items()):
            if (key, code) in self.model.entered:
                self.visma.remove_employee(code, company=key)
                del self.model.entered[key, code]
            self.visma.renumber_employee(other, code, company=key)
            self.model.lost.discard((key, person))
            self.auditor.unsure.add(person)
        self.renumbered.clear()

    def _enter(self, key: str, code: str, address: str) -> None:
        fields = {"contact.lastName": "Annen", "contact.email": address}
        self.visma.add_employee(code, company=key, **fields)
        self.model.entered[key, code] = address.casefold()

    def _employee(self, n: int) -> tuple[str, str] | None:
        """One of the employees that are where they should be."""
        known = {
            (row["company"], row["code"]): row["person"]
            for row in self.world.links()
            if row["code"]
        }
        ours = [
            (key, code)
            for key, code in sorted(self.model.employees())
            if (key, code) not in self.model.entered
            and code in self.model.persons
            and (key, self.model.persons[code]) not in self.model.lost
            and known.get((key, code)) == self.model.persons[code]
        ]
        return ours[n % len(ours)] if ours and len(self.model.lost) < MOST_LOST else None

    def _take_away(self, key: str, code: str) -> None:
        self.model.lost.add((key, self.model.persons[code]))
        self.auditor.unsure.add(self.model.persons[code])

    def entered_once(self, n: int, resting: set[str]) -> Row | None:
        """A worker with one employment, and an active employee under their very number."""
        counts = [each["user_id"] for each in self.workers()]
        ours = {
            (code, each["e-mail"])
            for (key, code), each in self.model.employees().items()
            if each["status"] == "Active" and (key, code) not in self.model.entered
        }
        lost = {person for _, person in self.model.lost}
        everywhere = [self.model.persons.get(code) for _, code in self.model.employees()]
        found = [
            row
            for row in self.workers("ACTIVE")
            if counts.count(row["user_id"]) == everywhere.count(row["user_id"]) == 1
            and (str(row["number"]), row["work_email"]) in ours
            and row["user_id"] not in lost | resting | set(self.model.out_of_sight)
            and self.model.present(row["user_id"], self.clock.now()).fields
        ]
        return found[n % len(found)] if found else None
