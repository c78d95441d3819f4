"""The changes that were given up: whose they are, why, and queueing them again.

Nothing is decided here: the writer reads each person fresh, so an old letter cannot restore an old
state. A letter leaves its queue only once its change is back on the other one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.domain.changes import Change
from connector.domain.errors import ConfigurationError, NotAChangeError, RetryableError
from connector.domain.records.ledger import Person
from connector.domain.records.mode import ModeName
from connector.domain.records.times import timestamp
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue, DeadLetter, FailedAttempt, FailedAttempts
from connector.services.foresee.application import Application
from connector.services.foresee.numbers import department_in, number_in
from connector.services.foresee.people import People
from connector.services.operate.json_types import JsonObject

MOST_LETTERS = 1000
"""As many as can be looked at before the first of them is shown to others again."""

BATCH_SIZE = 10
ROUND = timedelta(seconds=10)
"""So long one invocation replays before it says how far it is: whoever interrupts stops soon."""

RESERVED_SECONDS = 15.0
"""A batch is begun only with more time left than this."""

QUIET = timedelta(seconds=30)
"""Once all that is left has failed again, and so long nothing else has ended, no one waits on."""

ONE_MESSAGE = timedelta(minutes=5)
"""So long the queue takes a letter that is replayed once more for the same message: what became of
it may have been written down before this replay began."""

NO_REASON = "no attempt has left a reason: the writer was cut off; see its log"
OFF = (
    "the connector is off, and what is replayed now would come to nothing:"
    " `connector go-live` or `rehearse` first"
)


@dataclass(slots=True)
class Round:
    """What one invocation has done of a replay."""

    replayed: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    """The person of each queued change, by its correlation id."""

    passed_over: dict[str, DeadLetter] = field(default_factory=dict)
    not_changes: int = 0
    is_more: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class GivenUpChanges:
    """The service behind `connector dead-letters` and `replay`."""

    queue: ChangeQueue
    attempts: FailedAttempts
    ledger: Ledger
    people: People
    application: Application
    clock: Clock
    mode: ModeName
    sleep: Callable[[float], None] = time.sleep

    def show(self, limit: int = MOST_LETTERS) -> JsonObject:
        """Dead letters with their person and the last reason, oldest first; how many there are.

        Of one group SQS shows only the first few, and none that someone else looks at: `total` may
        be more than the rows.
        """
        total = self.queue.lengths().dead
        letters = self.queue.dead_letters(limit)
        self.queue.release(letters)
        rows = self._described(letters)
        return {"rows": rows, "total": max(total, len(rows))}

    def begin(self, people: Sequence[str], most_per_second: int | None) -> JsonObject:
        """Finds out whose letters are meant, and replays the first of them.

        Raises:
            ConfigurationError: somebody is unknown, or the connector is off; nothing was replayed.
        """
        if self.mode is ModeName.OFF:
            raise ConfigurationError(OFF)
        only = self._meant(people) if people else []
        return self.go_on(timestamp(self.clock.now()), only, most_per_second)

    def go_on(self, started: str, only: Collection[str], most_per_second: int | None) -> JsonObject:
        """Replays for some seconds: everything, or what is about these people or workers only."""
        done = self._round(frozenset(only), most_per_second)
        return {
            "started": started,
            "only": sorted(only),
            "replayed": done.replayed,
            "left": done.not_changes,
            "more": done.is_more and not done.trouble,
            "waiting": done.waiting,
            "trouble": done.trouble,
            "refused": [],
            "results": [],
            "failing": [],
        }

    def follow(self, started: str, progress: str, waiting: Mapping[str, str]) -> JsonObject:
        """What has become of what was replayed, and what has failed again since then."""
        since = datetime.fromisoformat(started)
        result = self.application.follow(timestamp(since - ONE_MESSAGE), progress, waiting)
        failed = {
            change: attempt
            for change, attempt in self.attempts.of(result["waiting"]).items()
            if attempt.at >= since.replace(microsecond=0)
        }
        quiet = self.clock.now() - datetime.fromisoformat(result["progress"])
        is_over = result["is_over"] or (quiet > QUIET and failed.keys() == set(result["waiting"]))
        failing = self._failing(result["waiting"], failed) if is_over else []
        return {**result, "started": started, "is_over": is_over, "failing": failing}

    def _meant(self, people: Sequence[str]) -> list[str]:
        """The ids of the people and workers who are meant.

        Raises:
            ConfigurationError: somebody is unknown, or has no dead letter.
        """
        rows = self.show()["rows"]
        ids = {name for row in rows for name in (row.get("worker"), row.get("person")) if name}
        meant: list[str] = []
        problems: list[str] = []
        for wanted in people:
            try:
                found = wanted if wanted in ids else self.people.find(wanted).record.person.id
            except ConfigurationError as error:
                problems += error.problems
                continue
            if found not in ids:
                named = wanted if wanted == found else f"{wanted} (person {found})"
                problems.append(f"no dead letter is about {named}: `connector dead-letters`")
            meant.append(found)
        if problems:
            raise ConfigurationError(problems)
        return meant

    def _round(self, only: frozenset[str], most_per_second: int | None) -> Round:
        done, until = Round(), self.clock.now() + ROUND
        size = min(BATCH_SIZE, most_per_second or BATCH_SIZE)
        try:
            while done.is_more and self._has_time(until):
                letters = self.queue.dead_letters(size)
                # Letters that are shown a second time are all that is left, however long it lasts.
                is_new = any(letter.id not in done.passed_over for letter in letters)
                before, done.is_more = done.replayed, is_new
                for letter in letters:
                    self._replay(letter, only, done)
                if most_per_second and done.replayed > before:
                    self.sleep((done.replayed - before) / most_per_second)
            self.queue.release(done.passed_over.values())
        except RetryableError as error:
            done.trouble = str(error)
        return done

    def _has_time(self, until: datetime) -> bool:
        return self.clock.now() < until and self.clock.remaining_seconds() > RESERVED_SECONDS

    def _replay(self, letter: DeadLetter, only: frozenset[str], done: Round) -> None:
        """Queues a letter's change, and only then takes the letter away.

        Interrupted in between it is replayed once more, which the queue takes for the same message
        for five minutes, and the writer for one more look ever after.
        """
        change = changed_by(letter)
        if change is None:
            done.not_changes += letter.id not in done.passed_over
            done.passed_over[letter.id] = letter
            return
        person = self._person_of(change)
        if only and not only & {change.worker_id, person}:
            done.passed_over[letter.id] = letter
            return
        self.queue.resend(letter, change)
        done.replayed += 1
        done.waiting[change.correlation_id] = person
        self.queue.delete(letter)

    def _person_of(self, change: Change) -> str:
        return change.person_id or self.ledger.person_with(change.worker_id) or change.worker_id

    def _failing(
        self, waiting: Mapping[str, str], failed: Mapping[str, FailedAttempt]
    ) -> list[JsonObject]:
        persons = self._persons(waiting.values())
        return [
            {
                **whose(persons.get(person)),
                "person": person,
                "reason": failed[change].reason if change in failed else "",
            }
            for change, person in waiting.items()
        ]

    def _described(self, letters: Sequence[DeadLetter]) -> list[JsonObject]:
        changes = {each.id: change for each in letters if (change := changed_by(each))}
        about = {name: self._person_of(change) for name, change in changes.items()}
        persons = self._persons(about.values())
        failed = self.attempts.of({each.correlation_id for each in changes.values()})
        return [
            described(each, None, None)
            if each.id not in changes
            else {
                **described(each, changes[each.id], failed.get(changes[each.id].correlation_id)),
                **whose(persons.get(about[each.id])),
            }
            for each in letters
        ]

    def _persons(self, ids: Iterable[str]) -> dict[str, Person]:
        return {each.id: each for each in self.ledger.persons(set(ids))}


def changed_by(letter: DeadLetter) -> Change | None:
    """The change in a letter; None where it is none, and sending it again cannot help."""
    try:
        return Change.from_body(letter.body)
    except NotAChangeError:
        return None


def whose(person: Person | None) -> JsonObject:
    """Number, company and department of a person, as far as the ledger knows them."""
    if person is None:
        return {"number": "", "company": "", "department": ""}
    return {
        "number": number_in(person.facts),
        "company": str(person.placement.get("company") or ", ".join(person.active_in)),
        "department": department_in(person.facts),
    }


def described(
    letter: DeadLetter, change: Change | None, failed: FailedAttempt | None
) -> JsonObject:
    """What an operator needs to know of a dead letter."""
    sent_at = letter.sent_at.isoformat() if letter.sent_at else None
    head: JsonObject = {"id": letter.id, "sent_at": sent_at, "is_change": change is not None}
    if change is None:
        return {**head, "since": sent_at, "tries": 1, "reason": letter.reason or reason_of(letter)}
    return {
        **head,
        "worker": change.worker_id,
        "person": change.person_id,
        "cause": change.cause.value,
        "correlation_id": change.correlation_id,
        "since": failed.since.isoformat() if failed else sent_at,
        "tries": failed.tries if failed else None,
        "reason": failed.reason if failed else letter.reason or NO_REASON,
    }


def reason_of(letter: DeadLetter) -> str:
    """Why a letter is no change."""
    try:
        Change.from_body(letter.body)
    except NotAChangeError as error:
        return str(error)
    return ""
