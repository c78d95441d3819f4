"""Everything that an export needs to know before it sends anything: read once, judged at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connector.domain.catalogue import Part
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.rules.payroll import PayrollRules
from connector.domain.payroll.batch import Batch, make_batches
from connector.domain.payroll.entry import EntryLine, JournalEntry, lines_of
from connector.domain.payroll.run import PayRecord, PayrollRun, content_digest
from connector.ports.ledger import AuditLog, Ledger
from connector.ports.payroll.journal import Journals
from connector.ports.payroll.runs import PayrollRuns
from connector.ports.state import Mappings
from connector.ports.visma import Targets
from connector.services.payroll.books_check import BooksCheck
from connector.services.payroll.ownership import Ownership
from connector.services.payroll.people import PaidPeople, Roster, Whereabouts
from connector.services.shared.catalogues import Catalogues

OFF = (
    "the export of payroll runs is off: no company of the mapping has a part `payroll`; see"
    " docs/mapping.md#payroll"
)
MOST_TOLD = 60


class RunNotShownError(ConfigurationError):
    """Rippling shows no such run."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One batch as it would be entered, but for its key and revision."""

    batch: Batch
    ledger: str
    period: str
    rate: Decimal | None
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run in the company that it is of; the drafts are complete only without problems.

    `may_be_shown` says whether their lines tell no one's pay but where the mapping asks for it.
    Of a run that Rippling no longer shows, `looked_for` are the keys of the batches that were not
    answered, and `forgotten` says which of them were not in Visma.
    """

    run: PayrollRun
    company: str
    rules: PayrollRules
    day: date
    content: str
    people: int
    may_be_shown: bool = False
    drafts: tuple[Draft, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all of the run is in the drafts: everyone was placed, and every sum is right."""
        return self.may_be_shown

    def entry(self, draft: Draft, key: str, replaces: str) -> JournalEntry:
        """A draft as it is entered under a key; `replaces` says which batch it is instead of."""
        days = self.run.days
        about = f"{days[0]} to {days[1]}" if days else ""
        paid = f", paid {self.run.check_date}" if self.run.check_date else ""
        instead = f", correction: replaces {replaces}" if replaces else ""
        return JournalEntry(
            key=key,
            description=f"{key} Rippling payroll run {about}{paid}{instead}",
            branch=self.rules.branch,
            ledger=draft.ledger,
            period=draft.period,
            day=self.day,
            currency=draft.batch.currency,
            lines=draft.lines,
            rate=draft.rate,
        )


