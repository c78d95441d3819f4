"""`connector adopt`: links a person to an employee that Visma has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.verb import Argument, Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

WHICH_EMPLOYEE = (
    Argument("person", "person id, as the audit shows it", is_required=True),
    Argument("code", "employee code", is_required=True),
    Argument("company", "key of the company; not needed with only one", flag="--company"),
)


class Adopt(Verb):
    """Links a person to an employee, on the operator's word."""

    name = "adopt"
    is_act = True
    right = Right.ENGINEER
    help = "link a person to an employee that Visma has already"
    examples = ("connector adopt 6b056ce624359a91ff000039 E-1013 --company norway",)
    arguments = WHICH_EMPLOYEE

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.identity.adopt(arguments)

    def view(self, result: JsonObject) -> View:
        return [Line(employee_sentence(result))]


def employee_sentence(result: JsonObject) -> str:
    """Who is which employee now."""
    return f"person {result['person']} is employee {result['code']} in {result['company']}"
