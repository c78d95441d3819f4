"""What the operator rejects, and what happens to the same people before and after that.

A year does not draw these among its other steps, but apart: see `year`.
"""

from __future__ import annotations

from datetime import timedelta

from tests.simulation.steps.base import ENTITIES, UNKNOWN, Row
from tests.simulation.steps.controller import Controller
from tests.simulation.steps.hr import KINDS

WHAT = (
    "move", "move and address", "relocate", "terminate", "transfer", "address", "hire", "return",
    "mapping",
)  # fmt: skip
"""What many people have in common by mistake, before it is rejected."""

MORE = ("move", "relocate", "terminate", "transfer", "address")
"""What they may have in common by another mistake, later."""

ELSEWHERE = {
    "goes back": "Sales",
    "goes elsewhere": "Production",
    "goes nowhere": UNKNOWN,
    "makes the move": "Finance",
}
ARRIVING = {"transfers": ENTITIES[1], "transfers back": ENTITIES[0]}
THEN = (
    "nothing", "leaves", "leaves soon", "another last day", "works again", "another address",
    "another name", "another pay", "loses a past", "is to come again", *ELSEWHERE, *ARRIVING,
)  # fmt: skip
"""What HR does about one of those people."""

FORMERLY = "2020-01-01"
"""By then everyone had been here before, and had left."""

MANY, MONTH = 8, 30
BEYOND_A_LIMIT = 12
"""So many, where as many are done as the limit of a day allows, and only the rest is held."""

ALLOWED_AGAIN = timedelta(hours=25)


class Rejecting(Controller):
    """An operator who rejects whole runs."""

    mistaken: tuple[str, ...] = ()
    """The people of the last mistake."""

    def reject_a_run(self, what: str, first: str = "nothing", n: int = 0) -> None:
        """Many change by mistake, and what a guard holds of it is rejected.

        A minute before, something else happens to one of them of which no run knows yet.
        """
        self.quiet()
        self.turn(ALLOWED_AGAIN, is_punctual=True)
        self.quiet()
        self.mistaken = tuple(self._mistake(what))
        self._reject(first, n)

    def reject_more(self, what: str, first: str = "nothing", n: int = 0) -> None:
        """Something else about the same people is a mistake as well."""
        self.quiet()
        self.turn(ALLOWED_AGAIN, is_punctual=True)
        for row in self._them():
            self._change(row, what)
        self._reject(first, n)

    def _reject(self, first: str, n: int) -> None:
        self.work(20)
        self.work(20)
        held = [row["person"] for row in self.held()]
        self.mistaken = tuple(each for each in self.mistaken if each in held)
        self.clock.turn(minutes=1)
        self.befall(first, n)
        with self.watched():
            runs = {row["run"] for row in self.world.operate("held").get("rows", ())}
            for run in sorted(runs):
                self.world.operate("reject", run=run)
        self.deliver(20)
        self.deliver(20)

    def _mistake(self, what: str) -> list[str]:
        many = BEYOND_A_LIMIT if what == "address" else MANY
        people = [self.hired("Sales", "Oslo", ENTITIES[0], KINDS[0], 0) for _ in range(many)]
        for row in people:  # they have been here before, years ago
            self.rippling.rehire(
                row["user_id"], "2019-01-01", status="TERMINATED", end_date=FORMERLY
            )
        if what == "hire":
            return [row["user_id"] for row in people]
        self.quiet()
        if what == "return":
            for row in people:
                self.ended(row, "VOLUNTARY", "at once")
            self.quiet()
        self.turn(ALLOWED_AGAIN, is_punctual=True)
        self.tick()
        if what == "mapping":
            self.put_department("norway", "Sales", ("FIN", "500"))
            self.edit()
        for row in people:
            self._change(row, what)
        return [row["user_id"] for row in people]

    def _change(self, row: Row, what: str) -> None:
        match what:
            case "move":
                self.rippling.move(row["id"], self.names["Finance"])
            case "move and address":
                self.rippling.move(row["id"], self.names["Finance"])
                self.rippling.change(row["id"], work_email=f"feil.{self.number()}@example.com")
            case "relocate":
                self.rippling.relocate(row["id"], self.names["Bergen"])
            case "terminate":
                self.ended(row, "VOLUNTARY", "at once")
            case "return":
                self.rippling.reactivate(row["id"])
            case "transfer":
                self.rippling.change(row["id"], legal_entity=self.names[ENTITIES[1]])
            case "address":
                self.rippling.change(row["id"], work_email=f"feil.{self.number()}@example.com")

    def befall(self, then: str, n: int = 0) -> None:
        """HR changes something about one of those people."""
        own = [row for row in self.workers() if row["user_id"] in self.mistaken]
        past = {row["user_id"]: row for row in own if row["start_date"] < FORMERLY}
        if not (rows := self._them()):
            return
        row = rows[n % len(rows)]
        self.last = row["user_id"]
        self.spoken_of(row)
        if then == "loses a past":
            if self.last in past:
                self.rippling.remove(past[self.last]["id"])
        elif then in ELSEWHERE:
            self.rippling.move(row["id"], self.names[ELSEWHERE[then]])
        elif then in ARRIVING:
            there = self.names[ARRIVING[then]]
            self.rippling.change(row["id"], legal_entity=there)
        else:
            self._come_or_go(row, then)

    def _them(self) -> list[Row]:
        """What these people do now, and not years ago."""
        rows = [row for row in self.workers() if row["user_id"] in self.mistaken]
        today = self.day(0).isoformat()
        return [row for row in rows if FORMERLY <= row["start_date"] <= today]

    def _come_or_go(self, row: Row, then: str) -> None:
        match then:
            case "leaves":
                self.ended(row, "VOLUNTARY", "at once")
            case "leaves soon":
                self.rippling.terminate(row["id"], self.day(3))
                self.rippling.change(row["id"], status="TERMINATED")
            case "another last day":
                if row["end_date"]:
                    self.rippling.change(row["id"], end_date=self.day(-1).isoformat())
            case "works again":
                self.rippling.reactivate(row["id"])
            case "another address":
                address = f"ny.{self.number()}@example.com"
                self.rippling.change(row["id"], work_email=address)
            case "another name":
                name = self.canary()["family_name"]
                self.rippling.change_user(row["user_id"], family_name=name, bump_worker=True)
            case "is to come again":
                self.rippling.rehire(
                    row["user_id"],
                    self.day(MONTH),
                    department=self.names["Sales"],
                    status="ACCEPTED",
                )
            case "another pay":
                self.rippling.change(row["id"], annual_salary=600_000 + self.number())

    def put_the_mapping_right(self) -> None:
        """Sales is what it was before the mistake in the mapping."""
        self.put_department("norway", "Sales")
        self.edit()
