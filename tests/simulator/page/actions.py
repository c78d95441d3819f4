"""The buttons of the page: what HR and finance do by hand, and what goes wrong on demand.

Each does one thing to the fakes and says in a sentence what it was; a wish that cannot be
fulfilled is a `ValueError` with a sentence that says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.simulator.rippling import Rippling
    from tests.simulator.visma import Visma

FACTS = {
    "department": "the department",
    "legal_entity": "the legal entity",
    "employment_type": "the employment type",
    "user": "the name and the address",
}
"""What the token can lose the right to see."""

TROUBLES = {"fail": "down: 503 to everything", "lose_answer": "answers get lost"}
DEPARTMENT, LOCATION, EMPLOYMENT_TYPE = "Sales", "Oslo", "Salaried full-time"
WRITES = "/v1/employee.*"
REFUSED_FIELD = "contact.lastName"


class Actions:
    """What a person can do to Nordfab. Arguments are text, as a form sends them."""

    def __init__(self, rippling: Rippling, visma: Visma) -> None:
        self.rippling = rippling
        self.visma = visma
        self.refused: set[tuple[str, str]] = set()
        """Company and code of the employees that Visma refuses to write."""

    def all(self) -> Mapping[str, Callable[..., str]]:
        """Every action by the name under which the page asks for it."""
        actions: list[Callable[..., str]] = [
            self.hire, self.move, self.terminate, self.rehire, self.rename_department,
            self.hide, self.show, self.add_cost_centre, self.refuse, self.break_visma,
            self.lose_answers, self.heal,
        ]  # fmt: skip
        return {action.__name__: action for action in actions}

    def hire(
        self, given_name: str = "", family_name: str = "", department: str = DEPARTMENT
    ) -> str:
        """Takes someone on today; a name that is not given is invented."""
        self._department(department)
        names = {"given_name": given_name.strip(), "family_name": family_name.strip()}
        given: dict[str, Any] = {name: value for name, value in names.items() if value}
        if given:
            given["middle_name"] = None  # else one may be invented between the two
        worker = self.rippling.hire(
            given,
            department=department,
            location=LOCATION,
            employment_type=EMPLOYMENT_TYPE,
        )
        return f"Hired {self._named(worker)} into {department}."

    def move(self, worker: str = "", department: str = "") -> str:
        """Moves someone who works here to another department."""
        chosen = self._working(worker)
        if chosen["department_id"] == self._department(department)["id"]:
            raise ValueError(f"{self._named(chosen)} is in {department} already.")
        self.rippling.move(chosen["id"], department=department)
        return f"Moved {self._named(chosen)} to {department}."

    def terminate(self, worker: str = "") -> str:
        """Ends an employment today."""
        chosen = self._working(worker)
        today = self.rippling.clock.today()
        self.rippling.terminate(chosen["id"], today)
        return f"Terminated {self._named(chosen)}; the last day is {today}."

    def rehire(self, worker: str = "") -> str:
        """Takes someone on again who has left: another worker id, the same person."""
        chosen = self._worker(worker)
        others = self.rippling.workers()
        if any(
            each["user_id"] == chosen["user_id"] and each["status"] != "TERMINATED"
            for each in others
        ):
            raise ValueError(f"{self._named(chosen)} works here; terminate them first.")
        again = self.rippling.rehire(chosen["user_id"], self.rippling.clock.today())
        return f"Rehired {self._named(chosen)}: the same person, now worker {again['number']}."

    def rename_department(self, department: str = "", name: str = "") -> str:
        """Gives a department of Rippling another name."""
        self._department(department)
        name = _text(name, "Say what the department is to be called.")
        if any(row["name"] == name for row in self.rippling.rows("departments")):
            raise ValueError(f"There is a department {name} already.")
        self.rippling.rename_department(department, name)
        return f"Renamed the department {department} to {name}."

    def hide(self, fact: str = "") -> str:
        """Takes the right to see a fact from the connector's token."""
        if fact not in FACTS:
            raise ValueError(f"The token can lose sight of {', '.join(FACTS)}; not of {fact!r}.")
        self.rippling.redact.add(fact)
        return f"The token no longer sees {FACTS[fact]} of anyone."

    def show(self) -> str:
        """Gives the token all rights back."""
        self.rippling.redact.clear()
        return "The token sees everything again."

    def add_cost_centre(self, value: str = "", description: str = "", department: str = "") -> str:
        """Adds a cost centre, and books a department to it if one is named."""
        value = _text(value, "Say which cost centre to add.")
        department = department.strip().upper()
        company = self.visma.company()
        if department and department not in company.departments:
            raise ValueError(f"Visma has no department {department}.")
        if value in company.cost_centres.values:
            raise ValueError(f"There is a cost centre {value} already.")
        self.visma.add_cost_centre(value, description.strip())
        if not department:
            return f"Added cost centre {value}."
        self.visma.set_department_cost_centre(department, value)
        return f"Added cost centre {value}, and booked department {department} to it."

    def refuse(self, worker: str = "") -> str:
        """Has Visma refuse every write of one person, in every company, until it is healed."""
        chosen = self._worker(worker)
        for company in self.visma.companies:
            code = self._code(chosen, company)
            self.visma.refuse(code, REFUSED_FIELD, company=company)
            self.refused.add((company, code))
        return f"Visma now refuses whatever is written of {self._named(chosen)}."

    def break_visma(self) -> str:
        """Has Visma answer 503 to everything until it is healed."""
        if not self._is_in_force("fail"):
            self.visma.faults.fail(503, body="html", path="/v1/.*")
        return "Visma is down: it answers 503 to everything."

    def lose_answers(self) -> str:
        """Has Visma do what it is asked, and never say so, until it is healed."""
        if not self._is_in_force("lose_answer"):
            for method in ("POST", "PUT"):
                self.visma.faults.lose_answer(method=method, path=WRITES)
        return "Visma now writes what it is sent, and its answers get lost."

    def heal(self) -> str:
        """Ends whatever was broken in Visma."""
        self.visma.faults.clear()
        for company, code in self.refused:
            self.visma.accept(code, company=company)
        self.refused.clear()
        return "Visma is well again."

    def troubles(self) -> list[str]:
        """What is broken in Visma, in words."""
        found = [words for kind, words in TROUBLES.items() if self._is_in_force(kind)]
        codes = sorted({code for _, code in self.refused})
        return found + ([f"refuses {', '.join(codes)}"] if codes else [])

    def _is_in_force(self, kind: str) -> bool:
        return any(fault.kind == kind for fault in self.visma.faults.in_force())

    def _department(self, name: str) -> dict[str, Any]:
        for row in self.rippling.rows("departments"):
            if row["name"] == name:
                return row
        raise ValueError(f"Rippling has no department {name!r}.")

    def _worker(self, worker_id: str) -> dict[str, Any]:
        if not worker_id:
            raise ValueError("Select someone in Rippling first.")
        try:
            return self.rippling.worker(worker_id)
        except KeyError:
            raise ValueError("That person is no longer in Rippling.") from None

    def _working(self, worker_id: str) -> dict[str, Any]:
        chosen = self._worker(worker_id)
        if chosen["status"] == "TERMINATED":
            raise ValueError(f"{self._named(chosen)} has left; rehire them first.")
        return chosen

    def _named(self, worker: Mapping[str, Any]) -> str:
        user = self.rippling.user(worker["user_id"])
        return f"{user['display_name']} ({worker['number']})"

    def _code(self, worker: Mapping[str, Any], company: str) -> str:
        """The employee's code where there is one, and else the one that they would get."""
        address = str(worker["work_email"]).casefold()
        for row in self.visma.employees(company):
            if str(row["contact"].get("email", "")).casefold() == address:
                return str(row["employeeNumber"])
        return str(worker["number"])


def _text(value: str, otherwise: str) -> str:
    if not value.strip():
        raise ValueError(otherwise)
    return value.strip()
