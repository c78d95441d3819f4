"""`connector report`: the month-end report, and whether the month is ready to be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View


class ReportVerb(Verb):
    """Reads everyone from both systems once, and a month of the audit."""

    name = "report"
    is_act = True
    right = Right.CONTROLLER
    help = "make the month-end report, and say whether the month is ready to be closed"
    examples = (
        "connector report",
        "connector report --month 2026-11 --company norway",
    )
    arguments = (
        Argument("month", "such as 2026-11; default: the last that ended", flag="--month"),
        Argument("company", "only this company", flag="--company"),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        sheet = desk.report.of(
            str(arguments.get("month") or ""), str(arguments.get("company") or "")
        )
        return {
            "month": sheet.month,
            "made_at": sheet.made_at.isoformat(timespec="seconds"),
            "mode": sheet.mode,
            "is_ready": sheet.is_ready,
            "sections": [
                {
                    "key": section.key,
                    "title": section.title,
                    "needs_human": list(section.needs_human),
                    "rows": sum(len(table.rows) for table in section.tables),
                }
                for section in sheet.sections
            ],
        }

    def view(self, result: JsonObject) -> View:
        return list(parts_of(result))

    def needs_attention(self, result: JsonObject) -> bool:
        return not result["is_ready"]


def parts_of(result: JsonObject) -> Iterator[Part]:
    """The verdict first, then each reason with what to type."""
    ready = "is ready" if result["is_ready"] else "is not ready"
    yield Line(f"{result['month']} {ready} to be closed.")
    for section in result["sections"]:
        if section["needs_human"]:
            yield Line()
            yield Line(section["title"])
            yield from (Line(f"!! {each}", 2) for each in section["needs_human"])
