"""drt-core: a sync from a table in duckdb to a REST destination, run by its own engine.

Rows that fail are skipped and told, tries and pace are set for speed. It posts to one address: a
destination of this kind can neither look first nor change one employee.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
from drt.config.credentials import DuckDBProfile
from drt.config.models import SyncConfig
from drt.destinations.rest_api import RestApiDestination
from drt.engine.sync import run_sync
from drt.sources.duckdb import DuckDBSource
from measure import Run

RETRY = {"max_attempts": 5, "initial_backoff": 0.1}
A_SECOND = 10_000
CODE = re.compile(r'\{"code": "([^"]+)"')


def main() -> None:
    """One sync."""
    run = Run()
    database = str(run.folder / f"{run.task['stage']}.duckdb")
    rows = json.loads(Path(run.task["rows"]).read_text("utf-8"))
    with duckdb.connect(database) as connection:
        connection.execute("CREATE TABLE employees (code TEXT, body TEXT)")
        pairs = [(row["code"], row["body"]) for row in rows]
        connection.executemany("INSERT INTO employees VALUES (?, ?)", pairs)
    sync = SyncConfig.model_validate(
        {
            "name": "employees",
            "model": "SELECT * FROM employees",
            "destination": {
                "type": "rest_api",
                "url": f"{run.task['visma']}/v1/employee",
                "method": "POST",
                "headers": {"Content-Type": "application/json"},
                "auth": {"type": "bearer", "token": run.task["visma_bearer"]},
                "body_template": "{{ row.body }}",
            },
            "sync": {
                "mode": "full",
                "on_error": "skip",
                "rate_limit": {"requests_per_second": A_SECOND},
                "retry": RETRY,
            },
        }
    )
    run.begin()
    result = run_sync(
        sync, DuckDBSource(), RestApiDestination(), DuckDBProfile("duckdb", database), run.folder
    )
    run.end()
    # The preview of a failed row is cut short, but begins with its first column.
    found = [CODE.match(error.record_preview) for error in result.row_errors]
    run.tell(told=[one[1] for one in found if one])


main()
