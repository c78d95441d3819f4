"""The story: one chapter a line, each with what it must come to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.demo.auditor import Books
from tests.demo.stage import Stage

Chapter = Callable[["Story"], str]


PROGRESS_SECONDS = 4.0


class ChapterError(Exception):
    """A chapter came to something else than it should."""


class Story:
    """Tells the chapters in order; each changes something, lets it travel, and looks at Visma."""

    def __init__(self, stage: Stage, tell: Callable[[str], None]) -> None:
        self.stage = stage
        self.tell = tell
        self.books = Books()
        self.cast: dict[str, dict[str, Any]] = {}

    def hire(self, **fields: Any) -> dict[str, Any]:
        """Someone new in Rippling."""
        usual = {
            "department": "Sales",
            "location": "Bergen",
            "employment_type": "Salaried full-time",
        }
        return self.stage.rippling.hire(**{**usual, **fields})

    def employee(self, worker: dict[str, Any], company: str = "norway") -> dict[str, Any]:
        """What Visma holds of a worker."""
        try:
            return self.stage.visma.employee(str(worker["number"]), company=company)
        except KeyError:
            raise ChapterError(f"Visma holds no employee {worker['number']}") from None

    def travel(self, *, counted: str = "") -> None:
        """Lets everything on the queue travel, and shows how far it is."""
        before = time.monotonic()
        for left in self.stage.quiet():
            if counted and time.monotonic() - before > PROGRESS_SECONDS:
                before = time.monotonic()
                self.tell(f"    {left} {counted}")

    def places(self) -> list[tuple[str, ...]]:
        """Who is what and where, in both companies."""
        names = ("employeeNumber", "status", "department", "branch", "employeeClass", "calendar")
        return sorted(
            (company, *(str(item.get(name)) for name in names))
            for company in ("norway", "sweden")
            for item in self.stage.visma.employees(company=company)
        )

    def outcomes_of(self, worker: dict[str, Any]) -> list[str]:
        """What the audit says of someone, through the command."""
        rows = self.stage.connector("audit", "--person", worker["user_id"])["rows"]
        return [row["outcome"] for row in rows]


def day(ahead: int) -> str:
    """A calendar day, counted from today."""
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def must(holds: bool, otherwise: str) -> None:
    """Stops the chapter where it does not hold."""
    if not holds:
        raise ChapterError(otherwise)


def the_mapping(story: Story) -> str:
    """The controller imports the mapping and has it checked against both systems."""
    answer = story.stage.import_mapping()
    findings = story.stage.connector("mappings", "check")["findings"]
    must(not findings, f"the check finds {findings}")
    return f"mapping imported: {answer['written']} rows, and both systems have all they name"


def still_off(story: Story) -> str:
    """A new stack does nothing by itself, and says what to do."""
    summary = story.stage.tick()
    must(summary["mode"] == "off" and summary["skipped"], "a new stack is not off")
    systems = story.stage.connector("ping")["systems"]
    mode = next(check for each in systems for check in each["checks"] if check["name"] == "mode")
    must("connector rehearse" in mode["remedy"], "ping does not say what to do")
    return f"off: nothing is read; ping says: {mode['message']}"


def a_rehearsal(story: Story) -> str:
    """Everything is planned and audited, and nothing is written."""
    stage = story.stage
    stage.connector("rehearse")
    stage.tick()
    story.travel(counted="people still to plan")
    planned = stage.planned()
    written = [call for call in stage.visma.calls(path="/v1/.*") if call.method != "GET"]
    must(not written and not stage.visma.employees(company="norway"), "it has written")
    must(planned["created"] > 0, "nothing was planned")
    return f"rehearsal: {planned['created']} employees would be created; nothing is written"


def first_load(story: Story) -> str:
    """The operator goes live: everyone for the first time."""
    story.stage.connector("go-live")
    summary = story.stage.tick()
    story.travel(counted="people still to go")
    norway = len(story.stage.visma.employees(company="norway"))
    sweden = len(story.stage.visma.employees(company="sweden"))
    must(norway > 0 and sweden > 0, "no one arrived")
    read = summary["workers_read"]
    return (
        f"first load, which the mapping allows: {read} people read, {norway} employees created in"
        f" Norway, {sweden} in Sweden; the others are contractors, or have left"
    )


def a_hire(story: Story) -> str:
    """Someone new."""
    worker = story.cast["hire"] = story.hire()
    story.stage.settle()
    employee = story.employee(worker)
    must(employee["department"] == "SALES", "the new employee is in the wrong department")
    return (
        f"hire: employee {worker['number']} created, department SALES (cost centre 400), "
        f"branch {employee['branch']['number']}, class {employee['employeeClass']['id']}"
    )


def a_move(story: Story) -> str:
    """The same person moves to another department."""
    worker = story.cast["hire"]
    story.stage.rippling.move(worker["id"], department="Finance")
    story.stage.settle()
    must(story.employee(worker)["department"] == "FIN", "the move did not arrive")
    return f"move: employee {worker['number']} is now in FIN (cost centre 500)"


def a_pay_basis(story: Story) -> str:
    """Paid by the hour from now on: another employee class, so other ledger accounts."""
    worker = story.cast["hire"]
    story.stage.rippling.change_employment_type(worker["id"], "Hourly full-time")
    story.stage.settle()
    must(story.employee(worker)["employeeClass"]["id"] == "HOURLY", "the class did not follow")
    return f"pay basis: employee {worker['number']} is paid by the hour, class STAFF -> HOURLY"


def a_missing_cost_centre(story: Story) -> str:
    """A new department whose cost centre finance has not added: its people wait."""
    stage = story.stage
    stage.visma.add_department("ROBO", "Robotics")
    stage.rippling.add_department("Robotics")
    row = '      - {rippling: Robotics, department: ROBO, cost_centre: "700"}\n'
    stage.mapping = stage.mapping.replace("    departments:\n", f"    departments:\n{row}", 1)
    stage.import_mapping()
    story.books.departments["Robotics"] = "ROBO"
    workers = [story.hire(department="Robotics", location="Oslo") for _ in range(3)]
    story.cast["waiting"] = workers[0]
    stage.settle()
    waiting = stage.connector("waiting")["rows"]
    must(len(waiting) == 3, f"{len(waiting)} people wait, not 3")
    must("cost centre 700" in waiting[0]["reason"], "they wait for something else")
    return f"new department: 3 people wait, visibly: {waiting[0]['reason']}"


def a_release(story: Story) -> str:
    """Finance adds the cost centre; the next tick sets the people free."""
    stage = story.stage
    stage.visma.add_cost_centre("700", "Robotics")
    stage.visma.set_department_cost_centre("ROBO", "700")
    summary = stage.settle()
    must(summary["released"] == 3, f"{summary['released']} people were released, not 3")
    must(story.employee(story.cast["waiting"])["department"] == "ROBO", "they did not arrive")
    return "finance adds cost centre 700: all 3 released at the next tick and created"


def a_leaver(story: Story) -> str:
    """Someone leaves."""
    worker = story.cast["hire"]
    story.stage.rippling.terminate(worker["id"], day(0))
    story.stage.settle()
    must(story.employee(worker)["status"] == "Inactive", "the leaver is still active")
    return f"leaver: employee {worker['number']} is inactive, everything else untouched"


def a_rehire(story: Story) -> str:
    """The same person comes back under a new worker id."""
    old = story.cast["hire"]
    before = len(story.stage.visma.employees())
    story.stage.rippling.rehire(
        old["user_id"],
        day(0),
        department="Engineering",
        location="Oslo",
        employment_type="Salaried full-time",
    )
    story.stage.rippling.turn_day(day(0))
    story.stage.settle()
    employee = story.employee(old)
    must(employee["status"] == "Active", "the rehired person is not active")
    must(len(story.stage.visma.employees()) == before, "a second employee was made")
    return f"rehire under a new worker id: employee {old['number']} reactivated, no second one"


def a_future_starter(story: Story) -> str:
    """Someone who starts next month."""
    worker = story.hire(start_date=day(30), status="ACCEPTED")
    story.stage.settle()
    must(story.outcomes_of(worker) == ["scheduled"], "the start was not scheduled")
    return f"future starter: worker {worker['number']} is scheduled for {day(30)}, not in Visma yet"


def a_leaver_to_be(story: Story) -> str:
    """Someone whose last day is known already."""
    worker = story.hire()
    story.stage.settle()
    story.stage.rippling.terminate(worker["id"], day(10))
    story.stage.settle()
    must(story.employee(worker)["status"] == "Active", "someone left before the last day")
    must(story.outcomes_of(worker)[-1] == "scheduled", "the last day was not noted")
    return (
        f"leaver to be: the last day of employee {worker['number']} is {day(10)}; active until then"
    )


def a_transfer(story: Story) -> str:
    """Someone moves from the Norwegian company to the Swedish one."""
    worker = story.hire(department="IT", location="Oslo")
    story.stage.settle()
    story.stage.rippling.change(worker["id"], legal_entity="Nordfab AB", silent=True)
    story.stage.rippling.relocate(worker["id"], location="Stockholm")
    story.stage.settle()
    left, came = story.employee(worker), story.employee(worker, "sweden")
    must((left["status"], came["status"]) == ("Inactive", "Active"), "the transfer did not arrive")
    return f"transfer: employee {worker['number']} is inactive in Norway, then active in Sweden"


def an_accident(story: Story) -> str:
    """Someone terminates 40 people by mistake: a guard holds all of them."""
    stage = story.stage
    held_before = {item["employeeNumber"] for item in stage.visma.employees()}
    staff = [each for each in stage.rippling.workers() if str(each["number"]) in held_before]
    active = [each for each in staff if each["status"] == "ACTIVE" and not each["end_date"]][:40]
    story.cast |= {f"mistake {place}": worker for place, worker in enumerate(active)}
    for worker in active:
        stage.rippling.terminate(worker["id"], day(0))
    stage.settle()
    rows = stage.connector("held")["rows"]
    must(len(rows) == 40, f"{len(rows)} people are held, not 40")
    must(all(story.employee(each)["status"] == "Active" for each in active), "someone left")
    return f"mass termination: all 40 held; {rows[0]['reason']}"


def a_word(story: Story) -> str:
    """Two of them really leave; the others are taken back in Rippling."""
    stage = story.stage
    mistakes = [each for name, each in story.cast.items() if name.startswith("mistake ")]
    leaving, staying = mistakes[:2], mistakes[2:]
    stage.connector("approve", "--yes", *(str(each["number"]) for each in leaving))
    story.travel()
    for worker in staying:
        stage.rippling.reactivate(worker["id"])
    stage.settle()
    gone = [story.employee(each)["status"] for each in leaving]
    must(gone == ["Inactive", "Inactive"], "the approved did not leave")
    must(not stage.connector("held")["rows"], "someone is still held")
    return "approved: 2 people by name, deactivated; 38 taken back in Rippling, untouched in Visma"


def five_a_tick(story: Story) -> str:
    """The same mistake slowly: five terminations a tick, for as long as it takes."""
    stage = story.stage
    codes = {item["employeeNumber"] for item in stage.visma.employees()}
    staff = [each for each in stage.rippling.workers() if str(each["number"]) in codes]
    active = [each for each in staff if each["status"] == "ACTIVE" and not each["end_date"]]
    leaving = active[:30]
    for place in range(0, len(leaving), 5):
        for worker in leaving[place : place + 5]:
            stage.rippling.terminate(worker["id"], day(0))
        stage.settle()
    held = {row["person"] for row in stage.connector("held")["rows"]}
    gone = [each for each in leaving if story.employee(each)["status"] == "Inactive"]
    must(len(held) >= 10, f"only {len(held)} people are held")
    must(len(held) + len(gone) == len(leaving), "someone neither left nor is held")
    for worker in leaving:
        if worker["user_id"] in held:
            stage.rippling.reactivate(worker["id"])
    stage.settle()
    must(not stage.connector("held")["rows"], "someone is still held")
    return (
        f"five a tick: after {len(gone)} leavers the day is full, the other {len(held)} are held;"
        " taken back in Rippling"
    )


def a_lost_right(story: Story) -> str:
    """The token may no longer see legal entities and employment types: no one moves."""
    stage, hidden = story.stage, {"legal_entity", "employment_type"}
    before = story.places()
    stage.rippling.redact |= hidden
    summary = stage.tick(full_sweep=True)
    story.travel(counted="people looked at, and left as they are")
    must(story.places() == before, "someone was moved because a right was lost")
    missed = summary["facts_unknown"]
    must(hidden <= set(missed), f"the poll names {missed}")
    problems = " ".join(summary["problems"])
    must("does not show the legal entity" in problems, "the poll does not say what is missing")
    stage.rippling.redact -= hidden
    stage.tick(full_sweep=True)
    story.travel(counted="people looked at, now that all is shown again")
    return (
        f"lost right: legal entity of {missed['legal_entity']} and employment type of"
        f" {missed['employment_type']} workers hidden; nobody moved, and the poll names both"
    )


def a_burst(story: Story) -> str:
    """The same webhook 25 times."""
    worker = story.cast["waiting"]
    before = len(story.stage.visma.calls(path="/v1/.*"))
    statuses = [story.stage.webhook(worker["id"]) for _ in range(25)]
    story.travel()
    calls = len(story.stage.visma.calls(path="/v1/.*")) - before
    must(set(statuses) == {202}, f"the webhook answered {set(statuses)}")
    must(calls == 0, f"Visma was called {calls} times")
    return "burst: the same webhook 25 times, 25 x 202, not one call to Visma"


def an_outage(story: Story) -> str:
    """Visma answers 503 for a while, then loses every 7th answer to a write."""
    visma = story.stage.visma
    workers = [story.hire(department="Warehouse", location="Gardermoen") for _ in range(21)]
    visma.faults.fail(503, body="html", path="/v1/.*", times=12)
    visma.faults.lose_answer(method="POST", path="/v1/employee", every=7)
    story.stage.tick()
    story.travel(counted="still on the queue, Visma is failing")
    visma.faults.clear()
    lost = [call for call in visma.calls("POST", "/v1/employee") if call.status == 0]
    held = Counter(item["employeeNumber"] for item in visma.employees())
    must(len(lost) > 0, "no answer was lost")
    must(all(held[str(each["number"])] == 1 for each in workers), "someone is missing or double")
    return f"outage: 503 for a while, then {len(lost)} answers lost; 21 hires, 21 employees"


def a_poison_record(story: Story) -> str:
    """Someone Visma cannot hold, among people it can, and a message that is no change at all."""
    bad = story.hire(person={"given_name": "Uten", "family_name": ""})
    story.books.unwritable.add(bad["user_id"])
    good = [story.hire(department="IT", location="Oslo") for _ in range(3)]
    story.stage.send_raw('{"this": "is no change"}')
    story.stage.settle()
    must(story.outcomes_of(bad) == ["rejected"], "the bad record was not rejected")
    must(all(story.employee(each) for each in good), "the good records did not get through")
    must(story.stage.dead_letters() == 1, "the message is not among the dead letters")
    return (
        "poison: 1 record without last name rejected, 3 good ones created, 1 odd message set aside"
    )


def dead_letters(story: Story) -> str:
    """Rippling fails until the queue gives up on a change; later the letter is replayed."""
    worker = story.cast["waiting"]
    rippling = story.stage.rippling
    with story.stage.impatient_queue(deliveries=1):
        rippling.faults.fail(500, body="json", path="/workers/.*")
        story.stage.webhook(worker["id"])
        story.travel(counted="change is tried again until the queue gives up")
    rippling.faults.clear()
    rows = story.stage.connector("dead-letters")["rows"]
    must(len(rows) == 2, f"{len(rows)} dead letters, not 2")
    answer = story.stage.connector("replay")
    story.travel()
    must((answer["replayed"], answer["left"]) == (1, 1), f"replay came to {answer}")
    must(story.outcomes_of(worker)[-1] == "unchanged", "the replayed change did not arrive")
    return "dead letters: 2 listed, 1 replayed and done with, 1 left because it is no change"


def a_full_sweep(story: Story) -> str:
    """A change that moves no time stamp, caught by the daily walk over everyone."""
    worker = story.cast["waiting"]
    story.stage.rippling.change_user(worker["user_id"], family_name="Nygård")
    story.stage.tick(full_sweep=True)
    story.travel()
    must(story.employee(worker)["contact"]["lastName"] == "Nygård", "the name did not arrive")
    return "full sweep: a new family name, which moves no time stamp, found and written"


CHAPTERS: Iterable[Chapter] = (
    the_mapping,
    still_off,
    a_rehearsal,
    first_load,
    a_hire,
    a_move,
    a_pay_basis,
    a_missing_cost_centre,
    a_release,
    a_leaver,
    a_rehire,
    a_future_starter,
    a_leaver_to_be,
    a_transfer,
    an_accident,
    a_word,
    five_a_tick,
    a_lost_right,
    a_burst,
    an_outage,
    a_poison_record,
    dead_letters,
    a_full_sweep,
)
