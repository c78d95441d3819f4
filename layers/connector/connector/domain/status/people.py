"""Who has something open: how many are held, wait, were rejected, or have a day before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.domain.checks import Check, Level
from connector.domain.planning import Outcome
from connector.domain.reconciliation import CONFLICT
from connector.domain.records.ledger import EmployeeLink
from connector.domain.status.section import Section
from connector.domain.status.wording import counted, lasted, moment

TAKEN_OVER = "connector mappings rollback, or connector mappings import FILE"
"""What brings a company back into the mapping, or gives its people to another one."""


@dataclass(frozen=True, slots=True)
class OpenPeople:
    """The people of all companies with whom something is open, by what that is.

    Each of `held`, `waiting`, `rejected` and `conflicts` needs a hand, and stands in one of them;
    `left` were rejected by an operator and need none. `scheduled` have a day before them, whatever
    else is open.
    """

    held: tuple[EmployeeLink, ...] = ()
    waiting: tuple[EmployeeLink, ...] = ()
    rejected: tuple[EmployeeLink, ...] = ()
    conflicts: tuple[EmployeeLink, ...] = ()
    left: tuple[EmployeeLink, ...] = ()
    scheduled: tuple[EmployeeLink, ...] = ()

    @classmethod
    def among(cls, links: Iterable[EmployeeLink]) -> OpenPeople:
        """Sorted by what is open."""
        found: dict[str, list[EmployeeLink]] = {name: [] for name in cls.__slots__}
        for link in links:
            for name in _open_with(link):
                found[name].append(link)
        return cls(**{name: tuple(each) for name, each in found.items()})

    @property
    def need_a_hand(self) -> tuple[EmployeeLink, ...]:
        """Everyone for whom a human has to do something, the oldest first."""
        everyone = (*self.held, *self.waiting, *self.rejected, *self.conflicts)
        return tuple(sorted(everyone, key=lambda link: link.since))


def _open_with(link: EmployeeLink) -> Iterator[str]:
    if link.due_on is not None:
        yield "scheduled"
    match link.outcome:
        case Outcome.HELD:
            yield "held"
        case Outcome.WAITING:
            yield "waiting"
        case Outcome.REJECTED if link.is_left:
            yield "left"
        case Outcome.REJECTED:
            yield "conflicts" if CONFLICT in link.reason else "rejected"


def of_people(people: OpenPeople, now: datetime) -> Section:
    """A line for each kind of thing that may be open, and who has been open longest."""
    checks = [
        _line("held", people.held, "held by a guard", "connector held"),
        _line("waiting", people.waiting, "waiting", "connector waiting"),
        _line("rejected", people.rejected, "rejected", "connector rejected"),
        _line(
            "conflicts",
            people.conflicts,
            "in conflict: the employee is not theirs",
            "connector conflicts, then connector adopt",
        ),
    ]
    if people.left:
        message = f"Left as they are by an operator: {_people(people.left)}."
        checks.append(Check("left", Level.NOTE, message))
    checks.append(_scheduled(people.scheduled))
    oldest = next(iter(people.need_a_hand), None)
    if oldest:
        checks.append(_oldest(oldest, now))
    counts = {name: len(getattr(people, name)) for name in OpenPeople.__slots__}
    return Section(tuple(checks), {"people": counts, "oldest_open": _figures(oldest)})


def of_left_behind(left: Mapping[str, int]) -> Section:
    """A line for each company that left the mapping and has people still; told only where any is.

    Nobody may be held, waiting or rejected there, and yet what HR changes reaches none of them.
    """
    checks = (
        Check("left_behind", Level.WARNING, _left_behind(company, count), TAKEN_OVER)
        for company, count in left.items()
    )
    return Section(tuple(checks), {"left_behind": dict(left)})


def _left_behind(company: str, count: int) -> str:
    verb = "is" if count == 1 else "are"
    return (
        f"{counted(count, 'person', 'people')} {verb} active in {company}, which is no longer in"
        " the mapping: of what HR changes, only the end of an employment is written there. Put the"
        " company back, have another one claim its legal entities, or have these people's"
        " employments ended in Rippling."
    )


def need_a_hand(people: OpenPeople, left: Mapping[str, int]) -> Check:
    """The same in one line, for a page that is about something else."""
    kinds = {
        "held": people.held,
        "waiting": people.waiting,
        "rejected": people.rejected,
        "in conflict": people.conflicts,
    }
    counts = {kind: len(links) for kind, links in kinds.items() if links}
    counts |= {f"left in {company}, which the mapping lost": each for company, each in left.items()}
    if not counts:
        return Check("people", Level.GOOD, "Nobody is held, waiting or rejected.")
    listed = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    message = f"People for whom something has to be done: {listed}."
    return Check("people", Level.WARNING, message, "connector status")


def _line(name: str, links: tuple[EmployeeLink, ...], what: str, command: str) -> Check:
    if not links:
        return Check(name, Level.GOOD, f"Nobody is {what.partition(':')[0]}.")
    since = min(link.since for link in links)
    verb = "is" if len({link.person_id for link in links}) == 1 else "are"
    message = f"{_people(links)} {verb} {what}; since {moment(since)}."
    return Check(name, Level.BAD, message, command.format(since=since))


def _scheduled(links: tuple[EmployeeLink, ...]) -> Check:
    days = sorted(link.due_on for link in links if link.due_on)
    if not days:
        return Check("scheduled", Level.GOOD, "Nobody is scheduled.")
    message = f"Scheduled: {_people(links)}; the next day is {days[0].isoformat()}."
    return Check("scheduled", Level.GOOD, message)


def _oldest(link: EmployeeLink, now: datetime) -> Check:
    code = _code(link)
    who = link.employee_code or link.person_id  # nobody may be known by a code to come
    message = (
        f"The oldest of them: {code} in {link.company}, {link.outcome.value} for"
        f" {lasted(now - link.since)}."
    )
    return Check("oldest_open", Level.NOTE, message, f"connector explain {who}")


def _figures(link: EmployeeLink | None) -> dict[str, str] | None:
    if link is None:
        return None
    return {
        "person": link.person_id,
        "employee_code": _code(link),
        "company": link.company,
        "outcome": link.outcome.value,
        "since": link.since.isoformat(timespec="seconds"),
    }


def _code(link: EmployeeLink) -> str:
    return link.employee_code or link.expected_code or link.person_id


def _people(links: tuple[EmployeeLink, ...]) -> str:
    return counted(len({link.person_id for link in links}), "person", "people")
