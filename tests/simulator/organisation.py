"""The frame of a simulated Rippling company: departments, places, entities, employment types.

People and their employments live in `workforce`; nothing here speaks HTTP.
"""

from __future__ import annotations

import threading
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.simulator.clock import Clock, Now, moment
from tests.simulator.people import address
from tests.simulator.tables import Row, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES: Mapping[str, tuple[str, ...]] = {
    "workers": ("user_id", "work_email", "number"),
    "users": (),
    "departments": ("name",),
    "work-locations": ("name",),
    "legal-entities": ("legal_name",),
    "employment-types": ("label",),
    "compensations": ("worker_id",),
    "custom-fields": ("name",),
    "companies": (),
    "teams": (),
    "levels": (),
    "titles": (),
    "business-partners": (),
}
NAMED = {
    "departments": "name",
    "work-locations": "name",
    "legal-entities": "legal_name",
    "employment-types": "label",
    "custom-fields": "name",
}


class Organisation:
    """What a Rippling company has before anyone works there, and the verbs that shape it."""

    def __init__(self, clock: Now | None = None) -> None:
        self.clock = Clock(clock)
        self.state_lock = threading.RLock()
        self.tables = {name: Table(*indexed) for name, indexed in TABLES.items()}
        self.custom_values: dict[str, list[dict[str, Any]]] = {}
        self.time_format = "iso"
        self._made = 0

    def found(self, name: str, at: datetime | str | None = None) -> dict[str, Any]:
        """Creates the company itself; there is one."""
        return self._add(
            "companies",
            {
                "parent_legal_entity_id": None, "parent_legal_entity": None,
                "legal_entities_id": [], "legal_entities": None, "physical_address": None,
                "primary_email": "people@example.no", "legal_name": name,
                "doing_business_as_name": None, "phone": None, "name": name,
            },
            at,
        )  # fmt: skip

    def add_department(
        self,
        name: str,
        reference_code: str | None = None,
        *,
        parent: str | None = None,
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Adds a department; two may not share a name."""
        if self.tables["departments"].find("name", name):
            raise ValueError(f"department {name} exists already")
        above = self._named("departments", parent) if parent else None
        line = above["department_hierarchy_id"] if above else []
        row = {
            "name": name, "parent_id": above["id"] if above else None, "parent": None,
            "reference_code": reference_code, "department_hierarchy": None,
            "department_hierarchy_id": line,
        }  # fmt: skip
        return self._add("departments", row, at, own_id_in="department_hierarchy_id")

    def rename_department(self, name: str, new_name: str) -> dict[str, Any]:
        """Renames a department; no worker's stamp moves."""
        return self.change_department(name, name=new_name)

    def change_department(self, department: str, /, **fields: Any) -> dict[str, Any]:
        """Changes a department's `name` or `reference_code`; no worker's stamp moves."""
        unknown = set(fields) - {"name", "reference_code"}
        if unknown:
            raise ValueError(f"a department has no {', '.join(sorted(unknown))}")
        with self.state_lock:
            department_id = self._id("departments", department)
            return self.plain(self._replace("departments", department_id, fields))

    def add_location(
        self,
        name: str,
        *,
        street: str = "Eksempelveien 1",
        postal_code: str = "0001",
        city: str = "Oslo",
        country: str = "NO",
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Adds a work location."""
        where = address("WORK", street, postal_code, city, country)
        return self._add("work-locations", {"name": name, "address": where}, at)

    def rename_location(self, name: str, new_name: str) -> dict[str, Any]:
        """Renames a work location; no worker's stamp moves."""
        return self._rename("work-locations", name, new_name)

    def rename_legal_entity(self, name: str, new_name: str) -> dict[str, Any]:
        """Renames a legal entity; no worker's stamp moves."""
        return self._rename("legal-entities", name, new_name)

    def rename_employment_type(self, label: str, new_label: str) -> dict[str, Any]:
        """Gives an employment type another label; no worker's stamp moves."""
        return self._rename("employment-types", label, new_label)

    def add_legal_entity(
        self, legal_name: str, country: str = "NO", at: datetime | str | None = None
    ) -> dict[str, Any]:
        """Adds a legal entity of the company."""
        with self.state_lock:
            company = next(iter(self.tables["companies"]), None)
            row = {
                "tax_identifier": None, "country": {"code": country}, "legal_name": legal_name,
                "entity_level": "SUBSIDIARY" if self.tables["legal-entities"] else "PARENT",
                "registration_date": None, "mailing_address": None, "physical_address": None,
                "parent_id": None, "parent": None, "management_type": None,
                "company_id": company["id"] if company else None, "company": None,
            }  # fmt: skip
            entity = self._add("legal-entities", row, at)
            if company:
                known = [*company["legal_entities_id"], entity["id"]]
                self.tables["companies"].put({**company, "legal_entities_id": known})
            return entity

    def add_employment_type(
        self,
        label: str,
        *,
        type: str = "EMPLOYEE",  # noqa: A002  (Rippling's own word)
        compensation_time_period: str | None = "SALARIED",
        amount_worked: str | None = "FULL-TIME",
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Adds an employment type."""
        row = {
            "label": label, "name": None, "type": type, "amount_worked": amount_worked,
            "compensation_time_period": compensation_time_period,
        }  # fmt: skip
        return self._add("employment-types", row, at)

    def add_custom_field(
        self,
        name: str,
        type: str = "TEXT",  # noqa: A002  (Rippling's own word)
        at: datetime | str | None = None,
    ) -> dict[str, Any]:
        """Adds the definition of an employee custom field."""
        row = {"name": name, "description": None, "required": False, "type": type}
        return self._add("custom-fields", row, at)

    def department(self, name: str) -> dict[str, Any]:
        """The department with this name or id."""
        return self.plain(self._named("departments", name))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a list, by its name in the path."""
        with self.state_lock:
            return [self.plain(row) for row in self.tables[table]]

    def shown_time(self, value: Any) -> str:
        """A stamp in the form that the API gives it."""
        if not isinstance(value, datetime):
            raise TypeError(f"{value!r} has no form in JSON")
        if self.time_format == "compact":
            return value.strftime("%Y-%m-%dT%H:%M:%S+0000")
        return value.isoformat(timespec="microseconds")

    def plain(self, row: Row) -> dict[str, Any]:
        """A row as the API would show it, with nothing expanded."""
        return {
            name: self.shown_time(value) if isinstance(value, datetime) else value
            for name, value in row.items()
        }

    def _rename(self, table: str, name: str, new_name: str) -> dict[str, Any]:
        with self.state_lock:
            fields = {NAMED[table]: new_name}
            return self.plain(self._replace(table, self._id(table, name), fields))

    def _id(self, table: str, name: str) -> str:
        return str(self._named(table, name)["id"])

    def _named(self, table: str, name: str) -> Row:
        by_id = self.tables[table].get(name)
        found = [by_id] if by_id else self.tables[table].find(NAMED[table], name)
        if not found:
            raise KeyError(f"no {name} among the {table}")
        return found[0]

    def _first_id(self, table: str) -> str | None:
        return next((row["id"] for row in self.tables[table]), None)

    def _add(
        self, table: str, row: Row, at: datetime | str | None, *, own_id_in: str | None = None
    ) -> dict[str, Any]:
        with self.state_lock:
            when = moment(at) if at is not None else self.clock.stamp()
            head = {"id": self._new_id(table, when), "created_at": when, "updated_at": when}
            if own_id_in:
                row = {**row, own_id_in: [*row[own_id_in], head["id"]]}
            return self.plain(self.tables[table].put({**head, **row}))

    def _replace(
        self,
        table: str,
        row_id: str,
        fields: Mapping[str, Any],
        *,
        silent: bool = False,
        at: datetime | str | None = None,
    ) -> Row:
        before = self.tables[table][row_id]
        when = moment(at) if at is not None else self.clock.stamp()
        stamp = {} if silent else {"updated_at": when}
        return self.tables[table].put({**before, **fields, **stamp})

    def _new_id(self, table: str, when: datetime) -> str:
        # Like the real ones: 24 hexadecimal digits that begin with the second of their making.
        self._made += 1
        middle = sha256(f"{table}/{self._made}".encode()).hexdigest()[:10]
        return f"{int(when.timestamp()):08x}{middle}{self._made:06x}"
