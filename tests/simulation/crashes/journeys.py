"""The journeys that are killed at every port call: what comes before, what is done, what must be.

Each is done again and again in one company, once for each place where it can be killed. What is
prepared is at peace before the journey begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from connector.domain.changes import Cause, Change
from tests.simulation.auditor.problems import Check, demand
from tests.simulation.crashes import payday
from tests.simulation.steps.base import COMPANIES, ENTITIES, UNKNOWN, Row
from tests.simulation.steps.connector import Story
from tests.simulation.world import END

SALARIED = "Salaried full-time"
MANY = 6

Act: TypeAlias = Callable[[], None]
Prepare: TypeAlias = Callable[[Story], Act]
Problems: TypeAlias = Callable[[Story], Iterable[str]]


@dataclass(frozen=True)
class Journey:
    """One way that a change travels.

    `prepare` brings the company to where the journey begins and gives what is done then. A journey
    that `is_repeated` is a person's command: who sees it die says it again.
    """

    name: str
    prepare: Prepare
    is_repeated: bool = False
    fewest: int = 8
    """At fewer places it is not killed, or else it does not do what it is for."""
    mistold: Problems = lambda _: ()
    """What the audit says otherwise than it was, once all is quiet again."""


def one(story: Story, status: str = "ACTIVE") -> Row:
    """Somebody with one employment, whom nothing else is about."""
    counts = [each["user_id"] for each in story.workers()]
    rows = [each for each in story.workers(status) if counts.count(each["user_id"]) == 1]
    return rows[story.number() % len(rows)]


def elsewhere(story: Story, worker: Row) -> str:
    """A department that a worker is not in."""
    here = story.rippling.department("Finance")["id"] == worker["department_id"]
    return "Sales" if here else "Finance"


def settle(story: Story) -> None:
    """What was prepared arrives; the operator approves what is held."""
    story.tick()
    with story.watched():
        story.world.drain()
    story.decide_everything()


def work(story: Story) -> None:
    """A tick, and the writer after it."""
    story.work(20)


def create(story: Story) -> Act:
    story.hired("Sales", "Oslo", ENTITIES[story.number() % 2], SALARIED, 0)
    return lambda: work(story)


def update(story: Story) -> Act:
    worker = one(story)
    story.rippling.move(worker["id"], elsewhere(story, worker))
    return lambda: work(story)


def deactivate(story: Story) -> Act:
    if len(story.workers("ACTIVE")) < 4:
        for worker in story.workers("TERMINATED"):
            story.rippling.reactivate(worker["id"])
        settle(story)
    story.ended(one(story), "VOLUNTARY", "at once")
    return lambda: work(story)


def reactivate(story: Story) -> Act:
    worker = one(story)
    story.ended(worker, "VOLUNTARY", "at once")
    settle(story)
    story.rippling.reactivate(worker["id"])
    return lambda: work(story)


def hire_again(story: Story) -> Act:
    """Somebody's old employment lies on the queue, and nothing but a run leads to the new one."""
    story.lose_the_search()
    worker = story.hired("Sales", "Oslo", ENTITIES[0], SALARIED, 0)
    settle(story)
    story.ended(worker, "VOLUNTARY", "at once")
    story.tick()
    story.rippling.rehire(
        worker["user_id"],
        story.day(0),
        department=story.names[UNKNOWN],
        legal_entity=story.names[ENTITIES[0]],
        employment_type=SALARIED,
        status="ACTIVE",
    )
    return lambda: work(story)


def transfer(story: Story) -> Act:
    worker = one(story)
    there = ENTITIES[story.entity_of(worker) == ENTITIES[0]]
    story.rippling.change(worker["id"], legal_entity=there)
    return lambda: work(story)


