"""What is missing for people to be placed, and what of the mapping and of Visma nobody needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from connector.domain.mapping.missing import Missing, MissingKind
from connector.domain.mapping.routing import is_contested
from connector.domain.records.ledger import EmployeeLink
from connector.domain.report.sheet import Cell, Column, Section, Table, Unit
from connector.domain.status.wording import counted

KEY, TITLE = "dimensions", "Dimensions: what is missing, blocked or unused"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the mapping or of Visma: where it stands, what is wrong, and for how many."""

    company: str
    what: str
    code: str
    why: str
    people: int = 0


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was found; `unread` are the companies of which nothing can be said, with the reason."""

    waiting: Sequence[EmployeeLink] = ()
    blocked: Sequence[Code] = ()
    unused: Sequence[Code] = ()
    facts_unknown: Mapping[str, int] | None = None
    unread: Mapping[str, str] | None = None


def gaps(found: Gaps) -> Section:
    """What people wait for, codes that Visma lacks or has blocked, codes that nobody uses."""
    needed = list(_needed(found.waiting))
    unknown = found.facts_unknown or {}
    tables = (
        _table_of_needed(needed),
        _codes("blocked", "Codes that Visma lacks or has blocked", found.blocked, has_people=True),
        _facts(unknown),
        _codes("unused", "Codes that nobody uses", found.unused, has_people=False),
    )
    return Section(KEY, TITLE, tables, tuple(_needs(found, needed)))


def _needs(found: Gaps, needed: Iterable[tuple[str, str, int, date]]) -> Iterator[str]:
    for company, what, people, _ in needed:
        who = counted(people, "person", "people")
        yield f"{company}: {who} waiting: {what}. Type `connector waiting`."
    for each in found.blocked:
        if each.people:
            who = counted(each.people, "person", "people")
            yield (
                f"{each.company}: {each.what} {each.code}: {each.why}; {who} on it."
                " Type `connector mappings check`."
            )
    for fact, people in sorted((found.facts_unknown or {}).items()):
        who = counted(people, "person", "people")
        if fact == "status":
            yield (
                f"Rippling gives {who} a status that nobody knows, or hides it: none of them leaves"
                " or is created. Type `connector reconcile` to see who."
            )
            continue
        what = fact.replace("_", " ")
        yield f"Rippling does not show the {what} of {who}. Type `connector ping`."
    for company, why in (found.unread or {}).items():
        yield f"{company}: what Visma has could not be read: {why}. Type `connector ping`."


def _needed(waiting: Iterable[EmployeeLink]) -> Iterator[tuple[str, str, int, date]]:
    """Each missing thing, for how many people, and since when."""
    links: dict[tuple[str, str], list[EmployeeLink]] = defaultdict(list)
    for link in waiting:
        for key in link.waiting_for:
            links[link.company, _message(key, link)].append(link)
    for (company, what), own in sorted(links.items()):
        yield company, what, len(own), min(link.since for link in own).date()


def _message(key: str, link: EmployeeLink) -> str:
    """What is missing; where nobody can tell what a word means, it is not Rippling's to show."""
    try:
        missing = Missing.parse(key)
    except ValueError:  # of another version
        return key
    is_shown = missing.kind is MissingKind.FACT and is_contested(link.reason)
    return link.reason if is_shown else missing.message(link.company)


def _table_of_needed(needed: Iterable[tuple[str, str, int, date]]) -> Table:
    columns = (
        Column("Company"),
        Column("What is missing"),
        Column("People", Unit.COUNT, is_bar=True),
        Column("Since", Unit.DAY),
    )
    return Table("missing", "What people wait for", columns, tuple(needed), "Nobody waits.")


def _codes(key: str, title: str, codes: Iterable[Code], *, has_people: bool) -> Table:
    people = (Column("People", Unit.COUNT),) if has_people else ()
    columns = (
        Column("Company"),
        Column("What"),
        Column("Code", Unit.CODE),
        Column("Why"),
        *people,
    )
    rows: list[tuple[Cell, ...]] = [
        (each.company, each.what, each.code, each.why, *([each.people] if has_people else []))
        for each in sorted(codes, key=lambda each: (each.company, each.what, each.code))
    ]
    return Table(key, title, columns, tuple(rows))


def _facts(unknown: Mapping[str, int]) -> Table:
    columns = (Column("Fact"), Column("People", Unit.COUNT))
    rows = tuple((fact.replace("_", " "), people) for fact, people in sorted(unknown.items()))
    title = "Facts that the mapping asks for and Rippling does not show"
    return Table("facts", title, columns, rows)
