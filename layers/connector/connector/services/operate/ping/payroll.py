"""Whether the token is shown payroll runs, and what the tenant says in them where nobody knows.

Read only where the mapping turns payroll on: the list of runs, and the records of the newest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connector.domain.checks import Check, Level
from connector.domain.payroll.run import PayRecord, PayrollRun
from connector.domain.status.wording import counted
from connector.ports.payroll.runs import PayrollRuns

NAME = "payroll"


def payroll_check(runs: PayrollRuns) -> Check:
    """The line about payroll runs; what may not be read raises, and is told as bad."""
    shown = runs.runs()
    if not shown:
        return Check(
            NAME,
            Level.WARNING,
            "Rippling shows no payroll run: there is none, or the token does not see it.",
            "look in Rippling: if there are runs, give the token the right to payroll runs",
        )
    newest = max(shown, key=_day)
    records = runs.records(newest.id)
    people = counted(len({each.worker_id for each in records}), "person", "people")
    many = counted(len(shown), "payroll run")
    message = (
        f"Rippling shows {many}; the newest is {newest.state} and pays {people}."
        f" It says {_said(newest, records)}."
    )
    return Check(NAME, Level.GOOD, message)


def _day(run: PayrollRun) -> date:
    return run.check_date or run.end or date.min


def _said(run: PayrollRun, records: Sequence[PayRecord]) -> str:
    """What the run tells of what has to stand in the mapping where it does not."""
    taxes_are_told = all(one.kind for each in records for one in each.amounts)
    told = {
        "which legal entity pays": run.legal_entity is not None,
        "in which currency": all(each.currency for each in records),
        "who pays each tax": taxes_are_told,
    }
    return ", ".join(what if is_told else f"not {what}" for what, is_told in told.items())