def release(story: Story) -> Act:
    """Somebody waits for a cost centre, and finance opens it."""
    for key in COMPANIES:
        if "700" not in story.visma.company(key).cost_centres.values:
            story.visma.add_cost_centre("700", company=key)
            story.visma.add_department("ROBO", cost_centre="700", company=key)
            story.put_department(key, UNKNOWN, ("ROBO", "700"))
            story.edit()
        story.visma.set_cost_centre_active("700", active=False, company=key)
    story.clock.turn(minutes=16)
    worker = one(story)
    story.rippling.move(worker["id"], "Sales")
    settle(story)
    story.rippling.move(worker["id"], UNKNOWN)
    settle(story)

    def act() -> None:
        for key in COMPANIES:
            story.visma.set_cost_centre_active("700", active=True, company=key)
        story.clock.turn(minutes=16)
        work(story)

    return act


def approve(story: Story) -> Act:
    """A guard holds a move of many; the operator approves it."""
    while len(story.workers("ACTIVE")) < MANY:
        story.hired("Sales", "Oslo", ENTITIES[0], SALARIED, 0)
        settle(story)
    rows = story.workers("ACTIVE")[:MANY]
    for row in rows:
        story.rippling.move(row["id"], elsewhere(story, row))
    story.tick()
    with story.watched():
        story.world.drain()
    return lambda: story.decide("approve", story.held()[:2])


def adopt(story: Story) -> Act:
    """Somebody is entered again in Rippling; the operator moves the employee to the new person."""
    worker = story.entered_once(story.number(), story.auditor.rejections.people())
    if worker is None:
        worker = story.hired("Sales", "Oslo", ENTITIES[0], SALARIED, 0)
        settle(story)
    person, code, key = story.enter_again(worker)
    story.tick(full_sweep=True)
    with story.watched():
        story.world.drain()
    story.decide_everything()

    def act() -> None:
        with story.watched():
            story.world.operate("adopt", person=person, code=code, company=key)
        story.deliver(20)

    return act


def mistold_adoption(story: Story) -> Iterator[str]:
    """The employee was there: nobody has created it, and its new person has adopted it."""
    rows = story.world.stored().audit[story.last]
    if not any(row["kind"] == "adoption" for row in rows):
        yield f"that {story.last} adopted an employee is told nowhere"
    if any(row["outcome"] == "created" for row in rows):
        yield f"an employee that {story.last} adopted is told to be created"


def rename(story: Story) -> Act:
    """The operator gives an employee another code."""
    rows = [row for row in story.world.links() if row["code"] and row["is_active"]]
    row = rows[story.number() % len(rows)]
    code = f"R{story.number()}"
    story.model.persons[code] = row["person"]
    story.auditor.renamed[row["company"], code] = row["code"]

    def act() -> None:
        with story.watched():
            story.world.operate("rename", person=row["person"], code=code, company=row["company"])
        story.deliver(20)

    return act


def apply(story: Story) -> Act:
    """A plan is made, and applied."""
    worker = one(story)
    story.rippling.move(worker["id"], elsewhere(story, worker))

    def act() -> None:
        with story.watched():
            rows = story.world.operate("plan").get("people", ())
            wanted = [[each["person"], each["company"], each["digest"], ""] for each in rows]
            if wanted:
                story.world.operate("apply", wanted=wanted)
        story.deliver(20)

    return act


def replay(story: Story) -> Act:
    """An old dead letter is replayed, long after what it was about."""
    worker = one(story)
    body = Change(worker["id"], Cause.POLL, "old", worker["user_id"]).to_body()
    story.world.queue.bury(body, worker["id"])
    story.rippling.move(worker["id"], elsewhere(story, worker))

    def act() -> None:
        with story.watched():
            story.world.operate("replay")
        story.deliver(20)

    return act


def sign_in(story: Story) -> Act:
    """Every token of Visma has expired when somebody is hired."""
    story.hired("Sales", "Oslo", ENTITIES[0], SALARIED, 0)
    story.visma.revoke_tokens()
    return lambda: work(story)


