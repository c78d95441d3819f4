"""What all steps stand on: the company of a seed, its model, its auditor, and the connector."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.auditor.audit import Auditor
from tests.simulation.auditor.problems import Check, ViolationError
from tests.simulation.fate import Fate, KilledError
from tests.simulation.wire import Vendors
from tests.simulation.world import SimulatedWorld
from tests.simulator import RipplingPlatform, nordfab_rippling, nordfab_visma
from tests.support import dialects
from tests.support.clock import HandClock
from tests.support.digests import KEY
from tests.support.model import Model, local_day

STARTS = (
    datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    datetime(2026, 11, 30, 22, 50, tzinfo=UTC),  # ten to midnight
    datetime(2026, 10, 24, 21, 50, tzinfo=UTC),  # the night in which the clocks go back
    datetime(2026, 3, 28, 22, 50, tzinfo=UTC),  # and the one in which they go forward
)
RIPPLING_PORT, VISMA_PORT, PLATFORM_PORT = 9001, 9002, 9003
BY_PLATFORM = 7
"""Every so many-th company reads Rippling by its older API."""

BY_REST = frozenset(
    {
        "transfer", "rename_a_legal_entity", "cancel_a_hire", "vanish", "come_and_vanish",
        "lose_a_right", "lose_an_expansion", "lose_the_list_of_locations", "mix_in_an_odd_row",
        "swap_legal_entities", "old_worker_again", "bring_many_back", "take_a_hire_back",
        "reject_a_run", "reject_more", "befall",
    }
)  # fmt: skip
"""The steps that need what the older API does not have: entities, reasons, scopes by the name."""

MANAGEMENT = {"rippling": "Management", "department": "MGMT", "cost_centre": "600"}
"""Its reference code is not in that API."""

UNKNOWN = "Robotics"  # a department in Rippling, and at first nowhere else
COMPANIES = ("norway", "sweden")
ENTITIES = ("Nordfab AS", "Nordfab AB")
DEPARTMENTS = ("Sales", "Finance", "Production", "Management", UNKNOWN)
PLACES = ("Oslo", "Bergen", "Gardermoen", "Stockholm")
HOW = ("at once", "at once", "late", "silently")
LAST = -1  # whoever it was about the last time
WHOM = (LAST, LAST, *range(16))
REACH = (1, 2, 5, 20)
YES_OR_NO = (False, True)
SAID_BY_429 = 241
"""Seconds for which Rippling may have said that it wants no calls; see `steps.vendors`."""
LATE = timedelta(seconds=40)
EMPLOYEE = "/v1/employee.*"
MOST_ROUNDS = 12
QUIET_TICKS = 2
HASTY = 0.25

Row = dict[str, Any]


def is_hasty(seed: int) -> bool:
    """Whether a company's full sweeps take many runs once all is quiet, as with many thousands."""
    return Random(f"time/{seed}").random() < HASTY


