"""What a tick, a sweep and a change ask of AWS: the cost in docs/operations.md is made of these."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.component.test_dynamodb_calls import CHANGED, CONTEXT, drain, guards_wide_open, move
from tests.simulator import Rippling
from tests.support import cost
from tests.support.aws import Account
from tests.support.units import Used, metered

PEOPLE = 20


@pytest.fixture
def people() -> int:
    return PEOPLE


@pytest.fixture
def settled(account: Account) -> Account:
    """Everyone is in Visma, and the poller has nothing left to catch up on."""
    account.operate("mappings import", text=guards_wide_open())
    account.handler("poller").lambda_handler({}, CONTEXT)
    assert drain(account) == PEOPLE
    account.handler("poller").lambda_handler({}, CONTEXT)
    return account


def spent(work: Callable[[], object]) -> Used:
    with metered() as used:
        work()
    return used


def is_within(used: Used, limit: cost.Units, times: int = 1) -> None:
    assert 0 < used.read_units <= limit.read * times, used
    assert used.write_units <= limit.write * times, used


def test_a_tick_in_which_nothing_changed_stays_within_the_stated_units(settled: Account) -> None:
    poller = settled.handler("poller")
    cold = spent(lambda: poller.lambda_handler({}, CONTEXT))
    warm = spent(lambda: poller.lambda_handler({}, CONTEXT))

    is_within(warm, cost.TICK)
    assert warm.of("sqs") == warm.of("secretsmanager") == 0
    assert cold.of("secretsmanager") <= cost.SECRETS_READ


def test_a_sweep_in_which_nothing_changed_costs_so_much_a_person(settled: Account) -> None:
    poller = settled.handler("poller")
    learnt = spent(lambda: poller.lambda_handler({"full_sweep": True}, CONTEXT))
    ticked = spent(lambda: poller.lambda_handler({}, CONTEXT))
    swept = spent(lambda: poller.lambda_handler({"full_sweep": True}, CONTEXT))

    swept.read_units -= ticked.read_units
    swept.write_units -= ticked.write_units
    is_within(swept, cost.SWEEP, times=PEOPLE)
    assert swept.of("sqs") == 0
    # The first one after a create notes Visma's own id.
    learnt.write_units -= ticked.write_units + swept.write_units
    assert learnt.write_units <= cost.LEARNT * PEOPLE


def test_a_create_costs_so_much(account: Account) -> None:
    account.operate("mappings import", text=guards_wide_open())
    account.handler("poller").lambda_handler({}, CONTEXT)

    is_within(spent(lambda: drain(account)), cost.CREATE, times=PEOPLE)


def test_an_update_costs_so_much_and_three_calls_to_the_queue(
    settled: Account, rippling: Rippling
) -> None:
    move(rippling, "Finance")
    poller = settled.handler("poller")

    queued = spent(lambda: poller.lambda_handler({}, CONTEXT))
    written = spent(lambda: drain(settled))

    is_within(written, cost.UPDATE, times=CHANGED)
    assert queued.of("sqs") + written.of("sqs") <= cost.MESSAGES * CHANGED
