"""What Visma holds, in a form in which two ends of the same company can be compared."""

from __future__ import annotations

from typing import Any

from tests.simulator import Visma, nordfab_mapping

MAPPING_BY_NAME = nordfab_mapping().replace(
    "    departments:\n",
    '    departments:\n      - {rippling: Management, department: MGMT, cost_centre: "600"}\n',
)
"""Reference codes, which speak for this department in the demo, are not in the Platform API."""

ONLY_BY_REST = ("midName", "name", "phone1", "phone2")
"""Middle names, of which Visma makes the name it shows, and which number is which.

The Platform API cannot give them; nor can it give legal entities, which one company does without.
"""


def held_in_visma(visma: Visma) -> list[dict[str, Any]]:
    """Every employee as a finance user sees them, without numbers and stamps of Visma's own."""
    fields = ("employeeNumber", "status", "department", "calendarID")
    return [
        {
            **{name: row[name] for name in fields},
            "branch": row["branch"]["number"],
            "class": row["employeeClass"]["id"],
            "contact": {
                name: value
                for name, value in row["contact"].items()
                if name not in (*ONLY_BY_REST, "contactId", "lastModifiedDateTime")
            },
            "address": {
                name: value for name, value in row["address"].items() if name != "addressId"
            },
        }
        for row in sorted(visma.employees(), key=lambda row: row["employeeNumber"])
    ]
