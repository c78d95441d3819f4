"""`connector payroll export`: a payroll run as balanced batches on hold in Visma's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.days import day_in
from connector.services.operate.verbs.verb import (
    Argument,
    Arguments,
    Form,
    JsonObject,
    Right,
    Verb,
)
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

MOST_SHOWN = 200
ON_HOLD = "on hold: look at it in Visma and release it there"


class ExportPayrollRun(Verb):
    """A batch is entered once, whatever answer is lost; to release it is a person's work."""

    name = "payroll export"
    is_act = True
    asks = True
    right = Right.CONTROLLER
    help = "enter a payroll run as one balanced batch on hold in Visma; --plan enters nothing"
    examples = (
        "connector payroll export 66b1f0c2e5 --plan",
        "connector payroll export 66b1f0c2e5",
        "connector payroll export 66b1f0c2e5 --booked-on 2025-06-01 --yes",
        "connector payroll export 66b1f0c2e5 --corrected",
    )
    arguments = (
        Argument("run", "the id of the run in Rippling", is_required=True),
        Argument("plan", "show what would be sent, and send nothing", Form.FLAG, flag="--plan"),
        Argument("company", "only if it is a run of this company", flag="--company"),
        Argument("booked_on", "another day to post it on, such as 2025-06-01", flag="--booked-on"),
        Argument(
            "corrected",
            "make a second batch of a run that has changed, or whose batch was deleted",
            Form.FLAG,
            flag="--corrected",
        ),
        Argument(
            "not_there",
            "you have looked in Visma for a batch that was not answered, and it is not there",
            Form.FLAG,
            flag="--not-there",
        ),
        Argument("yes", "do not ask", Form.FLAG, flag="--yes"),
    )

    def prepared(self, request: JsonObject) -> JsonObject:
        """A plan asks nothing."""
        return {**request, "yes": True} if request.get("plan") else request

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.payroll.carried_out(
            run=str(arguments.get("run") or ""),
            operator=str(arguments.get("operator") or ""),
            company=str(arguments.get("company") or ""),
            booked_on=day_in("booked-on", str(arguments.get("booked_on") or "")),
            is_corrected=bool(arguments.get("corrected")),
            is_not_there=bool(arguments.get("not_there")),
            is_plan=bool(arguments.get("plan") or arguments.get("preview")),
        )

    def is_recorded(self, arguments: Arguments) -> bool:
        return not (arguments.get("plan") or arguments.get("preview"))

    def question(self, preview: JsonObject) -> tuple[View, str]:
        if preview["looked_for"]:
            keys = ", ".join(preview["looked_for"])
            return self.view(preview), f"Look for {keys} in Visma, and forget what is not there?"
        count = len(preview["batches"])
        if preview["problems_found"] or not count:
            return self.view(preview), ""
        batches = "1 batch" if count == 1 else f"{count} batches"
        return self.view(preview), f"Enter {batches} on hold in {preview['company']}?"

    def told(self, result: JsonObject) -> Mapping[str, str]:
        told = [
            f"{each['currency']} {each['number']} ({each['key']}), {each['lines']} lines,"
            f" {each['people']} people{total_of(each)}"
            for each in result["batches"]
        ]
        said = "; ".join([*told, *result["forgotten"]])
        return {"company": result["company"], "batches": said or "none entered, none forgotten"}

    def view(self, result: JsonObject) -> View:
        return list(plan_lines(result) if result["is_plan"] else export_lines(result))

    def needs_attention(self, result: JsonObject) -> bool:
        if result["is_plan"]:
            return bool(result["problems_found"])
        return any(each["remarks"] for each in result["batches"])


def total_of(batch: JsonObject) -> str:
    """The sum of the debits, where it may be told."""
    return f", {batch['total']}" if batch["total"] else ""


def heading_of(result: JsonObject) -> str:
    """Which run it is, in a line."""
    days = f", {result['from']} to {result['to']}" if result["to"] else ""
    paid = f", paid on {result['check_date']}" if result["check_date"] else ""
    return (
        f"{result['company']}: run {result['run']} ({result['state'].lower()}){days}{paid};"
        f" posted on {result['booked_on']}"
    )


def plan_lines(result: JsonObject) -> Iterator[Part]:
    """What would be sent, batch by batch, and what stands in its way."""
    yield Line(heading_of(result))
    yield from (Line(f"!! {each}") for each in result["problems_found"])
    yield from (Line(f"note: {each}") for each in result["notes"])
    for batch in result["batches"]:
        yield Line()
        yield Line(
            f"{batch['currency']}{total_of(batch)}, period {batch['period'] or '-'},"
            f" {batch['people']} people: {batch['state']}"
        )
        rows = [
            (line["account"], line["cost_centre"], line["debit"], line["credit"], line["text"])
            for line in batch["lines"]
        ]
        yield Table(("Account", "Cost centre", "Debit", "Credit", "What"), rows[:MOST_SHOWN])
        if len(rows) > MOST_SHOWN:
            yield Line(f"and {len(rows) - MOST_SHOWN} more: --json has all of them")
    if result["problems_found"]:
        yield Line("nothing of it can be sent as it is")


def export_lines(result: JsonObject) -> Iterator[Part]:
    """What lies in Visma now, and what to do with it there."""
    yield Line(heading_of(result))
    yield from (Line(f"note: {each}") for each in result["notes"])
    for batch in result["batches"]:
        how = "was found in Visma" if batch["is_found"] else "was entered"
        yield Line(
            f"{batch['currency']} batch {batch['number'] or '(number not told)'} {how}"
            f" ({batch['key']}, period {batch['period']}, {batch['lines']} lines,"
            f" {batch['people']} people{total_of(batch)}); {ON_HOLD}"
        )
        if batch["earlier"]:
            earlier = ", ".join(batch["earlier"])
            yield Line(f"it replaces batch {earlier}: delete or reverse that in Visma", indent=2)
        yield from (Line(f"!! {each}", indent=2) for each in batch["remarks"])
