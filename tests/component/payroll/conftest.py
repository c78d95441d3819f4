"""Nordfab with its books, everyone in the ledger, and an approved payroll run of October."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml

from connector.domain.records.mode import ModeName
from tests.simulator import nordfab_books
from tests.simulator.nordfab import nordfab_mapping
from tests.support.payroll import NORDFAB_PAYROLL
from tests.support.world import World, a_world

OCTOBER = ("2026-10-01", "2026-10-31", "2026-11-05")
OPERATOR = "arn:aws:iam::123456789012:user/controller"
PATH = "/v2/journaltransaction"


@dataclass
class Payday:
    """A world, and what an operator types about payroll in it."""

    world: World
    run_id: str = ""

    def says(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """The answer to a verb."""
        request = {"verb": f"payroll {verb}", "operator": OPERATOR, **arguments}
        return self.world.operator.dispatch(request)

    def export(self, run: str = "", **arguments: Any) -> dict[str, Any]:
        """The answer to the export of a run."""
        return self.says("export", run=run or self.run_id, **arguments)

    def plan(self, run: str = "", **arguments: Any) -> dict[str, Any]:
        """The plan of an export."""
        return self.export(run, plan=True, **arguments)

    def draft(self, entity: str = "Nordfab AS") -> dict[str, Any]:
        """One more run of October, a draft."""
        run: dict[str, Any] = self.world.rippling.payroll.draft_run(entity, *OCTOBER)
        return run

    def approved(self, entity: str = "Nordfab AS") -> str:
        """One more run of October, approved; its id."""
        run_id: str = self.draft(entity)["id"]
        self.world.rippling.payroll.approve_run(run_id)
        return run_id

    def batches(self, company: str = "norway") -> list[dict[str, Any]]:
        """The payroll batches that lie in Visma."""
        return [
            batch
            for batch in self.world.visma.batches(company=company)
            if "Rippling payroll run" in batch["description"]
        ]

    def posts(self) -> int:
        """How many batches were sent since the journal was cleared."""
        return len(self.world.visma.calls("POST", PATH))

    def be_in(self, mode: ModeName) -> None:
        """Has the connector be in another mode."""
        desk = self.world.operator.desk
        desk = replace(desk, payroll=replace(desk.payroll, mode=mode))
        self.world.operator = replace(self.world.operator, desk=desk)

    def set_payroll(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Has the controller edit what the mapping says of payroll."""
        plain = yaml.safe_load(payroll_mapping(self.world.companies))
        change(plain["companies"]["norway"])
        self.world.edit_mapping_unheard(yaml.safe_dump(plain, sort_keys=False))


def payroll_mapping(companies: int = 1) -> str:
    """The mapping of Nordfab with payroll switched on in Norway."""
    plain = yaml.load(nordfab_mapping(companies), Loader=yaml.BaseLoader)  # noqa: S506
    plain["companies"]["norway"]["payroll"] = NORDFAB_PAYROLL
    return yaml.safe_dump(plain, sort_keys=False)


@pytest.fixture
def payday() -> Iterator[Payday]:
    with a_world(people=40, mapping_text=payroll_mapping()) as world:
        yield opened(world)


@pytest.fixture
def two_companies() -> Iterator[Payday]:
    with a_world(people=60, companies=2, mapping_text=payroll_mapping(2)) as world:
        yield opened(world)


def opened(world: World) -> Payday:
    """A world whose books are open and whose people are all in the ledger."""
    nordfab_books(world.rippling, world.visma, months=1)
    world.first_load()
    world.clock.turn(seconds=60)  # so that what was read of Visma is not believed any more
    payday = Payday(world)
    payday.run_id = payday.approved()
    world.clear_journals()
    return payday
