"""Bugs to be planted, one construction in the place of another, each by the promise it breaks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias
from unittest.mock import patch

from connector.adapters import ledger_steps
from connector.adapters.memory import InMemoryLedger, ledger
from connector.adapters.rippling import rest
from connector.adapters.visma import client as visma
from connector.domain import decisions, employment, planning
from connector.domain.cursors import Progress
from connector.domain.mapping.model import MappingFile
from connector.domain.records.approvals import Approval
from connector.domain.records.digests import Seal
from connector.services.apply import applier, employee_writer, person_reader, recorder
from connector.services.apply.applier import Applier
from connector.services.apply.audit_scribe import AuditScribe
from connector.services.apply.consumer import Consumer
from connector.services.apply.context import ChangeContext
from connector.services.apply.employee_writer import EmployeeWriter
from connector.services.find import poller, review
from connector.services.find.batch import Batch
from connector.services.find.catch_up import MappingCatchUp
from connector.services.find.poller import Poller
from connector.services.shared.guarding import GuardCheck
from tests.simulation.auditor.problems import Check
from tests.simulation.planted import wrongs
from tests.simulation.steps.base import COMPANIES, LAST
from tests.simulation.steps.registry import Step

Planted: TypeAlias = AbstractContextManager[object]


@dataclass(frozen=True)
class Bug:
    """One construction put in the place of another, and how it is planted."""

    name: str
    plant: Callable[[], Planted]
    noticed_by: Check
    story: tuple[Step, ...] = ()
    """What has to happen, beside the first load, for it to be noticed."""


def put(owner: Any, name: str, instead: Any) -> Callable[[], Planted]:
    """One function, method or value in the place of another."""
    return lambda: patch.object(owner, name, instead)


def s(name: str, /, **arguments: Any) -> Step:
    """One step of a story."""
    return Step(name, arguments)


def does(name: str, n: int = 0, /, **arguments: Any) -> Step:
    """One step about one of the people, which is announced at once."""
    return Step(name, {"n": n, **({} if name == "vanish" else {"how": "at once"}), **arguments})


WORK = s("work_once", reach=20)
EVERYBODY = s("change_many", count=12, what="move", pause=0)
TOUCH = does("change_email", LAST, is_taken_away=False)
ANOTHER = does("change_email", 3, is_taken_away=False)
REPLACED = s("delete_an_employee", n=0, is_replaced=True)
COLLEAGUE = {
    "department": "Sales",
    "place": "Oslo",
    "entity": "Nordfab AS",
    "kind": "Salaried full-time",
}
HIRE = s("hire", **COLLEAGUE, ago=0)
MOVE = does("move", department="Finance")
HOURS = s("let_hours_pass", hours=2, is_punctual=True)


def hidden(name: str) -> Step:
    return s("lose_a_right", name=name, is_told=True, reach=20)


def mapped(key: str, department: str, *place: str, is_heard: bool = True) -> Step:
    return s("map_a_department", key=key, department=department, place=place, is_heard=is_heard)


def forgotten(then: str, *, is_late: bool = False) -> Step:
    return s("create_and_forget", then=then, is_late=is_late)


BUGS = (
    # Unknown is not empty.
    Bug(
        "an unknown last day is over",
        put(employment, "_ended", wrongs.ends_all),
        Check.REASON,
        (
            s("terminate_ahead", n=0, days=9, is_told_early=True),
            WORK,
            hidden("end_date"),
            TOUCH,
            WORK,
        ),
    ),
    Bug(
        "who cannot be decided on leaves",
        put(decisions, "_undecided", wrongs.leaves_if_undecided),
        Check.REASON,
        (hidden("status"), ANOTHER, WORK),
    ),
    # Level, not edge.
    Bug(
        "Visma is compared with nothing",
        put(review, "reconcile", wrongs.nobody),
        Check.PLACE,
        (s("edit_an_employee", n=0, fields={"contact.lastName": "Finans"}),),
    ),
    Bug(
        "an edit that nobody heard of is lost",
        put(MappingCatchUp, "read", lambda *_: (Batch(), None)),
        Check.PLACE,
        (
            MOVE,
            WORK,
            *(mapped(key, "Finance", "SALES", "400", is_heard=False) for key in COMPANIES),
        ),
    ),
    Bug(
        "no day that comes is noticed",
        put(InMemoryLedger, "due", wrongs.nobody),
        Check.PLACE,
        (s("hire_ahead", **COLLEAGUE, days=3), WORK, s("let_days_pass", days=5, is_punctual=False)),
    ),
    Bug(
        "no one who waits is released",
        put(InMemoryLedger, "waiting", wrongs.nobody),
        Check.PLACE,
        (
            *(mapped(key, "Robotics", "ROBO", "700") for key in COMPANIES),
            does("move", department="Robotics"),
            WORK,
            *(
                s("open_or_close_a_cost_centre", key=key, value="700", is_open=True)
                for key in COMPANIES
            ),
            *(
                s("add_or_link_a_department", key=key, code="ROBO", value="700")
                for key in COMPANIES
            ),
            HOURS,
        ),
    ),
    # Authority is a row, not a message.
    Bug(
        "what no run has judged is free",
        put(GuardCheck, "_full_window", wrongs.nothing),
        Check.LIMIT,
        (s("change_many", count=12, what="move", pause=30),),
    ),
    Bug(
        "no guard is asked",
        put(GuardCheck, "breach", wrongs.nothing),
        Check.LIMIT,
        (EVERYBODY, WORK),
    ),
    Bug(
        "what was rejected is forgotten",
        put(ChangeContext, "rests_in", None),
        Check.REASON,
        (
            EVERYBODY,
            WORK,
            s("reject_one", n=0),
            s("approve_everything"),
            s("let_days_pass", days=2, is_punctual=True),
            s("sweep", reach=20),
        ),
    ),
    Bug(
        "no approval is believed",
        put(Approval, "is_enough", wrongs.never),
        Check.REST,
        (EVERYBODY,),
    ),
    # Done is what the target said.
    Bug(
        "any answer to an update counts",
        put(visma.VismaTarget, "_updated", wrongs.takes_any_answer),
        Check.PLACE,
        (MOVE, s("answer_with_nonsense", n=1, method="PUT", is_applied=False, reach=20)),
    ),
    Bug(
        "an update is unconditional",
        put(visma, "condition", lambda *_: {}),
        Check.REASON,
        (REPLACED, MOVE, WORK),
    ),
    # No one twice.
    Bug(
        "a create is sent blindly",
        put(EmployeeWriter, "_create_or_adopt", wrongs.blind),
        Check.PLACE,
        (
            HIRE,
            s("lose_answers", n=1, method="POST", what="an answer", reach=20),
            does("move", LAST, department="Finance"),
            WORK,
        ),
    ),
    Bug(
        "a lost create is forgotten",
        put(applier, "has_unresolved_create", wrongs.never),
        Check.DOUBLE,
        (forgotten("another number"),),
    ),
    Bug(
        "an unanswered write is not waited for",
        put(EmployeeWriter, "require_settled", wrongs.nothing),
        Check.DOUBLE,
        (forgotten("another number", is_late=True), s("land_at_last", reach=20)),
    ),
    Bug(
        "the arrival comes without the leaving",
        put(Applier, "_transfer", wrongs.arrives_at_once),
        Check.DOUBLE,
        (does("transfer", 1), WORK),
    ),
    # Absence is no termination; nobody else's employee.
    Bug(
        "who is gone has left",
        put(person_reader, "decide", wrongs.leaves_if_gone),
        Check.REASON,
        (
            MOVE,
            WORK,
            s("vanish", n=LAST),
            *(mapped(key, "Finance", "SALES", "400") for key in COMPANIES),
            WORK,
        ),
    ),
    Bug(
        "who has the code is ours",
        put(employee_writer, "is_another", wrongs.never),
        Check.REASON,
        (REPLACED, EVERYBODY, WORK),
    ),
    Bug(
        "adoption needs no proof",
        put(employee_writer, "is_same_person", wrongs.always),
        Check.REASON,
        (s("enter_the_next_hire_by_hand", key="norway", is_theirs=False), WORK),
    ),
    Bug(
        "finance's word is written over",
        put(planning, "_may_write", wrongs.always),
        Check.REASON,
        (s("edit_an_employee", n=0, fields={"status": "OnHold"}), EVERYBODY, WORK),
    ),
    Bug(
        "contractors are taken on",
        put(decisions.Situation, "in_scope", property(lambda self: self.workers)),
        Check.REASON,
        (HIRE, does("change_employment_type", LAST, kind="Contractor"), WORK),
    ),
    # Nothing is missed, and all comes to rest.
    Bug(
        "the watermark has no overlap",
        put(Progress, "cutoff", property(wrongs.strict)),
        Check.PLACE,
        (ANOTHER, WORK, does("move", department="Finance", how="late")),
    ),
    Bug(
        "only the first page is read",
        put(rest._Answer, "going_on", wrongs.goes_no_further),
        Check.PLACE,
        (does("move", 8, department="Finance", how="silently"),),
    ),
    Bug(
        "the day is that of Greenwich",
        put(MappingFile, "today", lambda _, __, now: now.date()),
        Check.PLACE,
        (s("hire_ahead", **COLLEAGUE, days=2), s("let_a_day_begin", days=2, is_punctual=False)),
    ),
    Bug(
        "the walk is saved before messages are sent",
        put(Poller, "_poll", wrongs.saves_first),
        Check.PLACE,
        (MOVE, HOURS, ANOTHER, s("queue_takes_only", n=0)),
    ),
    Bug(
        "an unusable secret acknowledges",
        put(Consumer, "consume", wrongs.acknowledges),
        Check.PLACE,
        (EVERYBODY, s("lose_a_secret", key="norway", reach=20), HOURS, ANOTHER, WORK),
    ),
    Bug(
        "a due day elsewhere stays for ever",
        put(recorder, "closed_links", wrongs.leaves_due_days),
        Check.REST,
        (
            s("terminate_ahead", n=0, days=9, is_told_early=True),
            WORK,
            does("transfer", LAST),
            WORK,
            s("let_days_pass", days=12, is_punctual=True),
        ),
    ),
    Bug(
        "a lease outlives its holder",
        put(poller, "LEASE_SECONDS", 1e9),
        Check.REST,
        (s("kill", function="poller", at=20, reach=20),),
    ),
    Bug(
        "an intent outlives its writer",
        put(ledger_steps, "INTENT_SECONDS", 1e9),
        Check.REST,
        (forgotten("another address"),),
    ),
    # Open rows, calls, the audit, and what is personal.
    Bug(
        "who waits is told nothing",
        put(recorder, "link_update", wrongs.names_nothing),
        Check.OPEN,
        (does("move", department="Robotics"), WORK),
    ),
    Bug(
        "requests break the contract",
        put(visma, "wrapped", wrongs.says_more),
        Check.CALLS,
    ),
    Bug(
        "an update is not audited",
        put(ledger, "chained", wrongs.tells_no_update),
        Check.AUDIT,
        (MOVE, WORK),
    ),
    Bug(
        "rows of the audit are not tied",
        put(ledger, "chained", wrongs.ties_nothing),
        Check.AUDIT,
        (MOVE, WORK),
    ),
    Bug("the audit names people", put(AuditScribe, "row", wrongs.names_names), Check.CANARY),
    Bug("digests are plain", put(Seal, "of", lambda _, __, plain: plain), Check.CANARY),
)
