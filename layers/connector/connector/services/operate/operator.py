"""The verbs of the `connector` command, carried out inside the account.

Each verb takes plain data and gives plain data, so that the command only has to draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connector.domain.changes import Change
from connector.domain.errors import ConfigurationError, ConnectorError, NotAChangeError
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.model import MappingFile
from connector.domain.people import REMOTE
from connector.ports.clock import Clock
from connector.ports.ledger import AuditLog, Ledger
from connector.ports.queue import ChangeQueue, DeadLetter
from connector.ports.rippling import Source
from connector.ports.secrets import Secrets
from connector.ports.state import Mappings, PollingPauses
from connector.services.inbound.install import InstallStarter
from connector.services.operate.held import HeldPeople
from connector.services.operate.identity import Identity
from connector.services.operate.mapping_check import SystemsSnapshot, check
from connector.services.operate.mapping_diff import MappingDiff
from connector.services.operate.mapping_import import MappingImport
from connector.services.operate.ping import Ping
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.configuration import check_configuration

MOST_ROWS = 500
MOST_DAYS = 400
EVER = datetime(2000, 1, 1, tzinfo=UTC)
BATCH = 10
RESERVE_SECONDS = 15.0

Arguments = Mapping[str, Any]
Answer = dict[str, Any]


def _watch_nothing(_: MappingFile) -> None:
    """Where nothing depends on the mapping."""


@dataclass(frozen=True, slots=True)
class Operator:
    """The service behind the operations function."""

    source: Source
    ledger: Ledger
    mappings: Mappings
    audit: AuditLog
    queue: ChangeQueue
    catalogues: Catalogues
    secrets: Secrets
    clock: Clock
    held: HeldPeople
    identity: Identity
    imports: MappingImport
    diff: MappingDiff
    pauses: PollingPauses
    installation: InstallStarter
    probe: Ping
    watch: Callable[[MappingFile], None] = _watch_nothing

    def dispatch(self, event: Arguments) -> Answer:
        """Carries out `event["verb"]`; what went wrong is in `problems`, never raised."""
        verbs: dict[str, Callable[[Arguments], Answer]] = {
            "mappings import": self.imports.import_mapping,
            "mappings rollback": self.imports.rollback,
            "mappings export": self.export_mapping,
            "mappings check": self.check_mapping,
            "mappings diff": self.diff.show,
            "audit": self.show_audit,
            "waiting": self.show_waiting,
            "held": self.held.show,
            "approve": self.held.approve,
            "reject": self.held.reject,
            "adopt": self.identity.adopt,
            "duplicates": self.identity.duplicates,
            "rename": self.identity.rename,
            "dead-letters": self.show_dead_letters,
            "replay": self.replay,
            "oauth start": self.installation.start,
            "resume": self.resume,
            "ping": self.probe.show,
        }
        verb = verbs.get(str(event.get("verb")))
        if verb is None:
            return _failed([f"there is no such verb; there is {', '.join(verbs)}"])
        try:
            return {"ok": True, **verb(event)}
        except ConfigurationError as error:
            return _failed(error.problems)
        except ConnectorError as error:
            return _failed([str(error)])

    def export_mapping(self, _: Arguments) -> Answer:
        """The mapping in the table, as a file."""
        return {"text": mapping_file.dump(self.mappings.load())}

    def check_mapping(self, arguments: Arguments) -> Answer:
        """Holds the mapping of a file, or of the table, against both systems."""
        text = arguments.get("text")
        mapping = self.imports.read(str(text)) if text else self.mappings.load()
        self.watch(mapping)  # what the mapping asks for decides what is read
        check_configuration(self.secrets, _Given(mapping))
        around = SystemsSnapshot(
            departments=tuple(self.source.departments()),
            locations=(*self.source.locations(), REMOTE),
            workers=tuple(w for page in self.source.everyone() for w in page.workers),
            catalogues={
                company: self.catalogues.read_fresh(company, rules)
                for company, rules in mapping.companies.items()
            },
        )
        findings = check(mapping, around, self.clock.now())
        return {"findings": [asdict(finding) for finding in findings]}

    def show_audit(self, arguments: Arguments) -> Answer:
        """Audit rows of a person (by id or employee code), of an outcome, or since a moment."""
        day_ago = self.clock.now() - timedelta(days=1)
        since = _moment(arguments.get("since"), EVER if arguments.get("person") else day_ago)
        rows = self._audit_rows(arguments.get("person"), arguments.get("outcome"), since)
        wanted = [
            row
            for row in rows
            if arguments.get("outcome") in (None, row["outcome"]) and _time_of(row) >= since
        ]
        return {"rows": wanted[-MOST_ROWS:], "left_out": max(0, len(wanted) - MOST_ROWS)}

    def show_waiting(self, _: Arguments) -> Answer:
        """Who waits for what, and since when."""
        rows = [
            {
                "company": company,
                "person": link.person_id,
                "employee_code": link.employee_code or link.expected_code,
                "waiting_for": list(link.waiting_for),
                "since": link.since.isoformat(timespec="seconds"),
                "reason": link.reason,
            }
            for company in self.mappings.load().companies
            for link in self.ledger.waiting(company)
        ]
        return {"rows": rows}

    def show_dead_letters(self, arguments: Arguments) -> Answer:
        """The changes that could not be dealt with, oldest first; they stay where they are."""
        letters = self.queue.dead_letters(int(arguments.get("limit", 50)))
        self.queue.release(letters)
        return {"rows": [_described(letter) for letter in letters]}

    def replay(self, _: Arguments) -> Answer:
        """Queues dead letters again, oldest first; `more` says that there was no time for all.

        The present is read again for each, so an old letter cannot bring an old state back.
        """
        replayed, left = 0, dict[str, DeadLetter]()
        more = True
        while more and self.clock.remaining_seconds() > RESERVE_SECONDS:
            letters = self.queue.dead_letters(BATCH)
            new = [letter for letter in letters if letter.id not in left]
            left |= {letter.id: letter for letter in new if not self._replay_one(letter)}
            replayed += sum(letter.id not in left for letter in new)
            more = bool(new)
        self.queue.release(left.values())
        return {"replayed": replayed, "left": len(left), "more": more}

    def resume(self, _: Arguments) -> Answer:
        """Has the poller poll again after somebody outside has stopped it."""
        ended = self.pauses.end()
        if ended is None:
            return {"was_paused": False}
        since = ended.at.isoformat(timespec="seconds")
        return {"was_paused": True, "since": since, "reason": ended.reason}

    def _replay_one(self, letter: DeadLetter) -> bool:
        try:
            change = Change.from_body(letter.body)
        except NotAChangeError:
            return False  # somebody has to look at it; sending it again cannot help
        self.queue.send([change])
        self.queue.delete(letter)
        return True

    def _audit_rows(self, person: Any, outcome: Any, since: datetime) -> Iterable[dict[str, Any]]:
        if person:
            ids = [str(person), *self._persons_with_code(str(person))]
            return [row for id_ in ids for row in self.audit.of_person(id_)]
        if outcome:
            return self.audit.of_outcome(str(outcome), since)
        return self._of_days(since)

    def _persons_with_code(self, code: str) -> Iterator[str]:
        for company in self.mappings.load().companies:
            for link in self.ledger.links(company):
                if link.employee_code == code:
                    yield link.person_id

    def _of_days(self, since: datetime) -> Iterator[dict[str, Any]]:
        today = self.clock.now().date()
        first = max(since.date(), today - timedelta(days=MOST_DAYS))
        for offset in range((today - first).days + 1):
            yield from self.audit.of_day(first + timedelta(days=offset))


@dataclass(frozen=True, slots=True)
class _Given:
    """A mapping that is not in the table yet, in the place of the table."""

    mapping: MappingFile

    def load(self) -> MappingFile:
        return self.mapping

    def rows(self) -> list[dict[str, Any]]:
        return []

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        raise AssertionError(f"a check writes nothing ({len(mapping.companies)} companies)")


def _described(letter: DeadLetter) -> dict[str, Any]:
    described: dict[str, Any] = {"id": letter.id, "sent_at": _text(letter.sent_at)}
    try:
        change = Change.from_body(letter.body)
    except NotAChangeError as error:
        return {**described, "is_change": False, "reason": letter.reason or str(error)}
    return {
        **described,
        "is_change": True,
        "worker": change.worker_id,
        "person": change.person_id,
        "cause": change.cause.value,
        "correlation_id": change.correlation_id,
        "reason": letter.reason,
    }


def _moment(text: Any, otherwise: datetime) -> datetime:
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ConfigurationError("since: write a day like 2026-11-01 or a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _time_of(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(row["time"]))


def _text(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None


def _failed(problems: Iterable[str]) -> Answer:
    return {"ok": False, "problems": list(problems)}
