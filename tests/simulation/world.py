"""The functions between the simulated vendors, as bootstrap joins them, on the simulated parts.

Two environments of each function stand over one set of tables and one queue, as in AWS. A story
invokes them; what goes wrong at a port call was ordered of `fate`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Any, TypeVar, cast

from connector.adapters.memory import InMemoryChangeQueue, InMemoryMappings
from connector.adapters.rippling import platform
from connector.adapters.rippling.platform_wire import Register
from connector.bootstrap import services
from connector.bootstrap.parts import Adapters
from connector.domain.changes import Cause, Change
from connector.domain.cursors import Cursor
from connector.domain.errors import ConnectorError, RetryableError
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.model import MappingFile
from connector.ports.state import nothing
from connector.services.apply.consumer import Consumer
from connector.services.find.batch import Summary
from connector.services.find.pages import RESERVE_SECONDS
from connector.services.find.releaser import MappingReleaser
from connector.services.find.sweep import REVIEW_SECONDS
from connector.services.operate.operator import Operator
from connector.services.shared.names import RememberingSource
from tests.simulation.fate import Fate, FaultError, KilledError, Watched
from tests.simulation.queue import Message, SimulatedQueue
from tests.simulation.stored import Row, Stored, open_row
from tests.support.world import World

PORTS = (
    "cursors", "cache", "dialects", "shapes", "mapping_versions", "queued",
    "employments", "approvals", "guard_log", "mapping_history", "pauses", "mappings",
    "secrets", "budgets", "queue", "agreements", "attempts", "books_memory", "exports", "modes",
)  # fmt: skip
HIDDEN = ("mappings", "secrets", "queue")
"""What is the controller's own, or is looked at otherwise."""

END = "before the end"
"""A function has done everything, and whoever invoked it does not know yet."""

MOST_TRIES = 3
"""So often an import is tried that gives no answer."""

Answer = TypeVar("Answer")


@lru_cache(maxsize=4)
def parsed(text: str) -> MappingFile:
    """A mapping; most companies begin with the same one."""
    return mapping_file.parse(text)


def busy(name: str) -> RetryableError:
    """What an adapter of AWS says where the service does not answer."""
    return RetryableError(f"{name} is busy (ThrottlingException)")


@dataclass
class Spoken:
    """Everything that the functions log and answer."""

    lines: list[str] = field(default_factory=list)

    def info(self, event: str, **keys: object) -> None:
        """Something happened as it should."""
        self.say(event, keys)

    def warning(self, event: str, **keys: object) -> None:
        """Something went wrong and is taken care of."""
        self.say(event, keys)

    def error(self, event: str, **keys: object) -> None:
        """Something needs a human."""
        self.say(event, keys)

    def say(self, event: str, keys: Any = "") -> None:
        """Keeps a line until the auditor has read it."""
        self.lines.append(f"{event} {keys}")


class RememberedMappings(InMemoryMappings):
    """The mapping, read from its rows once: a year asks for it a hundred times."""

    _known: MappingFile | None = None

    def load(self) -> MappingFile:
        """The mapping as it is now."""
        self._known = self._known or super().load()
        return self._known

    def replace(
        self, mapping: MappingFile, seen: str | None = None, first: Callable[[], None] = nothing
    ) -> tuple[int, int]:
        """Makes the table hold exactly this mapping."""
        try:
            return super().replace(mapping, seen, first)
        finally:  # whoever has read it meanwhile has read the one before
            self._known = None


@dataclass
class Environment(World):
    """One warm environment of each function."""

    fate: Fate = field(default_factory=Fate)
    spoken: Spoken = field(default_factory=Spoken)

    def build(self) -> None:
        """Builds all services again, as a cold start would; only tables and queue stay."""
        if not isinstance(self.mappings, Watched):
            self.mappings = RememberedMappings(parsed(self.mapping_text))
        for name in PORTS:
            if not isinstance(port := getattr(self, name), Watched):
                setattr(self, name, Watched(port, name, self.fate, busy))
        super().build()
        assert isinstance(self.source, RememberingSource)
        self._ask_little_at_a_time(self.source.source)
        self.consumer: Consumer = services.writer(self.adapters, self.options, self.spoken)
        self.find = services.poller(self.adapters, self.options)

    def _ask_little_at_a_time(self, source: Any) -> None:
        """Rippling gives five workers a page, so that every read has several."""
        asked = vars(source)

        def seconds() -> float:
            return self.clock.now().timestamp()

        if self.platform is None:
            asked["_limit"], asked["_seconds"] = "5", seconds
        else:
            names = platform._Lasting(source.departments, seconds).names
            asked["_page_size"], asked["_departments"] = 5, Register(names)

    def _adapters(self) -> Adapters:
        adapters = super()._adapters()
        ledger: Any = Watched(adapters.ledger, "ledger", self.fate, busy)
        return replace(adapters, ledger=ledger)


