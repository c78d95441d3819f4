"""`connector plan`: what would be done now, about everyone or about some, and nothing is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.domain.errors import ConfigurationError
from connector.services.operate.verbs.days import day_in
from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

MOST_SHOWN = 100
LARGEST_ANSWER = 5_500_000
"""Bytes; AWS lets a function answer with six million."""

LARGEST_DEPARTMENTS = 4
NOTHING = "nothing would be written; everyone is as they should be"


class PlanVerb(Verb):
    """Both systems as they are, the mapping of now or of a file, and the guards foretold."""

    name = "plan"
    help = "show what would be written to Visma now; writes nothing, as often as you like"
    examples = (
        "connector plan",
        "connector plan 1013 1014",
        "connector plan --company norway -o plan.json",
        "connector plan --mapping mapping.yaml",
        "connector plan --on 2027-01-01",
    )
    arguments = (
        Argument("people", "numbers, codes, ids or e-mail addresses", Form.PEOPLE),
        Argument("company", "only this company", flag="--company"),
        Argument("mapping", "as if this file were imported", Form.INPUT_FILE, flag="--mapping"),
        Argument("day", "as if it were this day, such as 2027-01-01", flag="--on"),
        Argument("output", "write it to this file", Form.OUTPUT_FILE, flag="-o"),
    )

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        names = [str(each) for each in arguments.get("people") or ()]
        company, text = arguments.get("company"), arguments.get("text")
        day = day_in("on", str(arguments.get("day") or ""))
        plan = desk.planning.plan(names, str(company or ""), str(text or ""), day).to_json()
        if len(json.dumps(plan)) > LARGEST_ANSWER:
            raise ConfigurationError(
                f"the plan has {len(plan['people'])} people, more than one answer can carry:"
                " ask company by company with --company, or for some people"
            )
        return plan

    def view(self, result: JsonObject) -> View:
        return [*summary_lines(result), *people_lines(result), Line(), Line(verdict(result))]

    def text_of(self, result: JsonObject, _: str = "") -> str:
        kept = {name: value for name, value in result.items() if name != "ok"}
        return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["problems"]) or any(
            each["outcome"] in ("held", "waiting", "rejected", "cannot be foretold")
            for each in result["summary"]
        )


def summary_lines(result: JsonObject) -> Iterator[Part]:
    """What could not be read, and how many people each outcome concerns."""
    yield from (Line(f"!! {each}") for each in result["problems"])
    rows = [
        (
            each["company"] or "-",
            each["outcome"].replace("_", " "),
            str(each["people"]),
            departments(each["departments"]),
        )
        for each in result["summary"]
    ]
    yield Table(("Company", "Would be", "People", "Departments"), rows)


def departments(counts: JsonObject) -> str:
    """The departments with the most people, by name."""
    largest = sorted(counts.items(), key=lambda each: (-int(each[1]), each[0]))
    shown = [f"{name} {count}" for name, count in largest[:LARGEST_DEPARTMENTS]]
    more = len(largest) - LARGEST_DEPARTMENTS
    return ", ".join([*shown, *([f"{more} more"] if more > 0 else [])])


def people_lines(result: JsonObject) -> Iterator[Part]:
    """Each person with whom something would happen."""
    people = result["people"]
    rows = [
        (
            each.get("company", "-"),
            each.get("number") or each["person"],
            each.get("department", ""),
            what_of(each),
        )
        for each in people[:MOST_SHOWN]
    ]
    if rows:
        yield Line()
        yield Table(("Company", "Number", "Department", "What would happen"), rows)
    if len(people) > MOST_SHOWN:
        yield Line(f"and {len(people) - MOST_SHOWN} more: -o FILE has all of them")


def what_of(each: JsonObject) -> str:
    """What would happen to one person, and why not at once."""
    centre = each.get("cost_centre") or ["", ""]
    is_moved = centre[1] and centre[0] != centre[1]
    moved = f" Cost centre {centre[0] or '-'} -> {centre[1]}." if is_moved else ""
    return (
        f"{each['message']}{moved}" if each["outcome"] else f"Cannot be foretold: {each['message']}"
    )


def verdict(result: JsonObject) -> str:
    """The last line of the page."""
    counts: dict[str, int] = {}
    for each in result["summary"]:
        counts[each["outcome"]] = counts.get(each["outcome"], 0) + each["people"]
    quiet = ("unchanged", "out_of_scope")
    told = [
        f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if name not in quiet
    ]
    return f"{', '.join(told)}; plan {result['digest'][:12]}" if told else NOTHING
