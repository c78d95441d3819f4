"""`connector rename`: gives a person's employee another code in Visma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.adopt import WHICH_EMPLOYEE, employee_sentence
from connector.services.operate.verbs.verb import Arguments, JsonObject, Right, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class Rename(Verb):
    """Gives an employee another code, with Visma's own action."""

    name = "rename"
    is_act = True
    right = Right.ENGINEER
    help = "give a person's employee another code in Visma"
    examples = ("connector rename 6b056ce624359a91ff000039 1013",)
    arguments = WHICH_EMPLOYEE

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.identity.rename(arguments)

    def view(self, result: JsonObject) -> View:
        return [Line(employee_sentence(result))]
