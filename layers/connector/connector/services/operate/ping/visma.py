"""The read-only checks of one Visma company, compared with its rules where it has some.

A company that the mapping does not know yet is checked all the same: what it has is shown then, so
that the mapping can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.domain.catalogue import Catalogue, Part, canonical
from connector.domain.checks import Check, Level, one_by_one
from connector.domain.employees import DIMENSION, Employee
from connector.domain.errors import UpstreamUnavailableError
from connector.domain.mapping.model import CompanyRules
from connector.domain.reconciliation import Shortfall, shortfall, what_to_do
from connector.domain.records.ledger import EmployeeLink
from connector.domain.status.wording import listed
from connector.ports.visma import Sample, SingleReads, Target, Targets, VersionShown

CODES_SHOWN = 10
FEW_CALLS_PERCENT = 10


@dataclass(slots=True)
class CompanyChecks:
    """The checks of one company; without `rules` the mapping does not have it."""

    company: str
    targets: Targets
    has_time: Callable[[], bool]
    """Whether a list may be read on."""

    rules: CompanyRules | None = None
    links: Sequence[EmployeeLink] = ()
    """Whom the ledger knows there."""

    _sample: Sample | None = field(default=None, init=False)
    _lacking: tuple[str, ...] = field(default=(), init=False)

    def checks(self) -> Iterator[Check]:
        """Every check, the sign-in first."""
        return one_by_one(
            (
                ("sign_in", self._sign_in),
                ("rights", self._rights),
                ("branches", self._branches),
                ("departments", self._departments),
                ("employee_key", self._employee_key),
                ("cost_centre_segment", self._segment),
                ("employees", self._employees),
                ("single_employees", self._single),
            )
        )

    def _target(self) -> Target:
        return self.targets.company(self.company)

    def _part(self, part: Part) -> Catalogue:
        read: Mapping[Part, Any] = self._target().catalogue((part,), None)
        return Catalogue(**{part.value: read[part]})

    def _sign_in(self) -> Check:
        self._lacking = self._target().sign_in()
        return Check("sign_in", Level.GOOD, "Visma signs the connector in.")

    def _rights(self) -> Check:
        if self._lacking:
            return Check(
                "rights",
                Level.BAD,
                f"The sign-in does not come with the right to {listed_codes(self._lacking)}.",
                "add the scope in the Developer Portal, and have the company approve it again",
            )
        return Check("rights", Level.GOOD, "No right to read, create or update is missing.")

    def _branches(self) -> Check:
        found = self._part(Part.BRANCHES)
        active = sorted(code for code, is_active in found.branches.items() if is_active)
        rows = self.rules.locations if self.rules else ()
        entities = self.rules.branches if self.rules else ()
        of_rows = [*(row.branch for row in rows), *(row.branch for row in entities)]
        wanted = named_by_rules((*of_rows, *self._defaults("branch")))
        missing = [code for code in wanted if not found.has_branch(code)]
        return _compared("branches", "active branch", active, wanted, missing)

    def _departments(self) -> Check:
        found = self._part(Part.DEPARTMENTS)
        rows = self.rules.departments if self.rules else ()
        wanted = named_by_rules(row.department for row in rows)
        missing = [code for code in wanted if not found.department(code)]
        return _compared("departments", "department", sorted(found.departments), wanted, missing)

    def _employee_key(self) -> Check:
        key = self._part(Part.EMPLOYEE_KEY).employee_key
        if key.auto_numbered:
            return Check(
                "employee_key",
                Level.BAD,
                "Visma numbers employees by itself, so that no one is created.",
                f"set the numbering of the {DIMENSION} key to manual in Visma.net ERP",
            )
        if not key.is_known:
            return Check(
                "employee_key",
                Level.WARNING,
                f"Visma does not show the {DIMENSION} key: nobody knows how long an employee code"
                " may be and who gives it.",
                f"see in Visma.net ERP that the {DIMENSION} key exists and is numbered by hand",
            )
        length = f", up to {key.length} characters" if key.length else ""
        message = f"Visma leaves the employee codes to the connector{length}."
        return Check("employee_key", Level.GOOD, message)

    def _segment(self) -> Check:
        segments = self._target().segments()
        shown = ", ".join(f"{number} ({name})" for number, name in segments.items()) or "none"
        if self.rules is None:
            return Check(
                "cost_centre_segment",
                Level.NOTE,
                "The cost-centre segment is not checked: the mapping does not have this company"
                f" yet. The segments of SUBACCOUNT are {shown}.",
                "name the one that is the cost centre as cost_centre_segment in the mapping",
            )
        wanted = self.rules.cost_centre_segment
        if wanted not in segments:
            return Check(
                "cost_centre_segment",
                Level.BAD,
                f"SUBACCOUNT has no segment {wanted}, where the mapping looks for cost centres."
                f" Its segments are {shown}.",
                "correct cost_centre_segment in the mapping",
            )
        message = f"Segment {wanted} of SUBACCOUNT ({segments[wanted]}) holds the cost centres."
        return Check("cost_centre_segment", Level.GOOD, message)

    def _employees(self) -> Check:
        sample = self._sample = self._target().sample()
        message = _told(sample)
        if any(link.is_active for link in self.links) and not sample.shown:
            return Check(
                "employees",
                Level.BAD,
                "Visma shows no employee at all, and the ledger knows people there.",
                "see that tenant_id and company_id in the Visma secret are this company's",
            )
        if short := self._short(sample):
            return Check("employees", Level.BAD, short.message, what_to_do(self.company))
        if _is_short_of_calls(sample):
            return Check("employees", Level.WARNING, message, "see Being throttled in the runbook")
        unused = list(self._unused(sample))
        if unused and sample.shown:
            message += (
                f" None of the first {sample.shown} has {listed_codes(unused)} of the mapping,"
                " and Visma has no list of these."
            )
            return Check("employees", Level.NOTE, message, "see that they are spelt as in Visma")
        return Check("employees", Level.GOOD, message)

    def _short(self, sample: Sample) -> Shortfall | None:
        """Whom the list leaves out, where it shows too few.

        All of it is read unless enough are on the first page. How many there are in all is no
        answer: past employees and strangers are among them.
        """
        if shortfall(self.company, self.links, sample.employees) is None:
            return None
        return shortfall(self.company, self.links, self._listed())

    def _listed(self) -> Iterator[Employee]:
        """Everyone on the list, as long as there is time."""
        for employee in self._target().employees():
            if not self.has_time():
                raise UpstreamUnavailableError("Visma is too slow to list its employees in one run")
            yield employee

    def _single(self) -> Check:
        first = self._sample.first if self._sample else None
        reads = self._target().single_reads(first)
        return next(_wrong_with(reads), _well(reads))

    def _unused(self, sample: Sample) -> Iterator[str]:
        """The classes and calendars of the mapping that no one on the first page has."""
        rows = self.rules.employee_classes if self.rules else ()
        classes = (*self._defaults("employee_class"), *(row.employee_class for row in rows))
        for kind, wanted, used in (
            ("class", classes, sample.classes),
            ("calendar", self._defaults("calendar"), sample.calendars),
        ):
            known = {canonical(code) for code in used}
            yield from (
                f"{kind} {code}" for code in named_by_rules(wanted) if canonical(code) not in known
            )

    def _defaults(self, name: str) -> tuple[str | None, ...]:
        return (getattr(self.rules.defaults, name),) if self.rules else ()


def _wrong_with(reads: SingleReads) -> Iterator[Check]:
    """What would stop the connector that looks before it writes; the worst first."""
    if not reads.is_missing_understood:
        yield Check(
            "single_employees",
            Level.BAD,
            f"Visma answers {reads.missing} for an employee that cannot exist, which says neither"
            " yes nor no: nobody can be created.",
            "check the base URL; if it is right, report this line to the maintainers",
        )
    if reads.is_first_shown is False:
        yield Check(
            "single_employees",
            Level.BAD,
            "Visma does not show the first employee of its list under the number that it has"
            " there: nobody who is in Visma already can be found.",
            "report this line to the maintainers",
        )
    if reads.version is VersionShown.NOWHERE:
        yield Check(
            "single_employees",
            Level.WARNING,
            "Visma shows no version of an employee, so that an edit there in the very moment of a"
            " write is written over.",
            "report this line to the maintainers",
        )


def _well(reads: SingleReads) -> Check:
    """How a company answers that can be worked with."""
    message = f"One employee can be read by number; one that cannot exist is {reads.missing}."
    if reads.is_first_shown is None:
        message = f"An employee that cannot exist is {reads.missing}; there is none to read yet."
    message += VERSIONS.get(reads.version, "") if reads.version else ""
    return Check("single_employees", Level.GOOD, message)


VERSIONS = {
    VersionShown.ALTERED: " Its version comes in another form than published, and is understood.",
    VersionShown.DIFFERS: " Its ETag is not its timeStamp; the timeStamp counts.",
    VersionShown.ONLY_BODY: " Its version comes without an ETag, as timeStamp.",
    VersionShown.ONLY_HEADER: " Its version comes as ETag, without timeStamp.",
}


def _compared(name: str, one: str, have: list[str], wanted: list[str], missing: list[str]) -> Check:
    """What a company has against what the mapping names."""
    if missing:
        return Check(
            name,
            Level.BAD,
            f"Visma has no {one} {listed_codes(missing)}, which the mapping names."
            " People wait for it.",
            "add it in Visma, or correct the mapping",
        )
    if wanted:
        return Check(
            name,
            Level.GOOD,
            f"The {name} of the mapping are there: {listed_codes(sorted(wanted))}.",
        )
    if have:
        return Check(name, Level.GOOD, f"Visma shows its {name}: {listed_codes(have)}.")
    return Check(name, Level.WARNING, f"Visma shows no {one} at all.", "add one in Visma")


def _told(sample: Sample) -> str:
    count = sample.shown if sample.count is None else sample.count
    message = f"Employees can be read; there are {count or 'none yet'}."
    if sample.calls_left is None or sample.calls_limit is None:
        return message
    return f"{message} {sample.calls_left} of {sample.calls_limit} calls are left in this hour."


def _is_short_of_calls(sample: Sample) -> bool:
    if sample.calls_left is None or not sample.calls_limit:
        return False
    return sample.calls_left * 100 < sample.calls_limit * FEW_CALLS_PERCENT


def named_by_rules(codes: Iterable[str | None]) -> list[str]:
    """The codes that rules name, each once."""
    return list(dict.fromkeys(code for code in codes if code))


def listed_codes(codes: Iterable[str]) -> str:
    """The first few codes, and how many more there are."""
    return listed(list(codes), CODES_SHOWN)
