"""What the runbook shows of `status` and `ping` is what they show, but for numbers and days."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from connector.cli.render import show
from connector.domain.budgets import Budget
from connector.domain.records.mode import Mode, ModeName
from connector.domain.status.alarms import RingingAlarm
from connector.services.operate.verbs import VERBS
from tests.embedded.template import ROOT
from tests.support.loaded import a_loaded_world
from tests.support.world import World

RUNBOOK = ROOT / "docs" / "runbook.md"
MARK = re.compile(r"^ +(?:ok|--|!!|!|\?\?|->) ", re.MULTILINE)


def test_the_runbook_shows_the_status_of_a_company_with_a_hold_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with a_loaded_world(people=240) as world:
        world.modes.save(Mode(ModeName.LIVE, world.clock.now()))
        world.clock.turn(days=1)
        world.tick(full_sweep=True)
        too_many_leave(world)
        for days in (7, 8, 9, 10):
            world.hire(start_date=(world.clock.now() + timedelta(days)).date().isoformat())
        world.settle()
        world.clock.turn(hours=26)
        world.tick()
        world.clock.turn(minutes=3)
        until = world.clock.now() + timedelta(minutes=40)
        world.budgets.share("visma norway", Budget(5000, 212, until))
        world.alarms.now = [RingingAlarm("changes-held", world.clock.now())]

        told = shown(world, "status", capsys)

    assert sample("connector status") == told


def test_every_line_that_the_runbook_shows_of_ping_is_one_of_ping(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with a_loaded_world(people=240) as world:
        world.queue.dead_letter("{]", "the message is not JSON")
        world.queue.dead_letter("{]", "the message is not JSON")
        world.rippling.ignore_filter = {"updated_at"}
        world.visma.faults.fail(503, body="json", path="/v1/department")
        world.clock.turn(minutes=3)

        told = shown(world, "ping", capsys)

    assert [line for line in sample("connector ping") if line not in told] == []


def too_many_leave(world: World) -> None:
    """More than the guard allows in a day."""
    rows = world.rippling.rows("workers")
    for row in [row for row in rows if row["status"] == "ACTIVE" and not row["end_date"]][:33]:
        yesterday = (world.clock.now() - timedelta(days=1)).date().isoformat()
        world.rippling.change(row["id"], status="TERMINATED", end_date=yesterday)


def shown(world: World, name: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of a verb as the command shows them, without what differs from day to day."""
    verb = next(each for each in VERBS if each.name == name)
    capsys.readouterr()
    show(verb.view(json.loads(json.dumps(world.operator.dispatch({"verb": name})))))
    return lines_of(capsys.readouterr().out)


def sample(command: str) -> list[str]:
    """The lines that the runbook shows of a command."""
    text = RUNBOOK.read_text(encoding="utf-8")
    found = re.search(rf"```sh\n\S*{command}\n```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert found, command
    return lines_of(found[1])


def lines_of(text: str) -> list[str]:
    """Each line with its mark, however it was folded; numbers and addresses are all the same."""
    marked = MARK.sub(lambda mark: f"\0{mark[0].strip()} ", re.sub(r"\n\n|\n(?=\S)", "\0", text))
    whole = [" ".join(each.split()) for each in marked.split("\0")]
    usual = [re.sub(r"\S+(?=/v\d/)", "HOST", each) for each in whole if each]
    return [re.sub(r"\d+", "0", re.sub(r"\b(day|hour|minute)s\b", r"\1", each)) for each in usual]
