"""`connector mappings diff`: who would move, be released or be blocked by an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.operate.verbs.mappings.given import THE_FILE
from connector.services.operate.verbs.verb import Arguments, JsonObject, Verb
from connector.services.operate.verbs.view import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View

ALWAYS_COUNTED = ("moves", "releases", "blocks")
COUNTED_IF_ANY = ("excludes", "includes")
SIGNS = {"added": "+", "changed": "~", "removed": "-"}


class DiffMapping(Verb):
    """Decides from the ledger alone; calls neither system and changes nothing."""

    name = "mappings diff"
    help = "preview an import: who would move, be released, or be blocked"
    examples = ("connector mappings diff mapping.yaml",)
    arguments = (THE_FILE,)

    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        return desk.diff.show(arguments)

    def view(self, result: JsonObject) -> View:
        companies = [line for company in result["companies"] for line in company_lines(company)]
        later = [line for day in result.get("later", ()) for line in day_lines(day)]
        return [*companies, *later, *row_lines(result["rows"]), *rebound_lines(result)]

    def needs_attention(self, result: JsonObject) -> bool:
        return bool(result["blocked"])


def rebound_lines(result: JsonObject) -> Iterator[Line]:
    """The words that mean another department or location from the import on."""
    yield from (Line(each) for each in result.get("rebound", ()))


def company_lines(company: JsonObject) -> Iterator[Line]:
    """The effects on one company: counts first, then the first few people of each kind."""
    yield from effect_lines(company)
    if company["hinges_on_pay"]:
        yield Line(
            f"the class of {company['hinges_on_pay']} depends on pay: only an import tells", 2
        )
    if not company["visma_known"]:
        yield Line("Visma was never read for this company: what it lacks is not known", 2)


def day_lines(day: JsonObject) -> Iterator[Line]:
    """What happens on a day to come."""
    if not day["companies"]:
        yield Line(f"from {day['day']}: nobody of today's people is moved")
    for company in day["companies"]:
        yield from effect_lines(company, f"from {day['day']}, ")


def effect_lines(company: JsonObject, when: str = "") -> Iterator[Line]:
    """The effects on one company: counts, and the first few people of each kind."""
    counts = [*ALWAYS_COUNTED, *(kind for kind in COUNTED_IF_ANY if company[kind]["count"])]
    told = ", ".join(counted(company, kind) for kind in counts)
    yield Line(f"{when}{company['company']}: {told}")
    for kind in (*ALWAYS_COUNTED, *COUNTED_IF_ANY):
        people = [f"{each['who']}  {each['how']}".rstrip() for each in company[kind]["first"]]
        for text in with_rest(people, company[kind]["count"]):
            yield Line(f"{kind}  {text}", indent=2)


def counted(company: JsonObject, kind: str) -> str:
    """A kind of effect with its count."""
    count = company[kind]["count"]
    if kind != "moves":
        return f"{kind} {count}"
    return "moves 1 person" if count == 1 else f"moves {count} people"


def row_lines(rows: JsonObject) -> Iterator[Line]:
    """The rows of the mapping that would change."""
    for word, sign in SIGNS.items():
        yield Line(f"{rows[word]['count']} rows {word}")
        for text in with_rest([str(each) for each in rows[word]["first"]], rows[word]["count"]):
            yield Line(f"{sign} {text}", indent=2)


def with_rest(first: list[str], count: int) -> list[str]:
    """The first few, and how many more there are."""
    rest = count - len(first)
    return [*first, f"and {rest} more"] if rest else first
