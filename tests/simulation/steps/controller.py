"""What the controller and the engineer do: edits of the mapping at any moment, and decisions."""

from __future__ import annotations

from tests.simulation.steps.base import COMPANIES, DEPARTMENTS, ENTITIES, WHOM, YES_OR_NO, Row
from tests.simulation.steps.finance import Finance
from tests.simulation.steps.hr import KINDS
from tests.simulation.steps.registry import step

TARGETS = (("SALES", "400"), ("FIN", "500"), ("ROBO", "700"), ("IT", None), ("SALES", "500"))
HEARD = (True, True, True, False)
MOST_DECISIONS = 12


class Controller(Finance):
    """The people who keep the connector."""

    @step(3, key=COMPANIES, department=DEPARTMENTS, place=TARGETS, is_heard=HEARD)
    def map_a_department(
        self, key: str, department: str, place: tuple[str, str | None], is_heard: bool
    ) -> None:
        self.put_department(key, department, place)
        self.edit(is_heard=is_heard)

    @step(1, key=COMPANIES, department=DEPARTMENTS)
    def unmap_a_department(self, key: str, department: str) -> None:
        self.auditor.keep_rules()
        self.model.rules.drop_department(key, self.names[department])
        self.edit()

    @step(2, key=COMPANIES, n=range(8), place=TARGETS)
    def edit_a_row(self, key: str, n: int, place: tuple[str, str | None]) -> None:
        """Whatever its word means: of an edited row it means what is called so today."""
        self.auditor.keep_rules()
        code, cost_centre = place
        fields = {"department": code, **({"cost_centre": cost_centre} if cost_centre else {})}
        self.model.rules.edit_department(key, n, fields)
        self.edit()

    @step(2, is_heard=HEARD)
    def roll_back(self, is_heard: bool) -> None:
        """The mapping before the last import is in force again, and means what it meant."""
        self.auditor.keep_rules()
        if self.model.rules.roll_back():
            with self.watched():
                self.world.roll_back(self.model.rules.text(), is_heard=is_heard)
            self.clock.turn(seconds=3)

    @step(2, key=COMPANIES, code=("STAFF", "EXEC"), is_heard=HEARD)
    def change_the_default_class(self, key: str, code: str, is_heard: bool) -> None:
        self.auditor.keep_rules()
        self.model.rules.companies[key]["defaults"]["employee_class"] = code
        self.edit(is_heard=is_heard)

    @step(1, key=COMPANIES, owner=("rippling", "once", "visma"), is_heard=HEARD)
    def change_the_owner(self, key: str, owner: str, is_heard: bool = True) -> None:
        self.auditor.keep_rules()
        self.model.rules.companies[key]["fields"] = {"contact.phone1": owner}
        self.edit(is_heard=is_heard)

    @step(1, key=COMPANIES, lead=("0", "3"), is_heard=HEARD)
    def change_the_lead(self, key: str, lead: str, is_heard: bool = True) -> None:
        self.auditor.keep_rules()
        self.model.rules.companies[key]["lead_days"] = lead
        self.edit(is_heard=is_heard)

    @step(1, key=COMPANIES, word=("true", "false"), is_heard=HEARD)
    def change_the_scope(self, key: str, word: str, is_heard: bool = True) -> None:
        self.auditor.keep_rules()
        self.model.rules.companies[key]["scope"]["deactivate_when_out_of_scope"] = word
        self.edit(is_heard=is_heard)

    def put_department(
        self, key: str, department: str, place: tuple[str, str | None] = ("SALES", None)
    ) -> None:
        """The row of a department is another one from now on; the file is not imported yet."""
        self.auditor.keep_rules()
        code, cost_centre = place
        row = {"rippling": self.names[department], "department": code}
        extra = {"cost_centre": cost_centre} if cost_centre else {}
        self.model.rules.put_department(key, {**row, **extra})

    def edit(self, *, is_heard: bool = True) -> None:
        """The file is imported; what is not heard of is made up for by the next tick."""
        self.import_mapping(is_heard=is_heard)
        if is_heard and not self.world.unheard:
            self.auditor.other_rules.clear()

    @step(1)
    def hear_at_last(self) -> None:
        """The stream brings what it had held back, and brings it twice."""
        late, self.world.unheard = self.world.unheard, []
        with self.watched():
            for _ in range(2):
                if late:
                    self.world.release(sorted(set(late)))

    # Decisions.

    @step(2)
    def approve_everything(self) -> None:
        self.decide("approve", self.held())

    @step(1, n=WHOM)
    def approve_one(self, n: int) -> None:
        held = self.held()
        self.decide("approve", held[n % len(held) :][:1] if held else [])

    @step(1, n=WHOM)
    def reject_one(self, n: int) -> None:
        held = self.held()
        self.decide("reject", held[n % len(held) :][:1] if held else [])

    @step(1)
    def take_back(self) -> None:
        """Whatever was rejected is looked at again."""
        people = sorted({row["person"] for row in self.world.links() if row["is_dropped"]})
        if people:
            self.auditor.rejections.doubt(people)
            with self.watched():
                self.world.operate("rejected take-back", people=people)
            self.deliver(20)

    @step(2, is_by_plan=YES_OR_NO)
    def look_and_apply(self, is_by_plan: bool) -> None:
        """A plan is made, read, and applied."""
        with self.watched():
            plan = self.world.operate("plan")
            arguments = {"digest": plan.get("digest", "")} if is_by_plan else {}
            self.world.operate("reconcile", **arguments)
        self.deliver(20)

    @step(1)
    def replay(self) -> None:
        """The dead letters of whatever age are queued again."""
        with self.watched():
            self.world.operate("replay")

    def held(self) -> list[Row]:
        """The rows of those whom a guard holds."""
        return [dict(row) for row in self.world.links() if row["outcome"] == "held"]

    def decide(self, verb: str, held: list[Row]) -> None:
        """Says it of people and not of the run: what was not asked about stays held."""
        for row in held:
            if verb == "approve":
                what = row["person"], row["company"], row["kind"]
                self.auditor.limits.approved[what] = self.clock.now()
            with self.watched():
                self.world.operate(verb, people=[row["person"]])
        if held:
            self.deliver(20)

    # Somebody is entered again.

    @step(1, n=WHOM)
    def enter_someone_again(self, n: int) -> None:
        """Someone gets new ids in Rippling; the operator moves the employee to them."""
        self.quiet()
        worker = self.entered_once(n, self.auditor.rejections.people())
        if worker is None:
            return
        person, code, key = self.enter_again(worker)
        self.tick(full_sweep=True)
        with self.watched():
            self.world.drain()
        self.decide("approve", self.held())  # it may have been held as a create before
        self._adopt(person, code, key)
        self.quiet()

    def enter_again(self, worker: Row) -> tuple[str, str, str]:
        """Somebody gets new ids in Rippling: which, and the employee's code and company."""
        old, code = worker["user_id"], str(worker["number"])
        key = COMPANIES[ENTITIES.index(self.entity_of(worker))]
        again = self.rippling.enter_again(worker["id"])
        self.last = again["user_id"]
        self.model.had_addresses[again["user_id"]] = self.model.had_addresses[old]
        for each, person in self.model.persons.items():
            if person == old:
                self.model.persons[each] = again["user_id"]
        self.clock.turn(seconds=1)
        return again["user_id"], code, key

    def _adopt(self, person: str, code: str, key: str) -> None:
        rows = [
            row for row in self.world.links() if (row["person"], row["company"]) == (person, key)
        ]
        if rows and "same person?" in rows[0]["reason"]:
            with self.watched():
                self.world.operate("adopt", person=person, code=code, company=key)

    @step(1, is_first_back=YES_OR_NO)
    def type_a_wrong_number(self, is_first_back: bool) -> None:
        """Someone is refused under the number of the next, and corrected; then the next comes."""
        self.land()  # or else it might be created all the same
        wrong = self.hired("Sales", "Oslo", ENTITIES[0], KINDS[0], 0)
        code = str(wrong["number"])
        self.visma.refuse(code, "EmployeeClass", company="norway")
        self.work(5)
        self.visma.accept(code, company="norway")
        self.rippling.change(wrong["id"], number=9000 + self.number())
        if is_first_back:
            self.work(5)
        right = self.hired("Finance", "Oslo", ENTITIES[0], KINDS[0], 0)
        self.rippling.change(right["id"], number=int(code))
        self.model.look(self.clock.now())
        self.auditor.unsure |= {wrong["user_id"], right["user_id"]}

    def land(self) -> None:
        """Whatever Visma was still working on is applied; see `steps.vendors`."""
        raise NotImplementedError
