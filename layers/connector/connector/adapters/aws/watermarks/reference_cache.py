"""Cached reference data in the `WatermarksTable`, readable in the console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from connector.adapters.aws.watermarks.table import without_empty
from connector.domain.catalogue import Catalogue, Department, EmployeeKey
from connector.domain.records.audit import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.adapters.aws.watermarks.table import WatermarksTable

LOCATIONS = "locations"


class DynamoReferenceCache:
    """A row for each company's catalogue, and one for the names of the locations."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def catalogue(self, company: str) -> Catalogue:
        item = self._rows.read(f"catalogue {company}")
        departments, read_at = item.get("departments", {}), item.get("read_at", {})
        return Catalogue(
            departments={key: Department(**values) for key, values in departments.items()},
            branches=item.get("branches", {}),
            cost_centres=item.get("cost_centres", {}),
            employee_key=EmployeeKey(**item.get("employee_key", {})),
            read_at={part: datetime.fromisoformat(at) for part, at in read_at.items()},
        )

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        departments = catalogue.departments.items()
        values = {
            "departments": {
                key: without_empty(asdict(department)) for key, department in departments
            },
            "branches": dict(catalogue.branches),
            "cost_centres": dict(catalogue.cost_centres),
            "employee_key": without_empty(asdict(catalogue.employee_key)),
            "read_at": {part: timestamp(at) for part, at in catalogue.read_at.items()},
        }
        self._rows.put(f"catalogue {company}", values)

    def locations(self) -> tuple[datetime, Mapping[str, str]] | None:
        item = self._rows.read(LOCATIONS)
        if not item:
            return None
        return datetime.fromisoformat(item["read_at"]), item["names"]

    def save_locations(self, read_at: datetime, names: Mapping[str, str]) -> None:
        self._rows.put(LOCATIONS, {"read_at": timestamp(read_at), "names": dict(names)})
