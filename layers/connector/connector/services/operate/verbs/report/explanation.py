"""How an explanation of one cost centre is shown, the likeliest cause first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.json_types import JsonObject
    from connector.services.operate.verbs.view import Part

HEADINGS = ("branch", "kind", "expected", "posted", "waiting", "difference", "verdict", "why")
AGREES = "within tolerance"


def explained(told: JsonObject) -> Iterator[Part]:
    """One cost centre of one company."""
    place = told["cost_centre"]
    where = place if place.startswith(("without", "not ")) else f"cost centre {place}"
    yield Line(f"{told['company']}, {told['month']}, {where}, in {told['currency']}")
    yield Table(HEADINGS, [tuple(each[name] for name in HEADINGS) for each in told["cells"]])
    if told["people"]:
        yield Line(f"people: {', '.join(told['people'])}")
    yield from (
        Line(f"{each['day']}: {each['number']} {each['what']}", 2) for each in told["changes"]
    )
    for place_, cause in enumerate(told["causes"], start=1):
        yield Line(f"{place_}. {cause['cause']}{_about(cause)}")
        yield Line(cause["advice"], 3)
    if not told["causes"]:
        yield Line(_without_cause(told))


def _about(cause: JsonObject) -> str:
    parts = []
    if cause["people"]:
        parts.append(f"person {', '.join(cause['people'])}")
    if cause["batches"]:
        parts.append(f"batch {', '.join(cause['batches'])}")
    if cause["places"]:
        parts.append(f"also on {', '.join(cause['places'])}")
    return f": {'; '.join(parts)}" if parts else ""


def _without_cause(told: JsonObject) -> str:
    if told["is_open"]:
        return "!! No cause is known for this difference: look at the postings in Visma."
    if all(cell["verdict"] == AGREES for cell in told["cells"]):
        return "Nothing differs."
    return "Nothing that can be judged differs; the last column says what cannot be."


def is_in_order(told: JsonObject) -> bool:
    """Whether nothing has to be done about it."""
    return not told["causes"] and not told["is_open"]
