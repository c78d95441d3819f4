"""What HR does: hires, moves, leavers, returns, transfers, mistakes, and many of them at once."""

from __future__ import annotations

from typing import Any

from tests.simulation.steps.base import (
    DEPARTMENTS,
    ENTITIES,
    HOW,
    LAST,
    PLACES,
    REACH,
    WHOM,
    YES_OR_NO,
    Base,
    Row,
)
from tests.simulation.steps.registry import step

KINDS = ("Salaried full-time", "Hourly full-time")
NEVER_BEGAN = ("RESCIND", "RENEGE", "OFFER_DECLINED")
DAYS = tuple(range(1, 13))
MOST_DELETIONS = 3
MASS = (4, 6, 8, 12)


class Hr(Base):
    """HR at Nordfab."""

    @step(4, department=DEPARTMENTS, place=PLACES, entity=ENTITIES, kind=KINDS, ago=range(4))
    def hire(self, department: str, place: str, entity: str, kind: str, ago: int) -> None:
        self.hired(department, place, entity, kind, -ago)

    @step(2, department=DEPARTMENTS, place=PLACES, entity=ENTITIES, kind=KINDS, days=DAYS)
    def hire_ahead(self, department: str, place: str, entity: str, kind: str, days: int) -> None:
        self.hired(department, place, entity, kind, days)

    @step(4, n=WHOM, department=DEPARTMENTS, how=HOW)
    def move(self, n: int, department: str, how: str) -> None:
        if worker := self.worker(n, "ACTIVE", "ACCEPTED"):
            self.rippling.move(worker["id"], self.names[department], **self.told(worker, how))

    @step(2, n=WHOM, place=PLACES, how=HOW)
    def relocate(self, n: int, place: str, how: str) -> None:
        if worker := self.worker(n, "ACTIVE", "ACCEPTED"):
            self.rippling.relocate(worker["id"], self.names[place], **self.told(worker, how))

    @step(2, n=WHOM, kind=(*KINDS, "Contractor"), how=HOW)
    def change_employment_type(self, n: int, kind: str, how: str) -> None:
        if worker := self.worker(n, "ACTIVE"):
            told = self.told(worker, how)
            self.rippling.change_employment_type(worker["id"], kind, **told)

    @step(2, n=WHOM, part=("work_phone", "family_name", "mobile"), is_empty=YES_OR_NO)
    def change_user(self, n: int, part: str, is_empty: bool) -> None:
        if worker := self.worker(n):
            self.told(worker, "silently")
            new = {"work_phone": f"+47 000 77{self.number():04d}", **self.canary()}
            value = None if is_empty and part != "family_name" else new[part]
            fields: Row = {part: value}
            self.rippling.change_user(worker["user_id"], **fields)

    @step(2, n=WHOM, how=HOW, is_taken_away=(False, False, True))
    def change_email(self, n: int, how: str, is_taken_away: bool) -> None:
        if worker := self.worker(n):
            address = None if is_taken_away else f"ny.{self.number()}@example.com"
            self.rippling.change(worker["id"], work_email=address, **self.told(worker, how))

    @step(1, n=WHOM, how=HOW)
    def renumber(self, n: int, how: str) -> None:
        if worker := self.worker(n):
            number = 9000 + self.number()
            self.rippling.change(worker["id"], number=number, **self.told(worker, how))

    @step(4, n=WHOM, ago=range(4), how=HOW)
    def terminate(self, n: int, ago: int, how: str) -> None:
        if worker := self.worker(n, "ACTIVE"):
            self.ended(worker, "VOLUNTARY", how, ago)

    @step(2, n=WHOM, days=DAYS, is_told_early=YES_OR_NO)
    def terminate_ahead(self, n: int, days: int, is_told_early: bool) -> None:
        if worker := self.worker(n, "ACTIVE"):
            self.spoken_of(worker)
            self.rippling.terminate(worker["id"], self.day(days))
            if is_told_early:
                self.rippling.change(worker["id"], status="TERMINATED")

    @step(1, n=WHOM, how=HOW)
    def cancel_a_termination(self, n: int, how: str) -> None:
        ahead = self.day(0).isoformat()
        found = [
            each
            for each in self.workers("ACTIVE", "TERMINATED")
            if each["end_date"] and each["end_date"] > ahead
        ]
        if found:
            worker = found[n % len(found)]
            self.rippling.reactivate(worker["id"], **self.told(worker, how))

    @step(1, n=WHOM, reason=NEVER_BEGAN, has_begun=(False, False, True))
    def cancel_a_hire(self, n: int, reason: str, has_begun: bool) -> None:
        if worker := self.worker(n, "ACTIVE" if has_begun else "ACCEPTED"):
            self.ended(worker, reason, "at once")

    @step(1, n=WHOM, days=DAYS)
    def move_a_start(self, n: int, days: int) -> None:
        if worker := self.worker(n, "ACCEPTED"):
            self.spoken_of(worker)
            self.rippling.change(worker["id"], start_date=self.day(days))

    @step(3, n=WHOM, days=range(-2, 7), department=DEPARTMENTS, entity=ENTITIES, is_new=YES_OR_NO)
    def rehire(self, n: int, days: int, department: str, entity: str, is_new: bool) -> None:
        """Someone who left comes back, or someone takes on a second employment."""
        worker = self.worker(n, "TERMINATED") if is_new or self.platform else self.worker(n)
        if worker and (not self.platform or self._is_out(worker)):
            self.rippling.rehire(
                worker["user_id"],
                self.day(days),
                department=self.names[department],
                legal_entity=self.names[entity],
                employment_type="Salaried part-time",
                status="ACCEPTED" if days > 0 else "ACTIVE",
            )
            self.spoken_of(worker)

    def _is_out(self, worker: Row) -> bool:
        """Whether somebody works nowhere: by the older API no second employment counts."""
        own = [each for each in self.workers() if each["user_id"] == worker["user_id"]]
        today = self.day(0).isoformat()
        return all(each["status"] == "TERMINATED" and each["end_date"] <= today for each in own)

    @step(1, n=WHOM, how=HOW)
    def old_worker_again(self, n: int, how: str) -> None:
        if worker := self.worker(n, "TERMINATED"):
            self.rippling.reactivate(worker["id"], **self.told(worker, how))

    @step(4, n=WHOM, how=HOW)
    def transfer(self, n: int, how: str) -> None:
        if worker := self.worker(n):
            is_norwegian = self.entity_of(worker) == ENTITIES[0]
            there = self.names[ENTITIES[is_norwegian]]
            self.rippling.change(worker["id"], legal_entity=there, **self.told(worker, how))

    @step(1, n=WHOM)
    def vanish(self, n: int) -> None:
        """A row is there no more; that is no reason for anything."""
        worker = self.worker(n)
        if worker and self.deletions < MOST_DELETIONS:
            self.deletions += 1
            user_id, now = worker["user_id"], self.clock.now()
            self.model.look(now)
            worked = self.model.present(user_id, now).company
            self.rippling.remove(worker["id"])
            known = self.world.tables.persons.get(user_id)
            is_counted = bool(known and known.worker_id == worker["id"])
            is_left = bool(self.model.present(user_id, now).company)
            if worked or is_counted:
                # It may have ended before it vanished, and no one looked in between; and what is
                # left of their employments may end before anyone looks.
                self.model.out_of_sight[user_id] = is_left or not (worked and is_counted)
            self.auditor.unsure.add(user_id)

    @step(1, is_rehired=YES_OR_NO)
    def come_and_vanish(self, is_rehired: bool) -> None:
        """A row is seen once, as someone's second employment or before the first day."""
        if is_rehired and self.worker(0, "TERMINATED"):
            self.rehire(n=0, days=0, department="Sales", entity=ENTITIES[0], is_new=True)
        else:
            self.hired("Sales", "Oslo", ENTITIES[0], KINDS[0], 3)
        self.work(20)
        self.vanish(n=LAST)

    def take_a_hire_back(self, n: int, department: str) -> None:
        """Somebody at work is hired once more; that is dealt with, and HR deletes the row."""
        if self.worker(n, "ACTIVE"):
            entity = ENTITIES[0]
            self.rehire(n=LAST, days=0, department=department, entity=entity, is_new=False)
            self.work(20)
            self.vanish(n=LAST)

    # Many at once, quick and slow.

    @step(2, count=MASS, what=("move", "terminate", "transfer", "relocate"), pause=(0, 0, 30, 400))
    def change_many(self, count: int, what: str, pause: int) -> None:
        """A bulk job: in one moment, or spread over as many minutes."""
        for worker in self.workers("ACTIVE")[:count]:
            match what:
                case "move":
                    self.rippling.move(worker["id"], self.names["Finance"])
                case "relocate":
                    self.rippling.relocate(worker["id"], self.names["Bergen"])
                case "terminate":
                    self.ended(worker, "VOLUNTARY", "at once")
                case _:
                    self.rippling.change(worker["id"], legal_entity=self.names[ENTITIES[1]])
            self.spoken_of(worker)
            if pause:
                self.clock.turn(minutes=pause)
                self.work(20)

    @step(1, reach=REACH)
    def bring_many_back(self, reach: int) -> None:
        """A mass termination was a mistake, and is taken back."""
        for worker in self.workers("TERMINATED"):
            if worker["end_date"] and worker["end_date"] >= self.day(-12).isoformat():
                self.spoken_of(worker)
                self.rippling.reactivate(worker["id"])
        self.work(reach)

    # Parts of steps.

    def quiet(self) -> None:
        """Faults end, and everything converges; see `steps.connector`."""
        raise NotImplementedError

    def hired(self, department: str, place: str, entity: str, kind: str, start: int) -> Row:
        """Somebody new."""
        worker = self.rippling.hire(
            self.canary(),
            department=self.names[department],
            location=self.names[place],
            legal_entity=self.names[entity],
            employment_type=kind,
            start_date=self.day(start),
            status="ACCEPTED" if start > 0 else "ACTIVE",
        )
        self.last = worker["user_id"]
        return worker

    def ended(self, worker: Row, reason: str, how: str, ago: int = 0) -> None:
        """Somebody leaves, or never came."""
        told: dict[str, Any] = self.told(worker, how)
        reason = "VOLUNTARY" if self.platform else reason  # there none is shown
        self.rippling.terminate(worker["id"], self.day(-ago), reason, **told)
        self.rippling.change(worker["id"], status="TERMINATED", **told)
