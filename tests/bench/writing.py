"""Writing employees to Visma, in good times and in bad: the same people, the same faults.

Every tool is given the same people. The connector reads them itself, one by one; the others get
what is to be sent ready-made, and so do less. Visma is the strict simulator.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from tests.bench.company import staffed_rippling, staffed_visma, task_of
from tests.bench.figures import Figures
from tests.bench.judge import Wanted, judge_writing
from tests.bench.running import Subject, measured, run
from tests.bench.served import FastRippling
from tests.simulator.messages import Request, Response
from tests.simulator.nordfab import BRANCHES, UNITS
from tests.simulator.rippling import Rippling
from tests.simulator.visma import Visma

MOVED, HIRED, STRANGERS = 20, 10, 5
EMPLOYEES = "/v1/employee"
RUNS = 2
"""How often a scheduler starts a run that fails."""

OURS = Subject("ours", "ours_writing")
DLT = Subject("dlt, custom destination", "dlt_writing", "dlt", {"runs": RUNS})
DLT_LOOKS = Subject("dlt, one that looks first", "dlt_writing", "dlt", {"runs": RUNS, "looks": 1})
DRT = Subject("drt-core", "drt_writing", "drt")
SUBJECTS = (OURS, DLT, DLT_LOOKS, DRT)


class TakingVisma(Visma):
    """A Visma that takes a second create with a code that it has for one more employee.

    Nobody has published what it answers; where it numbers employees itself, it may do this.
    """

    def answer(self, request: Request) -> Response:
        """The answer of a Visma that numbers the second one itself."""
        if (request.method, request.path) == ("POST", EMPLOYEES) and request.body:
            code = str(request.body["employeeCd"]["value"])
            taken = {each["employeeNumber"] for each in self.employees()}
            if code in taken:
                free = next(str(each) for each in range(90_000, 99_999) if str(each) not in taken)
                body = {**request.body, "employeeCd": {"value": free}}
                request = replace(request, body=body)
        return super().answer(request)


@dataclass(frozen=True)
class Scenario:
    """What goes wrong, and in which stage: everyone is new, sent again, or some have changed."""

    name: str
    order: Callable[[Visma], object] = lambda _: None
    stages: tuple[str, ...] = ("full",)
    takes_twice: bool = False
    strangers: int = 0


def _lose(visma: Visma) -> None:
    visma.faults.lose_answer(method="POST", path=EMPLOYEES, every=5)


def _limit(visma: Visma) -> None:
    visma.faults.fail(429, retry_after=1, method="POST", path=EMPLOYEES, every=20)


def _garbage(visma: Visma) -> None:
    visma.faults.garbage(method="POST", path=EMPLOYEES, every=5)


def _forbid(visma: Visma) -> None:
    visma.faults.fail(403, method="GET", path=f"{EMPLOYEES}.*")


def _empty(visma: Visma) -> None:
    visma.faults.fail(404, method="GET", path=f"{EMPLOYEES}/.+")
    visma.reshape = lambda path, content: [] if path == EMPLOYEES else content


CLEAN = Scenario("nothing goes wrong")
AGAIN = Scenario("all again, nothing changed", stages=("full", "again"))
QUIET = (CLEAN, AGAIN)
CHANGES = ("full", "changes")
SCENARIOS = (
    CLEAN,
    AGAIN,
    Scenario("every 5th answer lost, a second create refused", _lose),
    Scenario("every 5th answer lost, a second create taken", _lose, takes_twice=True),
    Scenario("every 20th create answered 429", _limit),
    Scenario("every 5th create answered 200 with nonsense", _garbage),
    Scenario("5 codes are somebody else's", strangers=STRANGERS),
    Scenario("20 moved, 10 hired", stages=CHANGES),
    Scenario("the same, looking is answered 403", _forbid, CHANGES),
    Scenario("the same, looking finds nothing", _empty, CHANGES, takes_twice=True),
)


def play(subject: Subject, scenario: Scenario, people: int, folder: Path, figures: Figures) -> None:
    """Lets one tool write one scenario; its last stage is the one that counts."""
    rippling = staffed_rippling(people)
    kind = TakingVisma if scenario.takes_twice else Visma
    codes = [str(worker["number"]) for worker in rippling.workers()[: scenario.strangers]]
    with FastRippling(rippling) as served, staffed_visma(kind=kind, strangers=codes) as visma:
        strangers = {row["employeeId"]: copy.deepcopy(row) for row in visma.employees()}
        task = {**task_of(served.url, visma.url), "visma_bearer": bearer(task_of("", visma.url))}
        sent = rippling.workers()
        for stage in scenario.stages:
            if stage == "changes":
                sent = change(rippling, served)
            is_last = stage == scenario.stages[-1]
            if is_last:
                scenario.order(visma)
            rows = folder / "rows.json"
            folder.mkdir(parents=True, exist_ok=True)
            rows.write_text(json.dumps(list(bodies(rippling, sent))), "utf-8")
            visma.clear_journal()
            answer = run(subject, {**task, "stage": stage, "rows": str(rows)}, folder)
        calls = len(visma.calls(path="/v1/.*"))
        codes_of = {worker["id"]: str(worker["number"]) for worker in rippling.workers()}
        # A run that failed as a whole does not say who came through: all who were sent are told.
        told = [one["id"] for one in sent] if answer["told"] is None else answer["told"]
        codes_told = [codes_of.get(each, each) for each in told]
        verdict = judge_writing(wanted(rippling), visma.employees(), strangers, codes_told)
        figures.add(scenario.name, measured(answer, calls), verdict)


def bearer(task: Mapping[str, Any]) -> str:
    """A token of Visma, for those who do not sign in themselves."""
    company = task["companies"]["norway"]
    scope = " ".join(f"vismanet_erp_service_api:{each}" for each in ("read", "create", "update"))
    form = {"grant_type": "client_credentials", "tenant_id": company["tenant_id"], "scope": scope}
    asked = {**form, "client_id": company["client_id"], "client_secret": company["client_secret"]}
    answer = requests.post(task["visma_token"], data=asked, timeout=5)
    return str(answer.json()["access_token"])


def change(rippling: Rippling, served: FastRippling) -> list[dict[str, Any]]:
    """Moves some and hires some, just now; who they are."""
    now = datetime.now(served.workers.newest.tzinfo)
    finance = rippling.department("Finance")["id"]
    others = [one for one in rippling.workers() if one["department_id"] != finance]
    found = [rippling.move(one["id"], "Finance", at=now) for one in others[:MOVED]]
    for _ in range(HIRED):
        colleague = rippling.hire(
            at=now,
            department="Sales",
            location="Oslo",
            start_date="2020-01-01",
            employment_type="Salaried full-time",
        )
        found.append(colleague)
    served.workers.refresh(one["id"] for one in found)
    return [rippling.worker(one["id"]) for one in found]


def wanted(rippling: Rippling) -> Iterator[Wanted]:
    """Everyone as Visma should have them, from Rippling's rows and from what the mapping says."""
    for worker in rippling.workers():
        yield Wanted(worker["work_email"], str(worker["number"]), _department(rippling, worker))


def bodies(rippling: Rippling, workers: Iterable[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """What is to be sent for each of these people, as Visma takes it."""
    places = {place["id"]: place["name"] for place in rippling.rows("work-locations")}
    branches = {name: number for number, name in BRANCHES["norway"].items()}
    for worker in workers:
        name = rippling.user(worker["user_id"])["name"]
        place = places[worker["location"]["work_location_id"]]
        fields = {
            "employeeCd": str(worker["number"]),
            "status": "Active",
            "department": _department(rippling, worker),
            "branch": branches.get(place, "1"),
            "employeeClass": "STAFF",
            "calendar": "NORWAY",
        }
        contact = {
            "firstName": name["given_name"],
            "lastName": name["family_name"],
            "email": worker["work_email"],
        }
        body = {**_wrapped(fields), "contact": _wrapped(contact)}
        yield {"code": str(worker["number"]), "body": json.dumps(body)}


def _department(rippling: Rippling, worker: Mapping[str, Any]) -> str:
    names = {row["id"]: row["name"] for row in rippling.rows("departments")}
    codes = {unit.name: unit.code for unit in UNITS}
    return codes[names[worker["department_id"]]]


def _wrapped(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in fields.items()}
