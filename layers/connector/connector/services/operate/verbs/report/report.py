"""`connector report`: the month-end report, and whether the month is ready to be closed."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING

from connector.domain.errors import ConfigurationError
from connector.services.operate.verbs.report.explanation import explained, is_in_order
from connector.services.operate.verbs.verb import (
    Argument,
    Arguments,
    Form,
    JsonObject,
    Right,
    UnusableInputError,
    Verb,
)
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.domain.report.sheet import Section
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View


class ReportVerb(Verb):
    """Reads everyone from both systems once, and a month of the audit.

    It is a controller's: it tells what groups of people cost, and keeps what is signed.
    """

    name = "report"
    is_act = True
    is_shown_besides = True
    right = Right.CONTROLLER
    help = "make the month-end report, and say whether the month is ready to be closed"
    examples = (
        "connector report",
        "connector report --month 2026-11 -o 2026-11.html",
        "connector report --month 2026-11 --company norway --csv tables",
        "connector report --month 2026-11 --cost-centre 400 --explain",
    )
    arguments = (
        Argument("month", "such as 2026-11; default: the last that ended", flag="--month"),
        Argument("company", "only this company", flag="--company"),
        Argument("output", "write the page to this file", Form.OUTPUT_FILE, flag="-o"),
        Argument(
            "tables",
            "write its tables to this folder, or to one file that ends in .csv",
            Form.OUTPUT_FOLDER,
            flag="--csv",
        ),
        Argument("cost_centre", "only why this one differs", flag="--cost-centre"),
        Argument("explain", "with --cost-centre: name causes", Form.FLAG, flag="--explain"),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        company = str(arguments.get("company") or "")
        if arguments.get("cost_centre") or arguments.get("explain"):
            return self._explained(desk, arguments, company)
        sheet, delivered = desk.report.make(str(arguments.get("month") or ""), company)
        return {
            "month": sheet.month,
            "company": company,
            "made_at": sheet.made_at.isoformat(timespec="seconds"),
            "mode": sheet.mode,
            "is_ready": sheet.is_ready,
            "bucket": delivered.bucket,
            "key": delivered.key,
            "not_kept": delivered.not_kept,
            "sections": list(map(section_row, sheet.sections)),
            "files": delivered.files,
        }

    def _explained(self, desk: Desk, arguments: Arguments, company: str) -> JsonObject:
        """Why one cost centre differs; nothing is kept of it."""
        cost_centre = str(arguments.get("cost_centre") or "").strip()
        if not (cost_centre and arguments.get("explain")):
            raise ConfigurationError("say both which one and that: --cost-centre 400 --explain")
        month = desk.report.month_of(str(arguments.get("month") or ""), company)
        return {"month": month.text, "explained": desk.books.explain(month, company, cost_centre)}

    def told(self, result: JsonObject) -> Mapping[str, str]:
        if "explained" in result:
            return {"month": result["month"], "explained": "yes"}
        ready = "yes" if result["is_ready"] else "no"
        return {"month": result["month"], "ready": ready, "kept": result["key"] or "no"}

    def text_of(self, result: JsonObject, _: str = "") -> str:
        return str(unpacked(result)["page"])

    def texts_of(self, result: JsonObject) -> Mapping[str, str]:
        tables: dict[str, str] = unpacked(result)["tables"]
        return tables

    def told_to_programs(self, result: JsonObject) -> JsonObject:
        return {name: value for name, value in result.items() if name != "files"}

    def view(self, result: JsonObject) -> View:
        if "explained" in result:
            return [part for each in result["explained"] for part in explained(each)]
        return list(parts_of(result))

    def needs_attention(self, result: JsonObject) -> bool:
        if "explained" in result:
            return not all(map(is_in_order, result["explained"]))
        return not result["is_ready"] or bool(result["not_kept"])


def section_row(section: Section) -> JsonObject:
    """What the command needs of a section: what is open there, and how much it lists."""
    return {
        "key": section.key,
        "title": section.title,
        "needs_human": list(section.needs_human),
        "rows": sum(len(table.rows) for table in section.tables),
    }


def unpacked(result: JsonObject) -> JsonObject:
    """The page and the tables in an answer.

    Raises:
        UnusableInputError: they are too large for one, with where they are; or there are none.
    """
    if "explained" in result:
        raise UnusableInputError("an explanation has no page and no tables: leave out -o and --csv")
    if not result["files"]:
        raise UnusableInputError(f"the report is larger than an answer can be; {where(result)}")
    plain: JsonObject = json.loads(zlib.decompress(base64.b64decode(result["files"])))
    return plain


def where(result: JsonObject) -> str:
    """Where a report is kept, with what to type to get it."""
    if not result["key"]:
        return "and it could not be kept: ask company by company with --company"
    folder = result["key"].rpartition("/")[0]
    return f"type: aws s3 cp s3://{result['bucket']}/{folder}/ . --recursive"


def parts_of(result: JsonObject) -> Iterator[Part]:
    """The verdict first, then each reason with what to type, then where the report is."""
    about = f" for {result['company']}" if result.get("company") else ""
    ready = "is ready" if result["is_ready"] else "is not ready"
    yield Line(f"{result['month']} {ready} to be closed{about}.")
    for section in result["sections"]:
        if section["needs_human"]:
            yield Line()
            yield Line(section["title"])
            yield from (Line(f"!! {each}", 2) for each in section["needs_human"])
    yield Line()
    if result["not_kept"]:
        yield Line(f"!! The report was not kept: {result['not_kept']}")
    else:
        yield Line(f"kept as s3://{result['bucket']}/{result['key']}")
