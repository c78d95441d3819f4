"""The mode is state: what the functions do by themselves, whatever was deployed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.records.acts import OPERATORS
from connector.domain.records.mode import Mode, ModeName
from connector.services.operate.mode_switch import ModeSwitch
from connector.services.shared.current_mode import BELIEVED_SECONDS
from tests.simulator import NORDFAB_MAPPING, Rippling, Visma
from tests.support.aws import Account, FakeContext, an_account
from tests.support.world import World, a_world

CONTEXT = FakeContext()


@pytest.fixture
def account(rippling: Rippling, visma: Visma, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A stack as it is right after the first deployment, with filled secrets and a mapping."""
    with an_account(rippling, visma, monkeypatch, mode=ModeName.OFF) as account:
        account.operate("mappings import", text=NORDFAB_MAPPING)
        yield account


def tick(account: Account, **event: Any) -> dict[str, Any]:
    answer: dict[str, Any] = account.handler("poller").lambda_handler(event, CONTEXT)
    return answer


def drain(account: Account) -> int:
    writer, count = account.handler("writer"), 0
    while records := account.receive():
        for record in records:
            answer = writer.lambda_handler({"Records": [record]}, CONTEXT)
            assert answer == {"batchItemFailures": []}
            account.delete(record)
            count += 1
    return count


def edited(account: Account) -> dict[str, Any]:
    keys = {"company": {"S": "norway"}, "rule": {"S": "guards"}}
    event = {"Records": [{"dynamodb": {"Keys": keys}}]}
    answer: dict[str, Any] = account.handler("releaser").lambda_handler(event, CONTEXT)
    return answer