class SimulatedWorld:
    """Tables, queue and both vendors, and what runs between them."""

    def __init__(self, first: Environment, draw: Random) -> None:
        self.fate, self.spoken, self.clock = first.fate, first.spoken, first.clock
        self.queue: SimulatedQueue = cast("Any", first.queue).port
        self.tables = first.tables
        self.metrics = first.metrics
        self.environments = [first, *(cast("Environment", first.another()) for _ in range(1))]
        self.unheard: list[tuple[str, str]] = []
        self.failures: list[str] = []
        self._secret: dict[str, Any] = {}

    @classmethod
    def between(
        cls,
        rippling: Any,
        visma: Any,
        clock: Any,
        text: str,
        fate: Fate,
        draw: Random,
        platform: Any = None,
    ) -> SimulatedWorld:
        """A world between two fakes, with this mapping."""
        queue: Any = SimulatedQueue(clock.now, draw)
        assert isinstance(queue, SimulatedQueue)
        first = Environment(
            rippling, visma, clock, 2, queue=cast("InMemoryChangeQueue", queue),
            mapping_text=text, fate=fate, platform=platform,
        )  # fmt: skip
        return cls(first, draw)

    # The functions.

    def poll(self, *, full_sweep: bool = False, at: int = 0) -> Summary | None:
        """One invocation of the poller; None where it failed or was killed."""

        def run(environment: Environment) -> Summary:
            mapping = environment.find.check()
            if full_sweep:
                environment.find.missing_capabilities(mapping)
            return environment.find.poller.run(full_sweep=full_sweep)

        self.clock.turn(seconds=1)
        summary = self._invoke("poller", run, at)
        if summary:
            self.spoken.say("poll ended", asdict(summary))
        return summary

    def sweep(self) -> Cursor:
        """How far the full sweep has come."""
        cursor: Cursor = cast("Any", self.environments[0].cursors).port.cursor("workers sweep")
        return cursor

    def is_cut(self) -> bool:
        """Whether a read of changes, or of everybody, was cut short and goes on with the next."""
        cursors = cast("Any", self.environments[0].cursors).port
        return any(cursors.cursor(name).started for name in ("workers", "workers sweep"))

    def time_for_one_thing(self) -> float:
        """So much time that the next run of a sweep is cut behind a page, a person or a company."""
        sweep = self.sweep()
        is_looking = sweep.sightings is not None and sweep.sightings.missing
        is_review = sweep.to_review is not None and not is_looking
        return (RESERVE_SECONDS + REVIEW_SECONDS) / 2 if is_review else 0.0

    def write(self, most: int = 10, *, at: int = 0) -> int:
        """One invocation of the writer with a batch of the queue; how many messages it got."""
        messages = self.queue.receive(most)
        if messages:
            self._invoke("writer", lambda it: self._consume(it.consumer, messages), at)
        return len(messages)

    def _consume(self, consumer: Consumer, messages: list[Message]) -> None:
        """As the writer function does: once a message of a group failed, those behind it wait."""
        stuck: set[str] = set()
        done = []
        for message in messages:
            is_done = message.group not in stuck and consumer.consume(
                message.body, receipt=message.id, delivery=message.received
            )
            done += [message] if is_done else []
            stuck |= set() if is_done else {message.group}
        for message in done:  # the queue hears of it once the whole batch is over
            self.queue.remove(message)

    def release(self, edited: list[tuple[str, str]], *, at: int = 0) -> bool:
        """The stream tells the releaser of edited rows; False where the batch has to come again."""

        def run(environment: Environment) -> bool:
            releaser: MappingReleaser = environment.releaser
            releaser.release(environment.mappings.load(), edited)
            return True

        return bool(self._invoke("releaser", run, at))

    def operate(self, verb: str, *, at: int = 0, **arguments: Any) -> Mapping[str, Any]:
        """One invocation of the operations function; its answer, empty where it died."""

        def run(environment: Environment) -> Mapping[str, Any]:
            operator: Operator = environment.operator
            return operator.dispatch({"verb": verb, "operator": "kari", **arguments})

        answer = self._invoke("operations", run, at) or {}
        self.spoken.say(verb, answer)
        return answer

    def webhook(self, worker_id: str) -> None:
        """Rippling announces a worker."""
        self.queue.send([Change(worker_id, Cause.WEBHOOK, f"webhook-{worker_id}")])

    def _invoke(
        self, function: str, run: Callable[[Environment], Answer], at: int
    ) -> Answer | None:
        with self.fate.running(function):
            try:
                answer = run(self.environments[at])
                with suppress(FaultError):  # the answer is lost, and all is done
                    self.fate.cross(END)
            except KilledError:
                self.environments[at].build()
                self.failures.append(f"{function} killed")
            except ConnectorError as error:
                self.failures.append(f"{function}: {error}")
                self.spoken.say(function, error)
            else:
                return answer
        return None

    # The mapping.

    def import_mapping(self, text: str, *, is_heard: bool, at: int = 0) -> None:
        """The controller imports a mapping; the stream tells the releaser, at once or later."""
        with self._heard(is_heard=is_heard, at=at):
            self._ask(text, "mappings import", at=at, text=text)

    def roll_back(self, text: str, *, is_heard: bool, at: int = 0) -> None:
        """The mapping before is in force again, which is this one."""
        with self._heard(is_heard=is_heard, at=at):
            self._ask(text, "mappings rollback", at=at)

    def edit_the_table(self, text: str) -> None:
        """Somebody edits the rows in the console, past an import."""
        with self._heard(is_heard=True, at=0):
            self._rows_as_they_are().replace(parsed(text))

    def _ask(self, wanted_text: str, verb: str, *, at: int, **arguments: Any) -> None:
        """Whoever gets no answer looks, and asks again where it was not done."""
        wanted = InMemoryMappings(parsed(wanted_text)).rows()
        for _ in range(MOST_TRIES):
            answer = self.operate(verb, at=at, **arguments)
            if answer.get("ok") or self._rows_as_they_are().rows() == wanted:
                return
        raise AssertionError(f"a mapping is not taken in: {self.failures[-1:]}")

    def _rows_as_they_are(self) -> InMemoryMappings:
        """What the story itself looks at crosses nothing, whatever function runs meanwhile."""
        mappings: InMemoryMappings = cast("Any", self.environments[0].mappings).port
        return mappings

    @contextmanager
    def _heard(self, *, is_heard: bool, at: int) -> Iterator[None]:
        mappings = self._rows_as_they_are()
        before = {_key(row): row for row in mappings.rows()}
        yield
        after = {_key(row): row for row in mappings.rows()}
        edited = sorted(key for key in before | after if before.get(key) != after.get(key))
        if edited and (not is_heard or not self.release(edited, at=at)):
            self.unheard += edited

    # Time, and peace.

    def drain(self, most: int = 400) -> None:
        """The writer works until the queue is empty; waiting times pass.

        Raises:
            AssertionError: it never is, or not within a day.
        """
        patience = self.clock.now() + timedelta(days=1)
        for _ in range(most):
            wait = self.queue.next_visible()
            if wait is None:
                return
            if wait > patience:
                break
            if wait > self.clock.now():
                self.clock.turn(seconds=(wait - self.clock.now()).total_seconds())
            if not self.write():
                self.clock.turn(seconds=30)
        raise AssertionError("the queue is never empty")

    def start_cold(self) -> None:
        """Every environment is a new one, as after a deployment."""
        for environment in self.environments:
            environment.build()

    def lose_secret(self, company: str | None) -> None:
        """The secret of Visma is without a company from now on, or whole again."""
        held = vars(cast("Any", self.environments[0].secrets).port)
        self._secret = self._secret or held["_visma"]
        kept = {key: each for key, each in self._secret.items() if key != company}
        if held["_visma"].keys() != kept.keys():
            held["_visma"] = kept
            self.start_cold()

    # What the auditor may see.

    def links(self) -> list[Row]:
        """The rows of people in companies."""
        held = self.tables.links.values()
        return [open_row(each) for links in held for each in links.values()]

    def salts(self) -> dict[str, str]:
        """With what the personal fields of each person are sealed, as is stored with them."""
        return {each.id: each.salt for each in self.tables.persons.values()}

    def stored(self) -> Stored:
        """Everything that is stored, queued or said, as plain rows and text."""
        tables, first = self.tables, self.environments[0]
        lines, self.spoken.lines[:] = list(self.spoken.lines), []
        sent, self.queue.sent[:] = list(self.queue.sent), []
        hidden = [
            repr(vars(cast("Any", getattr(first, name)).port))
            for name in PORTS
            if name not in HIDDEN
        ]
        rows = [repr(each) for each in tables.persons.values()]
        rows += [repr(each) for held in tables.links.values() for each in held.values()]
        texts = [
            *rows, *hidden, *lines, *sent, *self.failures, *(each.body for each in self.queue.dead),
            json.dumps(tables.audit, default=str, ensure_ascii=False), repr(self.metrics.counts),
        ]  # fmt: skip
        return Stored(
            self.links(), tables.audit, texts, len(self.queue.messages), len(self.queue.dead)
        )


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["company"], row["rule"]
