"""Bugs against the promises: one employee, nobody else touched, nothing missed, and the rest."""

from __future__ import annotations

from connector.adapters import ledger_steps
from connector.adapters.memory import ledger
from connector.adapters.rippling import rest
from connector.adapters.visma import client as visma
from connector.domain import decisions, planning, reconciliation
from connector.domain.cursors import Progress
from connector.domain.mapping.model import MappingFile
from connector.domain.records.digests import Seal
from connector.services.apply import applier, employee_writer, person_reader, recorder
from connector.services.apply.applier import Applier
from connector.services.apply.audit_scribe import AuditScribe
from connector.services.apply.consumer import Consumer
from connector.services.apply.employee_writer import EmployeeWriter
from connector.services.find import poller
from connector.services.find.comparison import Everyone
from connector.services.find.poller import Poller
from tests.simulation.auditor.problems import Check
from tests.simulation.planted import wrongs
from tests.simulation.planted.bug import (
    ANOTHER,
    COLLEAGUE,
    EVERYBODY,
    HIRE,
    HOURS,
    MOVE,
    REPLACED,
    WORK,
    Bug,
    does,
    forgotten,
    mapped,
    put,
    s,
)
from tests.simulation.steps.base import COMPANIES, LAST

PROMISES = (
    # Done is what the target said.
    Bug(
        "any answer to an update counts",
        put(visma.VismaTarget, "_updated", wrongs.takes_any_answer),
        Check.PLACE,
        (MOVE, s("answer_with_nonsense", n=1, method="PUT", is_applied=False, reach=20)),
    ),
    Bug(
        "equal versions end the comparison",
        put(reconciliation, "is_shown_otherwise", lambda *_: False),
        Check.PLACE,
        (MOVE, s("confirm_and_do_nothing", n=1, reach=20)),
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
        "a sweep forgets its runs before",
        put(Everyone, "going_on", wrongs.forgets_the_runs_before),
        Check.PLACE,
        (
            s("hurry"),
            s("take_a_hire_back", n=1, department="Finance"),
        ),
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