def test_a_new_stack_is_off_reads_nothing_and_says_what_to_do(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    rippling.clear_journal()  # the import has asked for the names of today

    for event in ({}, {"full_sweep": True}, {"recheck": {"company": "norway"}}):
        answer = tick(account, **event)
        assert (answer["mode"], answer["skipped"], answer["queued"]) == ("off", True, 0)
        assert "connector rehearse" in answer["problems"][0]

    assert edited(account) == {"queued": 0}
    assert rippling.journal == visma.journal == []


def test_what_is_off_is_not_silent(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    tick(account)

    assert '"PollSucceeded":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_a_rehearsal_plans_everyone_and_writes_nothing(account: Account, visma: Visma) -> None:
    assert account.operate("rehearse")["mode"] == "rehearsal"

    assert tick(account)["queued"] == drain(account) == 6
    about_people = [row for row in account.scan("AuditTable") if row["person"]["S"] != OPERATORS]
    assert len(about_people) == 6
    assert all("planned" in row for row in about_people)
    assert visma.employees() == []
    assert tick(account)["queued"] == 0, "no one is planned twice"


def test_after_a_rehearsal_going_live_writes_everyone(account: Account, visma: Visma) -> None:
    account.operate("rehearse")
    tick(account)
    drain(account)

    account.operate("go-live")

    assert tick(account)["queued"] == drain(account) == 6
    assert len(visma.employees()) > 3


def test_a_deployment_leaves_the_mode_as_it_is(account: Account) -> None:
    """Every handler is loaded cold, with the environment of another deployment."""
    account.operate("go-live")

    answer = account.handler("poller", COST_ALLOCATION="false").lambda_handler({}, CONTEXT)

    assert (answer["mode"], answer["queued"]) == ("live", 6)


def test_what_comes_while_it_is_paused_is_found_when_it_starts_again(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    account.operate("go-live")
    tick(account)
    drain(account)
    worker = next(each for each in rippling.workers() if each["status"] == "ACTIVE")
    rippling.move(worker["id"], department="Management")
    assert tick(account)["queued"] == 1
    account.operate("pause", reason="the books are being closed")

    assert drain(account) == 1
    before = visma.employee(str(worker["number"]))["department"]
    assert "the books are being closed" in tick(account)["problems"][0]
    account.operate("go-live")
    tick(account)
    drain(account)

    assert before != "MGMT"
    assert visma.employee(str(worker["number"]))["department"] == "MGMT"


def test_an_edit_while_it_is_paused_is_left_to_the_tick_with_which_it_starts_again(
    account: Account,
) -> None:
    account.operate("go-live")
    tick(account)
    drain(account)
    assert edited(account)["queued"] > 0
    drain(account)
    account.operate("pause", reason="closing")

    assert edited(account) == {"queued": 0}


def owned(text: str) -> str:
    """The mapping in which Visma decides a field: no one is placed otherwise by that."""
    own = "    fields: {contact.phone2: visma}\n"
    return text.replace("    lead_days: 0\n", f"    lead_days: 0\n{own}", 1)


def loaded_a_while_ago(account: Account) -> None:
    account.operate("go-live")
    tick(account)
    drain(account)
    age(account, minutes=11)


def age(account: Account, **passed: float) -> None:
    """The last edit was handled so much earlier."""
    row = {"stream": {"S": "mapping handled"}}
    client, table = account.client("dynamodb"), account.resources["WatermarksTable"]
    since = client.get_item(TableName=table, Key=row)["Item"]["since"]["S"]
    earlier = datetime.fromisoformat(since) - timedelta(**passed)
    client.update_item(
        TableName=table,
        Key=row,
        UpdateExpression="SET since = :earlier",
        ExpressionAttributeValues={":earlier": {"S": earlier.isoformat()}},
    )


@pytest.mark.parametrize("minutes", [1, 30])
def test_whom_an_edit_had_queued_is_found_when_it_starts_again(
    account: Account, minutes: int
) -> None:
    loaded_a_while_ago(account)
    account.operate("mappings import", text=owned(NORDFAB_MAPPING), yes=True)
    everyone = edited(account)["queued"]
    age(account, minutes=minutes)
    account.operate("pause", reason="a wrong file?")
    assert drain(account) == everyone > 3

    account.operate("go-live")

    assert tick(account)["queued"] >= everyone


def test_what_a_rehearsal_has_handled_is_not_handled_in_visma(account: Account) -> None:
    loaded_a_while_ago(account)
    account.operate("rehearse")
    tick(account)
    drain(account)
    account.operate("mappings import", text=owned(NORDFAB_MAPPING), yes=True)
    everyone = edited(account)["queued"]
    assert drain(account) == everyone > 3

    account.operate("go-live")

    assert tick(account)["queued"] >= everyone


def test_an_edit_that_has_reached_everyone_is_no_reason_to_look_again(account: Account) -> None:
    loaded_a_while_ago(account)
    account.operate("pause", reason="closing")

    account.operate("go-live")

    assert tick(account)["queued"] == 0


def test_starting_counts_no_one_as_queued() -> None:
    """What lay on the queue while it was off has come to nothing."""
    with a_world(people=6) as world:
        world.modes.save(Mode())
        world.queued.save({"w look": ("asks", world.clock.now())})

        world.operator.dispatch({"verb": "go-live"})

        assert world.queued.load() == {}


def test_a_warm_writer_stops_within_seconds_of_a_pause(account: Account, visma: Visma) -> None:
    account.operate("go-live")
    tick(account)
    records = account.receive()
    writer = account.handler("writer")
    writer.lambda_handler({"Records": records[:1]}, CONTEXT)
    account.operate("pause", reason="stop")
    written = len(visma.employees())
    writer.mode()._told = None  # two seconds later

    writer.lambda_handler({"Records": records[1:]}, CONTEXT)

    assert len(visma.employees()) == written


def test_the_sweep_is_asked_for_once_no_writer_goes_by_the_mode_before() -> None:
    with a_world(people=6) as world:
        world.modes.save(Mode(ModeName.REHEARSAL))
        asked: list[bool] = []

        def wait(seconds: float) -> None:
            sweep = world.cursors.cursor("workers sweep")
            asked.append(sweep.started is not None)
            assert seconds > BELIEVED_SECONDS
            assert world.modes.current().name is ModeName.LIVE

        a_switch(world, wait).change(ModeName.LIVE)

        assert asked == [False]
        assert world.cursors.cursor("workers sweep").started is not None


def a_switch(world: World, sleep: Callable[[float], None]) -> ModeSwitch:
    return ModeSwitch(
        world.modes,
        world.cursors,
        world.queue,
        world.queued,
        world.mappings,
        world.mapping_versions,
        world.ledger,
        world.clock,
        sleep,
    )


@pytest.mark.parametrize("later", [ModeName.OFF, ModeName.REHEARSAL])
def test_of_two_who_change_the_mode_at_once_the_earlier_is_refused(later: ModeName) -> None:
    with a_world(people=6) as world:
        world.modes.save(Mode(ModeName.OFF))
        answers: list[Any] = []

        def others_change_it(_: float) -> None:
            other = a_switch(world, lambda _: None)
            answers.append(other.change(later, "the books are being closed"))

        with pytest.raises(ConfigurationError, match=f"the mode was changed to {later.value}"):
            a_switch(world, others_change_it).change(ModeName.LIVE)

        assert answers[0]["mode"] == later.value == world.modes.current().name.value
        assert world.cursors.cursor("workers sweep").started is None


def test_two_who_change_the_mode_to_the_same_at_once_are_both_told_so() -> None:
    with a_world(people=6) as world:
        world.modes.save(Mode(ModeName.OFF))
        answer = a_switch(
            world, lambda _: world.modes.save(Mode(ModeName.LIVE, world.clock.now()))
        ).change(ModeName.LIVE)

        assert answer["mode"] == "live"
        assert world.cursors.cursor("workers sweep").started is not None


def test_without_a_mapping_nothing_is_begun(
    rippling: Rippling, visma: Visma, monkeypatch: pytest.MonkeyPatch
) -> None:
    with an_account(rippling, visma, monkeypatch, mode=ModeName.OFF) as account:
        for verb in ("rehearse", "go-live"):
            answer = account.operate(verb)
            assert not answer["ok"]
            assert "there is no mapping yet" in answer["problems"][0]
        assert tick(account)["mode"] == "off"


def test_saying_the_same_mode_again_changes_nothing(account: Account) -> None:
    account.operate("go-live")
    tick(account)
    drain(account)

    answer = account.operate("go-live")

    assert (answer["before"], answer["mode"]) == ("live", "live")
    assert tick(account)["sweep"] == "none"


def strict(text: str) -> str:
    """The mapping whose guards hold every move."""
    return text.replace("move_percent: 25", "move_percent: 1").replace("floor: 5", "floor: 0")


def test_whoever_is_held_is_decided_on_only_while_the_writer_listens(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    """The writer drops what comes while it is off, and no sweep looks at them again."""
    account.operate("mappings import", text=strict(NORDFAB_MAPPING), yes=True)
    account.operate("go-live")
    tick(account)
    drain(account)
    worker = next(each for each in rippling.workers() if each["status"] == "ACTIVE")
    code, person = str(worker["number"]), {"people": [str(worker["number"])]}
    rippling.move(worker["id"], department="Management")
    tick(account)
    drain(account)
    assert [each["number"] for each in account.operate("held")["rows"]] == [code]
    account.operate("pause", reason="closing")

    for verb, named in (
        ("approve", {**person, "preview": True}),
        ("approve", person),
        ("reject", person),
        ("rejected take-back", person),
        ("reconcile heal", {}),
    ):
        answer = account.operate(verb, **named)
        assert answer["ok"] is False, verb
        assert "the connector is off" in answer["problems"][0], verb
    assert drain(account) == 0
    account.operate("go-live")
    tick(account)
    drain(account)
    assert [each["number"] for each in account.operate("held")["rows"]] == [code]

    assert account.operate("approve", **person)["queued"] == 1
    drain(account)
    assert visma.employee(code)["department"] == "MGMT"