@dataclass(slots=True)
class _Findings:
    """What was found on the way: every problem is told, and none stops the next look."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    may_be_shown: bool = False


@dataclass(frozen=True, slots=True)
class Preparation:
    """Reads a run, its people and the books, and makes the drafts of its batches."""

    runs: PayrollRuns
    journals: Journals
    targets: Targets
    catalogues: Catalogues
    ledger: Ledger
    audit: AuditLog
    mappings: Mappings
    ownership: Ownership

    def prepare(self, run_id: str, company: str = "", booked_on: date | None = None) -> Prepared:
        """A run with everything that stands in its way.

        Raises:
            ConfigurationError: there is no such run, or it is of no company that exports any.
            RetryableError: a system did not answer.
        """
        mapping = self.mappings.load()
        must_be_on(mapping)
        run = self.runs.run(run_id)
        if run is None:
            raise RunNotShownError(f"Rippling shows no payroll run {run_id[:60]}")
        found = _Findings()
        records = self._records(run, found)
        roster = Roster.read(self.ledger)
        workers = {record.worker_id for record in records}
        of_people = roster.companies_of(workers)
        of_run = self.ownership.company_of(run, mapping, of_people, company)
        rules = mapping.companies[of_run]
        payroll = exported_by(of_run, rules, run)
        if not run.is_ready:
            found.problems.append(not_ready(run))
        day = booked_on or day_of_posting(run, payroll)
        if day is None or run.days is None:
            raise ConfigurationError([*found.problems, f"run {run.id} shows no days it pays for"])
        books = self._books(of_run, rules, payroll, day)
        batches = self._batches(run, records, roster, (rules, books), found)
        drafts = drafts_of(batches, books, day, found.problems)
        return Prepared(
            run=run,
            company=of_run,
            rules=payroll,
            day=day,
            content=content_digest(run, records, self.ledger.key),
            people=len(workers),
            may_be_shown=found.may_be_shown,
            drafts=drafts,
            problems=_first(found.problems),
            notes=tuple(found.notes),
        )

    def _records(self, run: PayrollRun, found: _Findings) -> Sequence[PayRecord]:
        try:
            return self.runs.records(run.id)
        except ConfigurationError as error:
            found.problems += error.problems
            return ()

    def _batches(
        self,
        run: PayrollRun,
        records: Sequence[PayRecord],
        roster: Roster,
        company: tuple[CompanyRules, BooksCheck],
        found: _Findings,
    ) -> tuple[Batch, ...]:
        """The batches of the records, each person's cost where it was on these days."""
        rules, books = company
        people = PaidPeople(self.ledger, self.audit, books.company, books.catalogue, rules.zone)
        where: Whereabouts = people.find(roster, [each.worker_id for each in records], run)
        found.problems += where.problems
        found.notes += where.notes
        made = make_batches(records, books.rules, where.placed)
        found.problems += made.problems if records or not found.problems else ()
        found.may_be_shown = not where.problems and not made.problems
        return made.batches

    def _books(
        self, company: str, rules: CompanyRules, payroll: PayrollRules, day: date
    ) -> BooksCheck:
        """What the books of a company can take on a day."""
        return BooksCheck(
            company,
            payroll,
            self.journals.of(company).chart(day),
            self.catalogues.checked(company, rules, tuple(Part)),
            self.targets.company(company).segments(),
            rules.cost_centre_segment,
        )


def drafts_of(
    batches: Sequence[Batch], books: BooksCheck, day: date, problems: list[str]
) -> tuple[Draft, ...]:
    """The batches as Visma's books take them; why they do not is added to the problems."""
    problems += books.standing_problems()
    period = books.period(day, problems)
    ledger = books.ledger(problems)
    problems += books.account_problems(batches)
    return tuple(
        Draft(
            batch,
            ledger.number,
            period,
            books.rate(batch, ledger, problems),
            lines_of(batch, books.rules, books.cost_centre_segment),
        )
        for batch in batches
    )


def exported_by(company: str, rules: CompanyRules, run: PayrollRun) -> PayrollRules:
    """How the company of a run exports it.

    Raises:
        ConfigurationError: it does not.
    """
    if rules.payroll is None:
        raise ConfigurationError(
            f"run {run.id} is one of {company}, whose mapping has no part `payroll`"
        )
    return rules.payroll


def day_of_posting(run: PayrollRun, rules: PayrollRules) -> date | None:
    """The day that the mapping asks for; where the run does not show it, that of the payment."""
    return (run.end if rules.dated != "check_date" else None) or run.check_date


def must_be_on(mapping: MappingFile) -> None:
    """Raises: ConfigurationError: no company exports payroll runs."""
    if not any(rules.payroll for rules in mapping.companies.values()):
        raise ConfigurationError(OFF)


def not_ready(run: PayrollRun) -> str:
    """Why a run in its state is not exported."""
    if run.state == "DRAFT":
        return f"run {run.id} is a draft: it is exported once it is approved"
    state = run.state or "in no state that is shown"
    return f"run {run.id} is {state}: only a run that is approved or paid is exported"


def _first(problems: Sequence[str]) -> tuple[str, ...]:
    """As many problems as anyone reads, each once, and how many more there are."""
    told = list(dict.fromkeys(problems))
    more = len(told) - MOST_TOLD
    return (*told[:MOST_TOLD], *([f"and {more} more problems"] if more > 0 else []))
