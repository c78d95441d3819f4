"""`connector waiting`, `held`, `rejected`, `scheduled` and `conflicts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.lists.people import PeopleList
from connector.services.operate.verbs.verb import Arguments, JsonObject
from connector.services.operate.verbs.view import Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


class Waiting(PeopleList):
    """Lists the people who cannot be placed yet."""

    name = "waiting"
    help = "list everyone who is waiting, and what for"
    examples = ("connector waiting", "connector waiting --person 1013", "connector waiting --json")
    of = need_a_hand = ("waiting",)
    what = "waiting"
    why = "Waiting for"


class Held(PeopleList):
    """Lists whom a guard holds, and how many were changed within the last day."""

    name = "held"
    help = "list the changes that a guard holds, and why"
    examples = ("connector held", "connector held --company norway")
    of = need_a_hand = ("held",)
    what = "held"
    own = (("Change", "kind"), ("Run", "run"))

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return {**super().run(desk, arguments), "windows": desk.held.windows()}

    def view(self, result: JsonObject) -> View:
        counted = [(each["company"], each["kind"], each["people"]) for each in result["windows"]]
        windows = Table(("Company", "Change", "People in 24 hours"), counted)
        return [*super().view(result), windows]


class Rejected(PeopleList):
    """Lists whom Visma refused, and whom an operator has left as they are."""

    name = "rejected"
    help = "list the people whom Visma refused, or about whom an operator rejected a change"
    examples = ("connector rejected", "connector rejected --person 1013")
    of = ("rejected", "left")
    need_a_hand = ("rejected",)
    what = "rejected"
    own = (("By", "by"),)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        by = {"rejected": "Visma or a check", "left": "an operator"}
        rows = super().run(desk, arguments)["rows"]
        return {"rows": [{**row, "by": by[row["list"]]} for row in rows]}


class Scheduled(PeopleList):
    """Lists the people with a day before them: they start, leave, or are looked at then."""

    name = "scheduled"
    help = "list everyone who starts, leaves or is looked at again on a day to come"
    examples = ("connector scheduled", "connector scheduled --company norway")
    of = ("scheduled",)
    what = "scheduled"
    own = (("Day", "due_on"),)


class Conflicts(PeopleList):
    """Lists the people whose employee is somebody else's, or no longer their own."""

    name = "conflicts"
    help = "list everyone whose employee in Visma is not, or no longer, their own"
    examples = ("connector conflicts", "connector conflicts --company norway")
    of = need_a_hand = ("conflicts",)
    what = "in conflict"
