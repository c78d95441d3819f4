"""What every list of people has in common: whom it may be narrowed to, and how a row looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from connector.services.operate.verbs.verb import Argument, Arguments, Form, JsonObject, Verb
from connector.services.operate.verbs.view import Line, Table

if TYPE_CHECKING:
    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import Part, View

PEOPLE = Argument(
    "people",
    "only this one, and as often as you like: number, employee code, id or e-mail address",
    Form.PEOPLE,
    flag="--person",
)
COMPANY = Argument("company", "only this company", flag="--company")


class PeopleList(Verb):
    """People with whom something is open, by number, department, since when and why."""

    arguments: ClassVar[tuple[Argument, ...]] = (PEOPLE, COMPANY)
    of: ClassVar[tuple[str, ...]]
    """The kinds of open people that are listed."""

    what: ClassVar[str]
    """What is said of them: nobody is ..., 3 ... ."""

    need_a_hand: ClassVar[tuple[str, ...]] = ()
    """Those of the kinds that a human has to do something about: exit code 1."""

    why: ClassVar[str] = "Why"
    own: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Columns that only this list has: heading, and member of the row."""

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return {"rows": desk.lists.rows(self.of, arguments)}

    def view(self, result: JsonObject) -> View:
        rows = [self._cells(row) for row in result["rows"]]
        headings = ("Company", "Number", "Department", *(name for name, _ in self.own), "Since")
        table: list[Part] = [Table((*headings, self.why), rows)]
        return [*table, Line(self.counted(len(rows)))]

    def counted(self, count: int) -> str:
        """How many there are, in a sentence where there is nobody."""
        return f"{count} {self.what}" if count else f"Nobody is {self.what}."

    def _cells(self, row: JsonObject) -> tuple[str, ...]:
        own = (str(row.get(member) or "-") for _, member in self.own)
        number = row.get("number") or row["employee_code"] or row["person"]
        department = row.get("department") or "-"
        return (row["company"], number, department, *own, row["since"][:10], row["reason"])

    def needs_attention(self, result: JsonObject) -> bool:
        return any(row.get("list") in self.need_a_hand for row in result["rows"])
