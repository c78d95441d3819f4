"""Rows of the audit as a file: CSV that no spreadsheet computes, or one JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from connector.services.shared.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.services.operate.json_types import JsonObject

CSV, JSON_LINES = "csv", "jsonl"
FORMATS = (CSV, JSON_LINES)
ENDINGS = {".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".json": JSON_LINES}

COLUMNS = (
    "time", "company", "person", "shown_as", "employee_code", "outcome", "kind",
    "department_before", "department_after", "cost_centre_before", "cost_centre_after",
    "account_before", "account_after", "operator", "run", "mapping", "cause", "message", "reason",
    "rules", "worker", "planned", "back_dated", "correlation_id",
)  # fmt: skip


def format_of(named: str, file_name: str) -> str:
    """The format that was asked for, else the one that the name of the file ends in."""
    ending = file_name[file_name.rfind(".") :].lower() if "." in file_name else ""
    return named or ENDINGS.get(ending, CSV)


def written(rows: Sequence[JsonObject], form: str) -> str:
    """The rows in a format; JSON lines have all members, CSV those of the columns."""
    if form == JSON_LINES:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([cell(row.get(name, "")) for name in COLUMNS])
    return text.getvalue()


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet computes."""
    return inert("; ".join(map(str, value)) if isinstance(value, list) else str(value))
