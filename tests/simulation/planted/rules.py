"""Bugs against the rules that follow from the laws: odd rows, older states, queued messages, days.

Also those against what a guard, an approval and the audit say of it.
"""

from __future__ import annotations

from connector.adapters.rippling import rest
from connector.domain.catalogue import Catalogue
from connector.domain.mapping.naming.memory import NameMemory
from connector.services.apply import context, employee_writer
from connector.services.apply.employee_writer import EmployeeWriter
from connector.services.apply.person_reader import PersonReader
from connector.services.find import sweep
from connector.services.shared import guarding
from connector.services.shared.guarding import ChangeGuard
from tests.simulation.auditor.problems import Check
from tests.simulation.planted import wrongs
from tests.simulation.planted.bug import (
    COLLEAGUE,
    EVERYBODY,
    HOURS,
    MOVE,
    WORK,
    Bug,
    does,
    hidden,
    put,
    s,
)
from tests.simulation.steps.base import ENTITIES, LAST, UNKNOWN
from tests.simulation.steps.registry import Step


def outlasted(at: str) -> Step:
    return s("be_outlasted", at=at, n=10, reach=20)


def overtaken(function: str, at: str, what: str, n: int) -> Step:
    return s("overtake", function=function, at=at, what=what, n=n, reach=20)


AT_FIRST, AT_ARRIVAL, AT_SENT = "after GET ", "after ledger.finish", "after queue.send"
CORRECTED = (
    s("change_many", count=12, what="terminate", pause=0),
    WORK,
    s("approve_everything"),
    *(s("let_days_pass", days=12, is_punctual=True),) * 3,
    *(s("edit_an_employee", n=n, fields={"status": "OnHold"}) for n in range(8)),
)
UNTOLD = (
    MOVE,
    s("lose_answers", n=1, method="PUT", what="an answer and the line", reach=20),
    does("change_employment_type", LAST, kind="Contractor"),
    WORK,
)
HIRED_AGAIN = (
    s("lose_the_search"),
    *(does("move", n, department="Finance") for n in (3, 4, 6)),
    WORK,  # so much, that the queue gives the old employment first
    does("terminate", 1, ago=0),
    s("queue_takes_only", n=3),
    s("rehire", n=LAST, days=0, department=UNKNOWN, entity=ENTITIES[0], is_new=True),
    s("queue_takes_only", n=3),
    WORK,
)
SWEPT = s("sweep", reach=20)
DAYS_LATER = (s("let_days_pass", days=2, is_punctual=True), SWEPT)
HIDDEN_FOR_DAYS = (
    does("move", 3, department="Finance"),
    s("pass_a_name_on", kind="department", one=1, other=2, is_followed=False),
    does("move", 1, department=UNKNOWN),
    SWEPT,
    hidden("department"),
    hidden("department_id"),
    *DAYS_LATER,
    *DAYS_LATER,
)
PUT_BACK = (
    s("edit_an_employee", n=0, fields={"contact.phone1": "+47 000 11111"}),
    s("answer_with_nonsense", n=1, method="PUT", is_applied=True, reach=20),
    s("sweep", reach=20),
)

RULES = (
    # One bad row stops itself only.
    Bug(
        "a row that is none stops everybody",
        put(rest.RipplingRestSource, "_read", wrongs.reads_rows_only),
        Check.REST,
        (s("mix_in_an_odd_row", row=0, reach=20), MOVE, WORK),
    ),
    # One queued message for one person.
    Bug(
        "whoever is queued is queued again",
        put(ChangeGuard, "_on_the_queue", wrongs.finds_none),
        Check.QUEUE,
        (
            s("hire_ahead", **COLLEAGUE, days=1),
            WORK,
            s("let_days_pass", days=2, is_punctual=False),
            s("stand_still", ticks=3),
        ),
    ),
    # No older state over a newer one.
    Bug(
        "a change goes by the answer that it got first",
        put(PersonReader, "rows_and_employments", wrongs.reads_once),
        Check.REASON,
        (does("move", 1, department="Management"), outlasted(AT_FIRST)),
    ),
    Bug(
        "the arrival goes by the answer of before the leaving",
        put(PersonReader, "read_again", wrongs.reads_the_rows_again),
        Check.REASON,
        (does("transfer", 1), outlasted(AT_ARRIVAL)),
    ),
    # What a run has found is seen, whichever message comes first.
    Bug(
        "a new employment is in its own message alone",
        put(guarding, "new_employments", wrongs.finds_none),
        Check.REASON,
        HIRED_AGAIN,
    ),
    # A row means a thing, and not a name.
    Bug(
        "a row means whatever is called so today",
        put(NameMemory, "recalled", wrongs.goes_by_the_name),
        Check.REASON,
        (
            s("swap_names", kind="department", one=0, other=1, is_followed=False),
            s("sweep", reach=20),
        ),
    ),
    Bug(
        "what is hidden for days is gone",
        put(sweep, "shown_in", wrongs.takes_all_for_shown),
        Check.REASON,
        HIDDEN_FOR_DAYS,
    ),
    # All of it or none, and by the word of whoever said it.
    Bug(
        "the verdict comes after the messages",
        put(ChangeGuard, "queue", wrongs.judges_last),
        Check.LIMIT,
        (EVERYBODY, overtaken("poller", AT_SENT, "writer", 0)),
    ),
    Bug(
        "an approved correction is forgotten",
        put(context, "leaving_is_held", wrongs.never),
        Check.PLACE,
        CORRECTED,
    ),
    # Where there is nothing, nobody is placed.
    Bug(
        "a closed cost centre takes people in",
        put(Catalogue, "has_cost_centre", wrongs.always),
        Check.REASON,
        (
            s("open_or_close_a_cost_centre", key="norway", value="500", is_open=False),
            HOURS,
            MOVE,
            WORK,
        ),
    ),
    # After a lost answer the audit says what was written.
    Bug(
        "what an update without an answer did is not told",
        put(EmployeeWriter, "landed", wrongs.nothing),
        Check.AUDIT,
        UNTOLD,
    ),
    Bug(
        "what was put back without an answer is not told",
        put(employee_writer, "lost_update", wrongs.told_by_comparison),
        Check.AUDIT,
        PUT_BACK,
    ),
)
