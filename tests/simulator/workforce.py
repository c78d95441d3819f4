"""The people of a simulated Rippling company, and the verbs of an HR department.

Every verb moves the worker's `updated_at` unless it is told to be silent, as Rippling's own
bulk repairs sometimes are. Nothing here speaks HTTP.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tests.simulator.clock import Now, day
from tests.simulator.organisation import Organisation
from tests.simulator.people import (
    ADDRESS,
    NAMES,
    PHONES,
    invented_person,
    user_emails,
    user_members,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.tables import Row

NAMED_BY = {
    "department": ("department_id", "departments"),
    "legal_entity": ("legal_entity_id", "legal-entities"),
    "employment_type": ("employment_type_id", "employment-types"),
    "manager": ("manager_id", "workers"),
}
PAY = ("annual_salary", "hourly_wage", "currency", "salary_effective_date", "payment_type")
EXPANDED = (
    "user", "manager", "legal_entity", "employment_type", "compensation", "department", "teams",
    "level", "custom_fields", "business_partners",
)  # fmt: skip
EMPTY_WORKER: Mapping[str, Any] = {
    "user_id": None, "is_manager": False, "manager_id": None, "legal_entity_id": None,
    "country": None, "start_date": None, "end_date": None, "number": None, "work_email": None,
    "personal_email": None, "status": "ACTIVE", "location": None, "employment_type_id": None,
    "gender": None, "date_of_birth": None, "race": None, "ethnicity": None, "citizenship": None,
    "compensation_id": None, "overtime_exemption": None, "department_id": None, "teams_id": [],
    "title": None, "title_effective_date": None, "level_id": None, "termination_details": None,
    "country_fields": None, "business_partners_id": [], "original_start_date": None,
    **dict.fromkeys(EXPANDED),
}  # fmt: skip
PERSON_WORDS = {*NAMES, *PHONES, *ADDRESS}
USER_MEMBERS = {
    "active", "username", "name", "display_name", "emails", "phone_numbers", "addresses",
    "photos", "preferred_language", "locale", "timezone", "number",
}  # fmt: skip
HEAD = ("id", "created_at", "updated_at")

KEPT_BY_A_REHIRE = (
    "legal_entity_id", "country", "work_email", "personal_email", "location",
    "employment_type_id", "department_id", "title", "manager_id", "overtime_exemption",
)  # fmt: skip
HOURS_A_YEAR, WEEKS_A_YEAR = 2080, 52


class Workforce(Organisation):
    """An organisation with people in it.

    Fields are Rippling's own names, or these words: `department`, `legal_entity`,
    `employment_type` and `location` by name or id, `manager` by worker id, and for pay
    `annual_salary`, `hourly_wage`, `currency`, `salary_effective_date`, `payment_type`.
    """

    def __init__(self, clock: Now | None = None) -> None:
        super().__init__(clock)
        self._highest_number = 1000

    def hire(
        self,
        person: Mapping[str, Any] | None = None,
        *,
        at: datetime | str | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Takes someone on, invented where nothing is said, and gives the worker."""
        with self.state_lock:
            number = fields.pop("number", None) or self._next_number()
            country = self._country(fields)
            who = {**invented_person(number, country), **(person or {})}
            user = self._add_user(who, number, at)
            fields = {
                "work_email": who["work_email"], "personal_email": who["personal_email"],
                "country": country, **fields,
            }  # fmt: skip
            return self._employ(user["id"], number, fields, at)

    def rehire(
        self,
        user_id: str,
        start_date: date | str,
        *,
        at: datetime | str | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Takes a known person on again: a new worker id and number, the same user."""
        with self.state_lock:
            earlier = sorted(
                self.tables["workers"].find("user_id", user_id), key=lambda row: row["start_date"]
            )
            if not earlier:
                raise KeyError(f"no user {user_id} has ever worked here")
            self._replace("users", user_id, {"active": True}, at=at)
            kept = {name: earlier[-1][name] for name in KEPT_BY_A_REHIRE}
            first = earlier[0]["original_start_date"] or earlier[0]["start_date"]
            fields = {**kept, "original_start_date": first, "start_date": start_date, **fields}
            number = fields.pop("number", None) or self._next_number()
            return self._employ(user_id, number, fields, at)

    def change(
        self,
        worker_id: str,
        *,
        silent: bool = False,
        at: datetime | str | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Changes a worker's fields or pay."""
        with self.state_lock:
            worker = self.tables["workers"][worker_id]
            pay = {name: fields.pop(name) for name in PAY if name in fields}
            if pay:
                self._repay(worker, pay, at)
            values = self._values(fields)
            return self.plain(self._replace("workers", worker_id, values, silent=silent, at=at))

    def change_user(
        self,
        user_id: str,
        *,
        bump_worker: bool = False,
        at: datetime | str | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """Changes a person's names, phones or address; the workers' stamps stay by default."""
        with self.state_lock:
            user = self.tables["users"][user_id]
            raw = {name: value for name, value in fields.items() if name not in PERSON_WORDS}
            if unknown := set(raw) - USER_MEMBERS:
                raise ValueError(f"a user has no {', '.join(sorted(unknown))}")
            members = {**user_members(fields, user), **raw}
            if bump_worker:
                for worker in self.tables["workers"].find("user_id", user_id):
                    self._replace("workers", worker["id"], {}, at=at)
            return self.plain(self._replace("users", user_id, members, at=at))

    def move(
        self,
        worker_id: str,
        department: str,
        *,
        silent: bool = False,
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Moves a worker to another department."""
        return self.change(worker_id, silent=silent, at=at, department=department)

    def relocate(
        self,
        worker_id: str,
        location: str,
        *,
        silent: bool = False,
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Moves a worker to another work location, or to `REMOTE`."""
        return self.change(worker_id, silent=silent, at=at, location=location)

    def change_employment_type(
        self, worker_id: str, label: str, *, silent: bool = False, at: datetime | str | None = None
    ) -> dict[str, Any]:
        """Gives a worker another employment type."""
        return self.change(worker_id, silent=silent, at=at, employment_type=label)

    def terminate(
        self,
        worker_id: str,
        end_date: date | str,
        type: str = "VOLUNTARY",  # noqa: A002  (Rippling's own word)
        *,
        reason: str | None = None,
        silent: bool = False,
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Ends an employment; with a last day ahead the worker stays ACTIVE until `turn_day`."""
        details = {"type": type, "reason": reason}
        with self.state_lock:
            self.change(
                worker_id, silent=silent, at=at, end_date=end_date, termination_details=details
            )
            if day(end_date) <= self.clock.today():
                self._end(worker_id, silent=silent, at=at)
            return self.worker(worker_id)

    def reactivate(
        self, worker_id: str, *, silent: bool = False, at: datetime | str | None = None
    ) -> dict[str, Any]:
        """Re-opens the same employment, as if it had never ended."""
        with self.state_lock:
            user_id = self.tables["workers"][worker_id]["user_id"]
            self._replace("users", user_id, {"active": True}, at=at)
            return self.change(
                worker_id, silent=silent, at=at,
                status="ACTIVE", end_date=None, termination_details=None,
            )  # fmt: skip

    def turn_day(self, today: date | str | None = None, *, silent: bool = False) -> list[str]:
        """Starts and ends the employments whose day has come, and gives their worker ids."""
        now = (day(today) if today else self.clock.today()).isoformat()
        with self.state_lock:
            starting = [
                row["id"] for row in self.tables["workers"]
                if row["status"] == "ACCEPTED" and row["start_date"] <= now
            ]  # fmt: skip
            ending = [
                row["id"] for row in self.tables["workers"]
                if row["status"] == "ACTIVE" and row["end_date"] and row["end_date"] <= now
            ]  # fmt: skip
            for worker_id in starting:
                self.change(worker_id, silent=silent, status="ACTIVE")
            for worker_id in ending:
                self._end(worker_id, silent=silent)
            return [*starting, *ending]

    def set_custom_field(
        self, worker_id: str, name: str, value: Any, *, silent: bool = True
    ) -> dict[str, Any]:
        """Gives a worker a value of a custom field; by default no stamp moves."""
        with self.state_lock:
            field = self._named("custom-fields", name)
            entry = {"id": field["id"], "name": name, "type": field["type"], "value": value}
            others = [one for one in self.custom_values.get(worker_id, []) if one["name"] != name]
            self.custom_values[worker_id] = [*others, entry]
            return self.change(worker_id, silent=silent)

    def touch(self, worker_id: str, at: datetime | str | None = None) -> dict[str, Any]:
        """Moves a worker's stamp, to a given moment if one is named, and changes nothing else."""
        return self.change(worker_id, at=at)

    def remove(self, worker_id: str) -> dict[str, Any]:
        """Makes a worker's row vanish without a trace."""
        with self.state_lock:
            return self.plain(self.tables["workers"].remove(worker_id))

    def enter_again(self, worker_id: str) -> dict[str, Any]:
        """Deletes a person and enters them again: same number and addresses, new ids."""
        with self.state_lock:
            worker = self.tables["workers"].remove(worker_id)
            user = self.tables["users"].remove(worker["user_id"])
            again = self._add("users", _without_head(user), None)
            return self._add("workers", {**_without_head(worker), "user_id": again["id"]}, None)

    def worker(self, worker_id: str) -> dict[str, Any]:
        """The worker with this id, nothing expanded."""
        return self.plain(self.tables["workers"][worker_id])

    def workers(self) -> list[dict[str, Any]]:
        """Every worker, in the order of their making."""
        return self.rows("workers")

    def user(self, user_id: str) -> dict[str, Any]:
        """The user with this id."""
        return self.plain(self.tables["users"][user_id])

    def numbered(self, number: int) -> dict[str, Any]:
        """The worker with this employee number."""
        with self.state_lock:
            for row in self.tables["workers"].find("number", number):
                return self.plain(row)
        raise KeyError(f"no worker has the number {number}")

    def _end(
        self, worker_id: str, *, silent: bool = False, at: datetime | str | None = None
    ) -> None:
        user_id = self.tables["workers"][worker_id]["user_id"]
        self._replace("users", user_id, {"active": False}, at=at)
        self._replace("workers", worker_id, {"status": "TERMINATED"}, silent=silent, at=at)

    def _employ(
        self, user_id: str, number: int, fields: Mapping[str, Any], at: datetime | str | None
    ) -> dict[str, Any]:
        self._highest_number = max(self._highest_number, number)
        given = dict(fields)
        pay = {name: given.pop(name) for name in PAY if name in given}
        start = day(given.pop("start_date", None) or self.clock.today())
        status = "ACCEPTED" if start > self.clock.today() else "ACTIVE"
        row = {
            **EMPTY_WORKER, "user_id": user_id, "number": number, "status": status,
            "start_date": start.isoformat(), **self._first_choices(given), **self._values(given),
        }  # fmt: skip
        worker = self._add("workers", row, at)
        return self.plain(self._pay_first(worker["id"], pay, at))

    def _add_user(
        self, who: Mapping[str, Any], number: int, at: datetime | str | None
    ) -> dict[str, Any]:
        members: dict[str, Any] = {
            "active": True, "username": who["work_email"], "name": None, "display_name": None,
            "emails": user_emails(who["work_email"], who["personal_email"]), "phone_numbers": [],
            "addresses": [], "photos": [], "preferred_language": None, "locale": None,
            "timezone": None, "number": str(number),
        }  # fmt: skip
        if unknown := set(who) - PERSON_WORDS - USER_MEMBERS - {"work_email", "personal_email"}:
            raise ValueError(f"a person has no {', '.join(sorted(unknown))}")
        raw = {name: value for name, value in who.items() if name in USER_MEMBERS}
        return self._add("users", {**members, **user_members(who, members), **raw}, at)

    def _values(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in fields.items():
            if name in NAMED_BY:
                column, table = NAMED_BY[name]
                is_id = value is None or table == "workers"
                values[column] = value if is_id else self._id(table, value)
            elif name == "location" and isinstance(value, str):
                values[name] = self._place(value)
            elif name in EMPTY_WORKER and name not in EXPANDED:
                values[name] = value.isoformat() if isinstance(value, date) else value
            else:
                raise ValueError(f"a worker has no {name}, or it cannot be {value!r}")
        return values

    def _place(self, name: str) -> dict[str, Any]:
        if name == "REMOTE":
            return {"type": "REMOTE", "work_location_id": None}
        return {"type": "WORK", "work_location_id": self._id("work-locations", name)}

    def _first_choices(self, given: Mapping[str, Any]) -> dict[str, Any]:
        choices: dict[str, Any] = {
            column: self._first_id(table)
            for word, (column, table) in NAMED_BY.items()
            if word != "manager" and word not in given
        }
        if place := self._first_id("work-locations"):
            choices["location"] = {"type": "WORK", "work_location_id": place}
        return choices

    def _country(self, fields: Mapping[str, Any]) -> str:
        name = fields.get("legal_entity") or self._first_id("legal-entities")
        entity = self._named("legal-entities", name) if name else None
        return str(fields.get("country") or (entity["country"]["code"] if entity else "NO"))

    def _pay_first(self, worker_id: str, pay: Mapping[str, Any], at: datetime | str | None) -> Row:
        package = {"worker_id": worker_id, "worker": None, **_package(dict(pay))}
        made = self._add("compensations", package, at)
        worker = self.tables["workers"][worker_id]
        # The stamp stays: hiring someone is one write, though it makes two rows.
        return self.tables["workers"].put({**worker, "compensation_id": made["id"]})

    def _repay(self, worker: Row, pay: Mapping[str, Any], at: datetime | str | None) -> None:
        before = self.tables["compensations"][worker["compensation_id"]]
        kept = {
            "currency": before["annual_compensation"]["currency_type"],
            "salary_effective_date": before["salary_effective_date"],
            "payment_type": before["payment_type"],
        }
        if "annual_salary" not in pay and "hourly_wage" not in pay:
            kept["annual_salary"] = before["annual_compensation"]["value"]
        self._replace("compensations", before["id"], _package({**kept, **pay}), at=at)

    def _next_number(self) -> int:
        return self._highest_number + 1


def _without_head(row: Row) -> Row:
    """What a row says beside its id and stamps."""
    return {name: value for name, value in row.items() if name not in HEAD}


def _package(pay: dict[str, Any]) -> dict[str, Any]:
    hourly = pay.get("hourly_wage")
    yearly = hourly * HOURS_A_YEAR if hourly is not None else pay.get("annual_salary", 600_000)
    effective = pay.get("salary_effective_date")

    def money(value: float | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {"currency_type": pay.get("currency", "NOK"), "value": round(value, 2)}

    return {
        "annual_compensation": money(yearly), "annual_salary_equivalent": money(yearly),
        "hourly_wage": money(hourly if hourly is not None else yearly / HOURS_A_YEAR),
        "monthly_compensation": money(yearly / 12), "on_target_commission": None,
        "relocation_reimbursement": None, "signing_bonus": None, "target_annual_bonus": None,
        "weekly_compensation": money(yearly / WEEKS_A_YEAR), "target_annual_bonus_percent": None,
        "bonus_schedule": None, "payment_type": pay.get("payment_type"), "payment_terms": None,
        "salary_effective_date": day(effective).isoformat() if effective else None,
    }  # fmt: skip