class Base:
    """One company's life so far."""

    def __init__(self, seed: int, *, people: int = 0, is_as_published: bool = False) -> None:
        draw = Random(f"company/{seed}")
        self.clock = HandClock(draw.choice(STARTS))
        people = people or draw.choice((7, 8, 9, 10, 10, 11, 28 if draw.random() < 0.15 else 9))
        self.rippling = nordfab_rippling(
            self.clock, people, seed % 50, companies=2, port=RIPPLING_PORT
        )
        self.rippling.add_department(UNKNOWN)
        self.visma = nordfab_visma(2, self.clock, port=VISMA_PORT)
        for key in self.visma.companies:
            self.visma.add_class("EXEC", company=key)
        self.dialect = {} if is_as_published else self._speak(draw)
        named = {"departments": "name", "work-locations": "name", "legal-entities": "legal_name"}
        rows = [(row, name) for table, name in named.items() for row in self.rippling.rows(table)]
        self.names = {row[name]: row[name] for row, name in rows}
        self.model = Model(self.rippling, self.visma)
        for rules in self.model.rules.companies.values():
            rules["guards"] = {}
        self.auditor = Auditor(self.rippling, self.visma, self.model, KEY._load())
        self.fate = Fate(lambda seconds: self.clock.turn(seconds=seconds))
        self.platform = None if is_as_published else self._older_api(seed)
        fakes = {each.url: each for each in (self.rippling, self.visma, self.platform) if each}
        self.vendors = Vendors(fakes, self.fate)
        self.draw = Random(f"queue/{seed}")
        self.is_hasty = not is_as_published and is_hasty(seed)
        self.last = ""
        self.made = 0
        self.runs: list[str] = []
        self.deletions = 0
        self.slow_since: datetime | None = None
        self.is_watched = False
        self.clock.before_turning = self.time_passes
        self.renumbered: dict[tuple[str, str], tuple[str, str]] = {}
        self._hide_everyone()

    def found(self) -> None:
        """The connector is deployed and goes live; everyone is loaded."""
        text = self.model.rules.text()
        self.world = SimulatedWorld.between(
            self.rippling, self.visma, self.clock, text, self.fate, self.draw, self.platform
        )
        self.auditor.links = self.world.links
        self.auditor.audit = lambda: self.world.tables.audit
        self.auditor.salts = self.world.salts

    def _older_api(self, seed: int) -> RipplingPlatform | None:
        """Some companies have Rippling's older API: everyone is of the company that takes "?"."""
        if seed % BY_PLATFORM:
            return None
        self.model.by_platform = True
        rules = self.model.rules
        rules.companies[COMPANIES[0]]["legal_entities"] = ["?"]
        rules.put_department(COMPANIES[0], dict(MANAGEMENT))
        self.auditor.platform = platform = RipplingPlatform(self.rippling, PLATFORM_PORT)
        return platform

    def plays(self, name: str) -> bool:
        """Whether this company knows such a step: some are about what its API does not have."""
        return self.platform is None or name not in BY_REST

    def _speak(self, draw: Random) -> dialects.Dialect:
        """Each vendor answers most things as published, and some otherwise."""
        spoken: dict[str, str] = {}
        for fake, questions in ((self.rippling, dialects.RIPPLING), (self.visma, dialects.VISMA)):
            asked: Any = questions
            for question, answers in asked.items():
                if draw.random() < 0.12:
                    spoken[question] = draw.choice(sorted(answers))
            dialects.speak(fake, asked, spoken)
        return spoken

    # Who is who.

    def _hide_everyone(self) -> None:
        for user in self.rippling.rows("users"):
            self.rippling.change_user(user["id"], **self.canary())

    def canary(self) -> Row:
        """Personal data like no other word: they are found wherever they turn up."""
        number = self.number()
        words = {
            "family_name": f"Kanari{number}fugl",
            "street": f"Kanariveien{number}",
            "mobile": f"+47 000 77{number:04d}",
        }
        self.auditor.canaries |= {"Kanari", "000 77"}
        return words

    def number(self) -> int:
        """A number that nothing else has."""
        self.made += 1
        return self.made

    def day(self, ahead: int) -> date:
        """A calendar day, so many days ahead."""
        return local_day(self.clock.now()) + timedelta(days=ahead)

    def workers(self, *statuses: str) -> list[Row]:
        """Everyone's employments in Rippling, with one of these statuses."""
        rows = self.rippling.workers()
        return [row for row in rows if not statuses or row["status"] in statuses]

    def worker(self, n: int, *statuses: str) -> Row | None:
        """One of the workers; lives get entangled where it is often the same person."""
        found = self.workers(*statuses)
        if n == LAST:
            found = [each for each in found if each["user_id"] == self.last] or found
        if not found:
            return None
        worker = found[n % len(found)]
        self.last = worker["user_id"]
        return worker

    def entity_of(self, worker: Row) -> str:
        """The first name of a worker's legal entity."""
        if self.platform:
            return ENTITIES[0]
        rows = self.rippling.rows("legal-entities")
        names = {row["id"]: row["legal_name"] for row in rows}
        name = str(names[worker["legal_entity_id"]])
        return next(str(first) for first, now in self.names.items() if now == name)

    def told(self, worker: Row, how: str) -> Row:
        """How a change comes to light: with its own stamp, with one of a while ago, or not."""
        self.spoken_of(worker)
        if how == "late":
            return {"at": self.clock.now() - LATE}
        if how == "silently":
            self.auditor.unsure.add(worker["user_id"])
            return {"silent": True}
        return {}

    def spoken_of(self, worker: Row) -> None:
        """Rippling says something of somebody again."""
        if worker["user_id"] in self.model.out_of_sight:
            self.model.out_of_sight[worker["user_id"]] = True

    def doubt_everyone(self) -> None:
        """Something happened of which no announcement tells."""
        self.auditor.unsure |= {each["user_id"] for each in self.workers()}

    # The connector at work.

    @contextmanager
    def watched(self) -> Iterator[None]:
        """The auditor looks before and after; within, older states are a reason for a while."""
        self.model.half_seen = set(self._half_seen())
        self.auditor.begin(self.clock.now())
        self.is_watched = True
        before = self._mishaps()
        try:
            yield
        except (ViolationError, KilledError):
            raise
        except AssertionError as error:
            raise ViolationError(Check.REST, [str(error)]) from error
        except Exception as error:
            raise ViolationError(Check.FAULT, [f"{type(error).__name__}: {error}"]) from error
        finally:
            self.is_watched = False
        if self._mishaps() == before and not self.model.hides_obstacles:
            self.model.see(self.vendors.sights.taken())
        else:
            self.vendors.sights.doubt()
        self.auditor.look(self.clock.now())
        self.auditor.forget()

    def _mishaps(self) -> tuple[int, int]:
        """How often a function was struck or has failed: it may have lost what it had seen."""
        return self.fate.struck, len(self.world.failures)

    def _half_seen(self) -> Iterator[str]:
        """Whom the writer is asked about while no run has found their new employment.

        Where Rippling cannot be searched for a person, nothing else leads to it until the next
        tick. What a run has found must be seen, whichever message comes first.
        """
        if self.platform is None and "filter by person" not in self.dialect:
            return
        asked = {message.group for message in self.world.queue.messages}
        sent = (json.loads(body) for body in self.world.queue.sent if '"run": ' in body)
        found = {each["worker_id"] for each in sent}
        employments: dict[str, set[str]] = {}
        for each in self.rippling.tables["workers"]:
            employments.setdefault(each["user_id"], set()).add(each["id"])
        for user_id, ids in employments.items():
            known = self.world.tables.persons.get(user_id)
            new = ids - found - set(known.fingerprints if known else ())
            if any(asked & ids - {each} for each in new):
                yield user_id

    def tick(self, *, full_sweep: bool = False, at: int = 0) -> int:
        """One run of the poller; how many it queued, or -1 where it failed."""
        with self.watched():
            summary = self.world.poll(full_sweep=full_sweep, at=at)
        if summary is None or summary.skipped or summary.postponed:
            return -1
        self.auditor.other_rules.clear()
        return summary.queued

    def deliver(self, reach: int, *, at: int = 0) -> None:
        """The writer gets what it can of so many messages."""
        with self.watched():
            while reach > 0 and (got := self.world.write(min(reach, 10), at=at)):
                reach -= got

    def work(self, reach: int) -> None:
        """A tick, and the writer after it."""
        self.tick()
        self.deliver(reach)

    def import_mapping(self, *, is_heard: bool = True) -> None:
        """The controller imports the mapping as it is in the model."""
        if self.model.former:
            self.let_rippling_answer()
        with self.watched():
            self.import_at_once(is_heard=is_heard)
        self.clock.turn(seconds=3)  # the command waits until every writer has heard of it

    def import_at_once(self, *, is_heard: bool, at: int = 0) -> None:
        """The same while something else is at work; the auditor looks before and after that."""
        self.model.import_now()
        self.world.import_mapping(self.model.rules.text(), is_heard=is_heard, at=at)

    def let_rippling_answer(self) -> None:
        """Where names have changed hands, an import that cannot ask Rippling settles nothing."""
        self.fate.ordered[:] = [
            each
            for each in self.fate.ordered
            if (each.kind, each.function) != ("fault", "operations")
        ]
        self.rippling.faults.clear()
        self.rippling.forbid.discard("work-locations")
        if self.platform:
            self.platform.faults.clear()
        self.clock.turn(seconds=SAID_BY_429)

    def time_passes(self, until: datetime) -> None:
        """What was to happen by then happens."""

    def turn(self, by: timedelta, *, is_punctual: bool) -> None:
        """Time passes; employments begin and end in Rippling where it is punctual."""
        self.clock.turn(seconds=by.total_seconds())
        if is_punctual:
            self.rippling.turn_day(self.day(0))
