"""What a stack costs a month: measured requests at list prices. `python -m tests.support.cost`.

The measured numbers are limits that tests/component/test_cost.py holds the handlers to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.embedded.template import load_template

PEOPLE = (250, 1_000, 5_000)


@dataclass(frozen=True)
class Units:
    """Request units of DynamoDB."""

    read: float
    write: float


# Measured.
TICK = Units(9, 3)  # in which nothing changed
CREATE = Units(3, 23)  # of one employee, with its audit row
UPDATE = Units(3, 16)
SWEEP = Units(1.6, 0.2)  # a person, if nothing changed
LEARNT = 2  # write units, once for each new employee, by the first sweep that sees it
SECRETS_READ = 2  # by a poller that begins cold, or asks again after five minutes
MESSAGES = 3  # calls to the queue for one change: send, receive, delete

# Assumed.
DAYS = 30
TICKS = DAYS * 24 * 12
CHANGES_A_PERSON = 1  # a month
HIRES_A_MONTH = 0.02  # of the people
TICK_SECONDS, CHANGE_SECONDS, PAGE_SECONDS = 1.5, 2.0, 1.5
PAGE = 100  # people
MEMORY_GB = 0.5
LIVE_METRICS = 25
KEY_CALLS = 10  # a tick: AWS asks for a table's key every five minutes for each role that uses it
IDLE_POLLS = DAYS * 24 * 60 * 15  # five pollers of the queue, three long polls a minute each
LOG_KB_A_RUN = 1.5
STORED_KB_A_PERSON = 60  # ledger, indexes, a year of audit rows

# List prices in US dollars, eastern United States, 2025.
MILLION = 1_000_000
READ_UNIT, WRITE_UNIT = 0.125 / MILLION, 0.625 / MILLION
STORED_GB, BACKUP_GB, LOG_GB = 0.25, 0.20, 0.50
GB_SECOND, INVOCATION = 0.0000133334, 0.20 / MILLION  # arm64
QUEUE_CALL, SCHEDULED, SECRET_CALL = 0.50 / MILLION, 1.00 / MILLION, 0.05 / 10_000
KEY_CALL = 0.03 / 10_000
SECRET, ALARM, METRIC, DASHBOARD = 0.40, 0.10, 0.30, 3.00


def monthly(people: int) -> dict[str, float]:
    """US dollars a month by what they are spent on, outside every free tier."""
    changes, hires = people * CHANGES_A_PERSON, people * HIRES_A_MONTH
    runs = TICKS + DAYS + changes + hires
    return {
        "alarms": _watched() * ALARM,
        "dashboard": _count("AWS::CloudWatch::Dashboard") * DASHBOARD,
        "metrics of its own": LIVE_METRICS * METRIC,
        "secrets": _count("AWS::SecretsManager::Secret") * SECRET
        + TICKS * SECRETS_READ * SECRET_CALL,
        "tables": _tables(people, changes, hires),
        "keys of the tables": TICKS * KEY_CALLS * KEY_CALL,
        "queues": (IDLE_POLLS + MESSAGES * (changes + hires)) * QUEUE_CALL,
        "functions and schedules": _functions(people, changes + hires) + TICKS * SCHEDULED,
        "log lines": runs * LOG_KB_A_RUN / 1024**2 * LOG_GB,
    }


def _tables(people: int, changes: float, hires: float) -> float:
    reads = TICKS * TICK.read + DAYS * people * SWEEP.read
    reads += changes * UPDATE.read + hires * CREATE.read
    writes = TICKS * TICK.write + DAYS * people * SWEEP.write
    writes += changes * UPDATE.write + hires * CREATE.write
    stored = people * STORED_KB_A_PERSON / 1024**2
    return reads * READ_UNIT + writes * WRITE_UNIT + stored * (STORED_GB + BACKUP_GB)


def _functions(people: int, written: float) -> float:
    seconds = TICKS * TICK_SECONDS + written * CHANGE_SECONDS
    seconds += DAYS * people / PAGE * PAGE_SECONDS
    return seconds * MEMORY_GB * GB_SECOND + (TICKS + DAYS + written) * INVOCATION


def _watched() -> int:
    """How many metrics alarms watch: an alarm over several costs as much as that many alarms."""
    alarms = [each["Properties"] for each in _of("AWS::CloudWatch::Alarm")]
    return sum(
        sum("MetricStat" in each for each in alarm.get("Metrics", ())) or 1 for alarm in alarms
    )


def _count(kind: str) -> int:
    return len(_of(kind))


def _of(kind: str) -> list[dict[str, Any]]:
    """What there is of a kind with an API token; each further door adds two metrics."""
    resources = load_template()["Resources"].values()
    return [each for each in resources if each["Type"] == kind and each.get("Condition") is None]


def table() -> str:
    """The table of docs/operations.md."""
    sums = {people: monthly(people) for people in PEOPLE}
    heads = [f"{people:,} people" for people in PEOPLE]
    lines = [f"| US dollars a month | {' | '.join(heads)} |", "|---|" + "---|" * len(heads)]
    for name in sums[PEOPLE[0]]:
        cells = [f"{each[name]:.2f}" for each in sums.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    totals = [f"**{sum(each.values()):.2f}**" for each in sums.values()]
    lines.append(f"| **all** | {' | '.join(totals)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - this is a command
