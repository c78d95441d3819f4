"""What the use cases need from the outside, as Protocols. No technology, no default behaviour."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    from connector.domain.audit import AuditRow
    from connector.domain.budgets import Budget
    from connector.domain.catalogue import Catalogue, Part
    from connector.domain.changes import Change
    from connector.domain.checks import Check
    from connector.domain.employees import Employee, Fields, Written
    from connector.domain.guards import Run
    from connector.domain.ledger import Holding, Person, Record
    from connector.domain.mapping import MappingFile
    from connector.domain.people import Named, Worker


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""

    def remaining_seconds(self) -> float:
        """How long this invocation may still work."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some workers, and where to go on; `next_position` is None on the last page."""

    workers: Sequence[Worker]
    next_position: str | None = None


class Source(Protocol):
    """Rippling, read only.

    * Reads may repeat rows; they never leave one out that existed before the read began.
    * Raises `RetryableError` when Rippling cannot answer, `ConfigurationError` when it will not.
    """

    @property
    def reads_increments(self) -> bool:
        """False where Rippling cannot say what changed: `changed_since` then is `everyone`."""

    def changed_since(self, cutoff: datetime, position: str | None = None) -> Iterator[Page]:
        """Pages of workers whose `updated_at` is at or after `cutoff`, oldest first.

        Rippling ignores a filter it does not know: rows before the cutoff may come, too.
        """

    def everyone(self, position: str | None = None) -> Iterator[Page]:
        """Pages of every worker in every status, by id; `position` resumes a walk cut short."""

    def person_of(self, worker_id: str) -> str | None:
        """The person behind a worker id, or None where Rippling shows no such worker."""

    def employments(
        self, worker_id: str, person_id: str, known: Iterable[str] = ()
    ) -> list[Worker]:
        """Every employment of one person, fresh, in one call. Empty: Rippling shows none.

        `worker_id` and `known`, worker ids of the person seen before, are for the case that
        Rippling ignores the filter.
        """

    def departments(self) -> list[Named]:
        """All departments."""

    def locations(self) -> list[Named]:
        """All work locations."""

    def probe(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        """What this API lets the token do, check by check; the first one is the sign-in.

        `needs` are what the mapping asks for beyond the usual: `legal_entity`, `compensation`,
        `custom_fields`. Nothing that stands in the way is raised, and nobody is named.
        """


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first page of a company's employees tells of the company, and of the calls left.

    `count` is how many employees there are in all, where Visma says so.
    """

    shown: int
    count: int | None = None
    classes: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    calls_left: int | None = None
    calls_limit: int | None = None


class Target(Protocol):
    """One company of Visma.net ERP.

    * A write is sent at most once a call. Where its answer is lost, `UnknownOutcomeError`.
    * `ConflictError` when the employee changed since `etag`; `RefusedError` when Visma says no.
    """

    def read(self, code: str) -> Employee | None:
        """The employee with this code, or None."""

    def create(self, code: str, fields: Fields) -> Written:
        """Creates the employee. The code that Visma really gave is in the answer."""

    def update(self, code: str, fields: Fields, *, identity: Fields, etag: str | None) -> Written:
        """Writes the given fields if the employee still is at version `etag`, where one is known.

        `identity` are last name and e-mail as they are, which Visma wants repeated.
        """

    def rename(self, employee_id: int, new_code: str) -> None:
        """Gives an employee another code. Only an operator asks for this."""

    def catalogue(
        self, parts: Iterable[Part], cost_centre_segment: int | None
    ) -> Mapping[Part, Any]:
        """Some parts of the company's catalogue, one call each.

        Without a segment there are no cost centres, and departments come without theirs.
        """

    def employees(self) -> Iterator[Employee]:
        """Every employee of the company."""

    def sign_in(self) -> tuple[str, ...]:
        """Signs in anew; the rights that were asked for and not given, where Visma says so."""

    def segments(self) -> Mapping[int, str]:
        """The segments of a sub-account, by number, with their names."""

    def sample(self) -> Sample:
        """What the first page of employees tells."""


class Targets(Protocol):
    """The companies of Visma.net ERP."""

    def company(self, key: str) -> Target:
        """The target for one company of the mapping."""


class Ledger(Protocol):
    """The `PeopleTable`, and with it the audit: an outcome and its row are written together.

    * `begin` and `finish` raise `ConflictError` when the person's version moved on.
    """

    def record(self, person_id: str) -> Record:
        """All rows of one person; a new `Person` of version 0 where there are none."""

    def fingerprints(self, person_ids: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """For each known person, worker id to fingerprint as last dealt with."""

    def begin(
        self, record: Record, company: str, code: str, *, claim: bool, proof: str = ""
    ) -> Record:
        """Notes that a write is about to be sent. With `claim` the code becomes this person's.

        `proof` is what a created employee can be known by, should its answer be lost.

        Raises:
            CodeTakenError: the code is claimed by somebody else in this company.
        """

    def let_go(self, record: Record) -> None:
        """Notes that the write that was begun is over, its outcome unknown: others may look now."""

    def person_with(self, worker_id: str) -> str | None:
        """Whose employment this was when last dealt with, or None: a hint, perhaps outdated."""

    def owner_of(self, code: str, company: str) -> str | None:
        """The person who claims an employee code in a company, or None."""

    def finish(
        self,
        record: Record,
        person: Person,
        holdings: Iterable[Holding],
        audit: Iterable[AuditRow],
    ) -> None:
        """Writes outcome and audit together, clears the intent and raises the version."""

    def waiting(self, company: str) -> Iterator[Holding]:
        """The people of a company who wait for something."""

    def due(self, company: str, day: date) -> Iterator[Holding]:
        """The people of a company whose scheduled day is `day` or earlier."""

    def persons(self, ids: Iterable[str] | None = None) -> Iterator[Person]:
        """The person rows with these ids, or all of them."""

    def holdings(self, company: str) -> Iterator[Holding]:
        """All rows of a company."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a reader has read: a stream of changes by its watermark, a sweep by its position.

    `position` is where a walk cut short goes on; `started` is set while a sweep is under way, and
    `newest` and `seen` are the greatest time and the number of rows it has come across, `loading`
    the companies that had no employee when it began. `ended` is when a walk last came to its end.
    """

    stream: str
    watermark: datetime | None = None
    position: str | None = None
    started: datetime | None = None
    newest: datetime | None = None
    seen: int = 0
    loading: tuple[str, ...] = ()
    ended: datetime | None = None


class Watermarks(Protocol):
    """The `WatermarksTable`: how far readers have read, and what is cached between runs."""

    def lease(self, stream: str, seconds: float) -> AbstractContextManager[bool]:
        """Enters with True for one holder at a time, with False for everybody else."""

    def walk(self, stream: str) -> Walk:
        """How far the stream has been read."""

    def save(self, walk: Walk) -> None:
        """Remembers how far the stream has been read."""

    def catalogue(self, company: str) -> Catalogue:
        """The cached catalogue of a company; an empty one where none was read."""

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        """Caches the catalogue of a company."""

    def run(self, run: str) -> Run:
        """What a run was not allowed to do; nothing where it is not known."""

    def save_run(self, run: Run) -> None:
        """Remembers what a run was not allowed to do."""

    def count_up(self, counter: str) -> int:
        """Adds one to a counter and says what it comes to."""

    def locations(self) -> tuple[datetime, Mapping[str, str]] | None:
        """The cached names of the Rippling work locations, and when they were read."""

    def save_locations(self, read_at: datetime, names: Mapping[str, str]) -> None:
        """Caches the names of the Rippling work locations."""

    def previous_mapping(self) -> tuple[str, datetime] | None:
        """The mapping before the last import, as a file, and when that import was."""

    def save_previous_mapping(self, text: str, imported_at: datetime) -> None:
        """Keeps the mapping that an import made at `imported_at` replaces."""


class Budgets(Protocol):
    """What all functions together know of each budget, in the `WatermarksTable`.

    A budget is named by its vendor and company. Every failure is a `ConnectorError`.
    """

    def known(self, name: str) -> Budget:
        """What still counts of what has been told; an empty budget where nothing does."""

    def tell(self, name: str, budget: Budget) -> None:
        """Adds a view to what is known; an older one never takes the place of a newer."""


class Mappings(Protocol):
    """The `MappingsTable`. Nobody who reads ever sees half of an import."""

    def load(self) -> MappingFile:
        """The mapping as it is now.

        Raises:
            ConfigurationError: there is none, or its rows do not make sense; with every problem.
            RetryableError: an import is under way.
        """

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they rest."""

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed.

        Raises:
            RetryableError: another import is under way.
        """


class AuditLog(Protocol):
    """The `AuditTable`, read only: rows are written by the ledger together with the outcome."""

    def of_person(self, person_id: str) -> Iterator[dict[str, Any]]:
        """The rows of one person, oldest first."""

    def of_outcome(self, outcome: str, since: datetime) -> Iterator[dict[str, Any]]:
        """The rows of one outcome, oldest first."""

    def of_day(self, day: date) -> Iterator[dict[str, Any]]:
        """The rows of one day, oldest first."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be handled; `receipt` takes it off the queue."""

    id: str
    body: str
    group: str
    receipt: str = field(repr=False)
    reason: str = ""
    sent_at: datetime | None = None


class ChangeQueue(Protocol):
    """The queue of changes and its dead letters."""

    def send(self, changes: Iterable[Change]) -> int:
        """Queues changes; how many. None is ever swallowed as a duplicate of another."""

    def postpone(self, receipt: str, seconds: float) -> None:
        """Keeps a received message from being delivered again before that many seconds."""

    def bury(self, body: str, reason: str) -> None:
        """Puts a message that is not a change among the dead letters."""

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Some dead letters, oldest first; hidden from everybody else until they are put back."""

    def put_back(self, letters: Iterable[DeadLetter]) -> None:
        """Lets others see dead letters again."""

    def forget(self, letter: DeadLetter) -> None:
        """Takes a dead letter off the queue."""

    def sizes(self) -> tuple[int, int]:
        """About how many changes wait or are being dealt with, and how many dead letters lie."""


@dataclass(frozen=True, slots=True)
class RipplingCredentials:
    """How to sign in to Rippling, and which bearer tokens its webhook may carry.

    `company_id` is the company that a webhook must be about, where that is to be checked.
    """

    api_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    webhook_tokens: tuple[str, ...] = field(default=(), repr=False)
    company_id: str | None = None

    @property
    def is_app(self) -> bool:
        """Whether the OAuth client of an App Shop app is there."""
        return bool(self.client_id and self.client_secret and self.redirect_uri)


@dataclass(frozen=True, slots=True)
class VismaCredentials:
    """How to sign in to one Visma company."""

    client_id: str
    client_secret: str = field(repr=False)
    tenant_id: str
    company_id: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)


class Secrets(Protocol):
    """The two secrets. Values are cached for minutes; `fresh` reads them anew.

    Raises:
        ConfigurationError: a secret is empty or unusable; with every problem in it.
    """

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        """The Rippling secret."""

    def visma(self, *, fresh: bool = False) -> Mapping[str, VismaCredentials]:
        """The Visma secret, by company key."""

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        """Puts an installation's newest tokens into the Rippling secret; all else in it stays.

        Without a new refresh token the one that is there stays, too.
        """


@dataclass(frozen=True, slots=True)
class Stoppage:
    """Since when nothing is polled any more, and why."""

    at: datetime
    why: str


class Stoppages(Protocol):
    """Whether polling was stopped from outside; it stays so until an operator resumes it."""

    def stop(self, why: str) -> None:
        """Stops polling."""

    def current(self) -> Stoppage | None:
        """The stoppage there is, if any."""

    def end(self) -> Stoppage | None:
        """Ends the stoppage there is; it, or None where there was none."""


class Notifications(Protocol):
    """The ids of notifications that were taken in, for as long as they might come again."""

    def take(self, notification_id: str, until: datetime) -> bool:
        """True for the first who takes it, False for everybody after that, until then."""

    def give_back(self, notification_id: str) -> None:
        """Lets it be taken again: nothing came of it."""


class Looker(Protocol):
    """Whoever can look at Visma: the poller, seen from the webhook."""

    def look(self, company: str, employee_code: str | None = None) -> None:
        """Asks for a look at one employee, or at what the waiting people of a company wait for.

        Raises:
            RetryableError: it cannot be asked for at this moment.
        """


class InstallStates(Protocol):
    """The states of installations that were started here: each opens the door once, for a while."""

    def remember(self, state: str, until: datetime) -> None:
        """Makes a state valid until then."""

    def is_open(self, state: str) -> bool:
        """Whether a state is valid; it stays so."""

    def use_up(self, state: str) -> bool:
        """Whether a state was valid; from now on it is not, and only one caller gets True."""


class Metrics(Protocol):
    """Counters for the dashboard; never a name, an id or a value of a person."""

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter."""
