"""Who is held, waits, was rejected or is in conflict: by number, since when, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connector.domain.records.ledger import EmployeeLink
from connector.domain.report.sheet import Cell, Column, Section, Table, Unit
from connector.domain.status.people import OpenPeople
from connector.domain.status.wording import counted

KEY, TITLE = "open", "People with whom something is open"

KINDS = (
    ("held", "Held by a guard", "connector held"),
    ("waiting", "Waiting", "connector waiting"),
    ("rejected", "Rejected", "connector rejected"),
    ("conflicts", "In conflict: the employee is not theirs", "connector conflicts"),
)
"""What needs a hand: the name among the open people, how it is called, and what to type."""

QUIET = (
    ("left", "Left as they are by an operator"),
    ("scheduled", "Scheduled for a day"),
)
COLUMNS = (
    Column("Company"),
    Column("Number", Unit.CODE),
    Column("Department"),
    Column("Since", Unit.DAY),
    Column("Why"),
)


def open_people(
    people: OpenPeople, departments: Mapping[str, str], numbers: Mapping[str, str]
) -> Section:
    """A table of each kind; departments and numbers are those of people, as Rippling has them."""
    tables = [
        Table(name, title, COLUMNS, _rows(getattr(people, name), departments, numbers), "Nobody.")
        for name, title, *_ in (*KINDS, *QUIET)
    ]
    return Section(KEY, TITLE, tuple(tables), tuple(_needs(people)))


def _needs(people: OpenPeople) -> Iterator[str]:
    for name, title, command in KINDS:
        links: Sequence[EmployeeLink] = getattr(people, name)
        if links:
            first = min(links, key=lambda link: link.since)
            many = counted(len({link.person_id for link in links}), "person", "people")
            since = first.since.date()
            what = title.partition(":")[0].lower()
            yield f"{many} {what}, the first since {since}. Type `{command}`."


def _rows(
    links: Sequence[EmployeeLink], departments: Mapping[str, str], numbers: Mapping[str, str]
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            link.company,
            number_of(link, numbers.get(link.person_id, "")),
            departments.get(link.person_id, ""),
            link.since.date(),
            _why(link),
        )
        for link in sorted(links, key=lambda link: (link.company, link.since, link.person_id))
    )


def _why(link: EmployeeLink) -> str:
    day = f"due on {link.due_on.isoformat()}" if link.due_on else ""
    return "; ".join(filter(None, (link.reason, day)))


def number_of(link: EmployeeLink, number: str = "") -> str:
    """The code in Visma, or the one to be; else the number in Rippling, or the person's id."""
    return link.employee_code or link.expected_code or number or link.person_id
