"""dlt: a custom destination that writes employees to Visma.

By default as its manual shows one: each item is posted, an error is raised, and dlt tries the batch
again. With `looks` as a careful author would write it: look the employee up, then change or create;
try what may pass again, and collect what is refused.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import requests
from measure import Run

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt

RUN = Run()
EMPLOYEES = f"{RUN.task['visma']}/v1/employee"
SESSION = requests.Session()
SESSION.headers["Authorization"] = f"Bearer {RUN.task['visma_bearer']}"
ATTEMPTS, WAIT_SECONDS = 5, 0.1
MAY_PASS = (429, 500, 502, 503, 504)
TOLD: list[str] = []


@dlt.destination(batch_size=10, name="visma")
def post(items: list[dict[str, Any]], table: Any) -> None:
    """Posts each item; the status is asked for, as examples do."""
    for item in items:
        answer = SESSION.post(EMPLOYEES, json=json.loads(item["body"]), timeout=30)
        answer.raise_for_status()


@dlt.destination(batch_size=1, name="visma")
def look_and_write(items: list[dict[str, Any]], table: Any) -> None:
    """Looks each employee up and changes or creates it; who is refused is told."""
    refused = (item["code"] for item in items if not written(item["code"], item["body"]))
    TOLD.extend(refused)


def written(code: str, text: str) -> bool:
    """Whether one employee was written, in as many attempts as are allowed."""
    body = json.loads(text)
    for _ in range(ATTEMPTS):
        wait = WAIT_SECONDS
        try:
            answer = attempt(code, body)
        except requests.RequestException:
            time.sleep(wait)
            continue
        if answer.ok:
            return True
        if answer.status_code not in MAY_PASS:
            return False
        time.sleep(float(answer.headers.get("Retry-After", wait)))
    return False


def attempt(code: str, body: dict[str, Any]) -> requests.Response:
    """One look and one write."""
    found = SESSION.get(f"{EMPLOYEES}/{code}", timeout=30)
    if found.status_code == 404:
        return SESSION.post(EMPLOYEES, json=body, timeout=30)
    if not found.ok:
        return found
    plain = {name: value for name, value in body.items() if name != "employeeCd"}
    return SESSION.put(f"{EMPLOYEES}/{code}", json=plain, timeout=30)


def main() -> None:
    """One run, and as many more as a scheduler would make where it fails."""
    sink = look_and_write if RUN.task.get("looks") else post
    rows = json.loads(Path(RUN.task["rows"]).read_text("utf-8"))
    pipeline = dlt.pipeline(
        "employees", destination=sink(), pipelines_dir=str(RUN.folder / "pipelines")
    )
    RUN.begin()
    has_failed = not is_loaded(pipeline, rows)
    for _ in range(RUN.task["runs"] - 1):
        has_failed = has_failed and not is_loaded(pipeline, None)
    RUN.end()
    if has_failed:
        pipeline.drop()
    RUN.tell(told=None if has_failed else TOLD)


def is_loaded(pipeline: Any, rows: list[dict[str, str]] | None) -> bool:
    """Whether a run, or the rest of one that failed, came through."""
    try:
        if rows is None:
            pipeline.load()
        else:
            pipeline.run([{**row} for row in rows], table_name="employees")
    except Exception:  # noqa: BLE001 - whatever it is, the run has failed
        return False
    return True


main()
