"""Bugs against the laws: unknown is not empty, level and not edge, authority is a row."""

from __future__ import annotations

from connector.adapters.memory import InMemoryLedger
from connector.domain import decisions, employment
from connector.domain.mapping.versions import HandledMapping
from connector.domain.records.approvals import Approval
from connector.services.apply import applier
from connector.services.find import review
from connector.services.find.batch import Batch
from connector.services.find.catch_up import MappingCatchUp
from connector.services.shared.guarding import GuardCheck
from tests.simulation.auditor.problems import Check
from tests.simulation.planted import wrongs
from tests.simulation.planted.bug import (
    ANOTHER,
    COLLEAGUE,
    EVERYBODY,
    HOURS,
    MOVE,
    REJECTED_MOVES,
    RENAMED,
    TOUCH,
    WORK,
    Bug,
    does,
    hidden,
    mapped,
    put,
    s,
)
from tests.simulation.steps.base import COMPANIES

LAWS = (
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
        "whoever hears of one edit has handled them all",
        put(HandledMapping, "after_edits", wrongs.takes_all_as_handled),
        Check.PLACE,
        (
            *(s("change_the_owner", key=key, owner="visma") for key in COMPANIES),
            s("change_user", n=1, part="work_phone", is_empty=False),
            s("sweep", reach=20),
            *(
                s("change_the_owner", key=key, owner="rippling", is_heard=False)
                for key in COMPANIES
            ),
            *(mapped(key, "Robotics", "ROBO", "700") for key in COMPANIES),
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
        put(applier, "without_rejected", wrongs.spares_nothing),
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
        "whoever is rejected is left alone",
        put(applier, "without_rejected", wrongs.spares_everything),
        Check.PLACE,
        (REJECTED_MOVES, RENAMED),
    ),
    Bug(
        "a rejection ends with anything new",
        put(applier, "without_rejected", wrongs.spares_nothing_beside),
        Check.REASON,
        (REJECTED_MOVES, RENAMED),
    ),
    Bug(
        "no approval is believed",
        put(Approval, "is_enough", wrongs.never),
        Check.REST,
        (EVERYBODY,),
    ),
)
