"""Ours: reading to `Worker`, or the whole poll with all its comparing, guarding and queueing."""

from __future__ import annotations

from measure import Run
from ours_parts import OPTIONS, Parts

from connector.bootstrap import services
from connector.domain.employees import BUSINESS_FIELDS
from connector.domain.facts import Known
from connector.domain.people import Worker, fingerprint
from connector.domain.placement import IN_VISMA, resolve_placement
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink, Person
from connector.services.shared.catalogues import Catalogues

COMPANY = "norway"


def main() -> None:
    """Does what the task says."""
    run = Run()
    parts = Parts(run.task)
    if run.task["stage"] == "remember":
        _remember_everyone(parts)
        parts.save()
        return
    if run.task["stage"] not in ("read", "full"):
        assert parts.adapters.mapping_versions.handled().digest, "the stage before was not kept"
    poller = services.poller(parts.adapters, OPTIONS).poller
    run.begin()
    if run.task["stage"] == "read":
        found = [each.id for page in parts.adapters.source.everyone() for each in page.workers]
        problems: list[str] = []
    else:
        summary = poller.run(full_sweep=run.task["stage"] in ("full", "sweep"))
        found = [change.worker_id for change in parts.queue.changes]
        problems = list(summary.problems)
    run.end()
    run.tell(found=found, problems=problems)
    parts.save()


def _remember_everyone(parts: Parts) -> None:
    """As if the writer had dealt with everyone: ledger and Visma agree with Rippling."""
    adapters, key = parts.adapters, parts.adapters.ledger.key
    rules = adapters.mappings.load().companies[COMPANY]
    catalogue = Catalogues(adapters.targets, adapters.cache, parts.clock).current(COMPANY, rules)
    employees = {each.code: each for each in adapters.targets.company(COMPANY).employees()}
    for page in adapters.source.everyone():
        for worker in page.workers:
            placement = resolve_placement(COMPANY, rules, worker.facts, catalogue)
            placed = {**placement.to_json(), IN_VISMA: placement.fields()}
            seen, who = {worker.id: fingerprint(worker, key)}, worker.person_id
            parts.tables.persons[who] = Person(
                who, 1, "salt", seen, {}, worker.id, worker.facts.to_json(), placed,
                "created", (COMPANY,),
            )  # fmt: skip
            employee = employees[_number_of(worker)]
            written = {path: employee.fields[path] for path in BUSINESS_FIELDS}
            link = EmployeeLink(
                who, COMPANY, Outcome.CREATED, parts.clock.now(), worker.id, employee.code,
                employee.code, employee.employee_id, employee.etag, written,
            )  # fmt: skip
            parts.tables.links[who] = {COMPANY: link}


def _number_of(worker: Worker) -> str:
    number = worker.facts.number
    assert isinstance(number, Known)
    return str(number.value)


main()