def reconcile(story: Story) -> Act:
    """What nobody announced: a move in Rippling, an edit in Visma."""
    worker = one(story)
    story.rippling.move(worker["id"], elsewhere(story, worker), silent=True)
    rows = [row for row in story.world.links() if row["code"] and row["is_active"]]
    edited = rows[story.number() % len(rows)]
    fields = {"contact.lastName": "Finans"}
    story.visma.edit_employee(edited["code"], company=edited["company"], **fields)
    story.doubt_everyone()

    def act() -> None:
        story.tick(full_sweep=True)
        story.deliver(20)

    return act


def put_sales_elsewhere(story: Story) -> None:
    """An edit of the mapping that moves the people of a department."""
    story.rippling.move(one(story)["id"], "Sales")
    settle(story)
    for key in COMPANIES:
        row = story.model.rules.departments(key)["Sales"]
        there = ("FIN", "500") if row["department"] == "SALES" else ("SALES", "400")
        story.put_department(key, "Sales", there)


def import_mapping(story: Story) -> Act:
    put_sales_elsewhere(story)

    def act() -> None:
        story.edit()
        story.deliver(20)

    return act


def roll_back(story: Story) -> Act:
    """An import is taken back, and that as well."""
    put_sales_elsewhere(story)
    story.edit()
    settle(story)

    def act() -> None:
        for _ in range(2):
            story.roll_back(is_heard=True)
            story.deliver(20)

    return act


def export_payroll(story: Story) -> Act:
    """A payroll run is exported; the operator says it again until it is done."""
    run = payday.an_approved_run(story)
    return lambda: payday.export_until_told(story, run)


JOURNEYS = (
    Journey("create", create),
    Journey("update", update),
    Journey("deactivate", deactivate),
    Journey("reactivate", reactivate),
    Journey("hire again", hire_again),
    Journey("transfer", transfer),
    Journey("release", release),
    Journey("approve", approve, is_repeated=True),
    Journey("adopt", adopt, is_repeated=True, mistold=mistold_adoption),
    Journey("rename", rename, is_repeated=True, fewest=7),
    Journey("apply", apply),
    Journey("replay", replay, is_repeated=True),
    Journey("sign in", sign_in),
    Journey("reconcile", reconcile),
    Journey("import", import_mapping),
    Journey("roll back", roll_back),
    Journey("payroll export", export_payroll, fewest=6),
)


CHANGING = (
    "begin", "finish", "release_intent", "release_claim", "erase", "save", "send", "delay",
    "dead_letter", "delete", "count", "allow_all", "learn", "note", "announce", "share", "replace",
    "store", "confirm", "pause", "end", "remember", "use_up", "lease", "record", "release",
)  # fmt: skip


def leaves_a_mark(crossing: str) -> bool:
    """Whether a call may change what a killed function leaves behind: a write of any kind."""
    when, _, call = crossing.partition(" ")
    is_write = call.split(" ")[0] in ("POST", "PUT")
    is_write = is_write or call.rpartition(".")[2].startswith(CHANGING)
    return crossing == END or (when == "before" and is_write)


@dataclass
class Kills:
    """A company in which one journey is killed at one place after the other."""

    journey: Journey
    story: Story
    killed_before: list[str] = field(default_factory=list)

    def play(self, kill_in: int | None) -> bool:
        """The journey once, killed after so many crossings that count; whether it was killed."""
        story, fate = self.story, self.story.fate
        story.turn_a_day()
        act = self.journey.prepare(story)
        story.world.start_cold()
        fate.crossed.clear()
        fate.kill_in = kill_in
        act()
        was_killed = kill_in is not None and fate.kill_in is None
        if was_killed:
            counted = [each for each in fate.crossed if fate.counts(each)]
            self.killed_before.append(counted[kill_in or 0])
        fate.kill_in = None
        if was_killed and self.journey.is_repeated:
            act()
        story.quiet()
        dead = story.world.queue.dead
        demand(Check.REST, [f"{len(dead)} dead letters"] if dead else [])
        demand(Check.AUDIT, self.journey.mistold(story))
        return was_killed
