"""One budget for all: who looks it up when, who is told when, and what happens when that fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connector.adapters.http.budget import FRESH, RateBudget
from connector.adapters.http.client import HttpClient
from connector.adapters.memory import InMemoryBudgets
from connector.domain.budgets import Budget
from connector.domain.errors import RateLimitedError, RetryableError
from tests.simulator.messages import Response, json_response
from tests.support.clock import HandClock
from tests.support.world import Reported
from tests.unit.scripted import Scripted, failing

LIMIT = 500
PENALTY = 10.0


class CountedBudgets(InMemoryBudgets):
    """Counts what is read and written, and fails where it is told to."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.reads = self.writes = 0
        self.is_down = False

    def known(self, name: str) -> Budget:
        self._fail_if_down()
        self.reads += 1
        return super().known(name)

    def share(self, name: str, budget: Budget) -> None:
        self._fail_if_down()
        self.writes += 1
        super().share(name, budget)
        self.reads -= 1  # the implementation reads before it writes; that is one errand

    def _fail_if_down(self) -> None:
        if self.is_down:
            raise RetryableError("DynamoDB is busy (ThrottlingException)")


class Bench:
    """A vendor with a script, the budgets that all share, and clients that come and go."""

    def __init__(self, vendor: Scripted) -> None:
        self.vendor = vendor
        self.clock = HandClock()
        self.budgets = CountedBudgets(self.clock)
        self.reported = Reported()

    def client(self, company: str = "norway", *, keeps_reserve: bool = True) -> HttpClient:
        """A client in an environment of its own."""
        rate_budget = RateBudget(
            self.budgets, self.reported, self.clock.now, keeps_reserve=keeps_reserve
        )
        limits = rate_budget.limits("Vendor", company, penalty=PENALTY)
        return HttpClient("Vendor", self.vendor.url, limits=limits, sleep=lambda _: None)

    def calls(self) -> int:
        """How many calls the vendor has seen."""
        return len(self.vendor.journal)


def left(remaining: int, reset: int = 1800) -> Response:
    told = {"Limit": LIMIT, "Remaining": remaining, "Reset": reset}
    return json_response(200, {}, {f"X-RateLimit-{key}": str(each) for key, each in told.items()})


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Scripted() as vendor:
        vendor.script = [left(400)]
        yield Bench(vendor)


def test_a_busy_environment_with_plenty_left_reads_once_and_writes_nothing(bench: Bench) -> None:
    client = bench.client()

    for _ in range(50):
        client.get("/things")
        bench.clock.turn(seconds=10)

    assert (bench.calls(), bench.budgets.reads, bench.budgets.writes) == (50, 1, 0)


def test_who_has_heard_nothing_for_a_while_looks_it_up_once(bench: Bench) -> None:
    client = bench.client()
    client.get("/things")
    bench.clock.turn(seconds=FRESH.total_seconds())

    client.get("/things")
    client.get("/things")

    assert bench.budgets.reads == 2


def test_when_calls_run_short_the_others_learn_of_it_as_they_run_shorter(
    bench: Bench,
) -> None:
    bench.vendor.script = [left(51), left(50), left(49), left(26), left(25), left(24), left(0)]
    operator = bench.client(keeps_reserve=False)
    written = []
    for _ in range(7):
        operator.get("/things")
        written.append(bench.budgets.writes)

    assert written == [0, 1, 1, 1, 2, 2, 3]


def test_while_calls_stay_short_the_others_are_told_every_quarter_of_a_minute(
    bench: Bench,
) -> None:
    bench.vendor.script = [left(40)]
    client = bench.client()
    for _ in range(60):
        client.get("/things")
        bench.clock.turn(seconds=1)

    assert bench.budgets.writes == 4


def test_a_fresh_process_makes_no_call_on_an_hour_that_another_has_used_up(bench: Bench) -> None:
    bench.vendor.script = [left(25)]
    bench.client().get("/things")

    for _ in range(10):
        with pytest.raises(RateLimitedError) as caught:
            bench.client().get("/things")
        assert caught.value.retry_after == 1800
    assert bench.calls() == 1


def test_a_warm_process_that_was_idle_makes_none_either(bench: Bench) -> None:
    idle, busy = bench.client(), bench.client()
    idle.get("/things")
    bench.clock.turn(seconds=60)
    bench.vendor.script = [left(0)]
    busy.get("/things")

    with pytest.raises(RateLimitedError):
        idle.get("/things")
    assert bench.calls() == 2


def test_a_429_closes_the_vendor_for_everybody_until_the_moment_it_names(bench: Bench) -> None:
    bench.vendor.script = [failing(429, Retry_After="600")]
    with pytest.raises(RateLimitedError):
        bench.client().get("/things")

    for keeps_reserve in (True, False):
        with pytest.raises(RateLimitedError) as caught:
            bench.client(keeps_reserve=keeps_reserve).get("/things")
        assert caught.value.retry_after == 600
    bench.vendor.script = [left(400)]
    bench.clock.turn(seconds=600)

    assert bench.client().get("/things").ok
    assert bench.calls() == 2


@pytest.mark.parametrize("named", [{}, {"Retry_After": "soon"}])
def test_a_429_that_names_no_wait_closes_the_vendor_for_everybody_as_it_documents(
    bench: Bench, named: dict[str, str]
) -> None:
    bench.vendor.script = [failing(429, **named)]

    for client in (bench.client(), bench.client()):
        with pytest.raises(RateLimitedError) as caught:
            client.get("/things")
        assert caught.value.retry_after == PENALTY
    bench.vendor.script = [json_response(200, {})]
    bench.clock.turn(seconds=PENALTY)

    assert bench.client().get("/things").ok
    assert bench.calls() == 2


def test_a_short_wait_is_slept_by_the_one_and_kept_by_the_others(bench: Bench) -> None:
    bench.vendor.script = [failing(429, Retry_After="3"), json_response(200, {})]

    assert bench.client().get("/things").ok
    with pytest.raises(RateLimitedError) as caught:
        bench.client().get("/things")

    assert caught.value.retry_after == 3
    bench.clock.turn(seconds=3)
    assert bench.client().get("/things").ok
    assert (bench.calls(), bench.budgets.writes) == (3, 1)


def test_a_fault_that_names_no_wait_is_no_limit(bench: Bench) -> None:
    bench.vendor.script = [failing(503), json_response(200, {})]

    assert bench.client().get("/things").ok
    assert bench.budgets.writes == 0


def test_the_operator_works_on_inside_the_reserve_and_says_so_to_nobody_twice(
    bench: Bench,
) -> None:
    bench.vendor.script = [left(25), left(24), left(23)]
    bench.client().get("/things")
    operator = bench.client(keeps_reserve=False)

    assert operator.get("/things").ok
    assert operator.get("/things").ok
    with pytest.raises(RateLimitedError, match="but for 25 kept for the operator"):
        bench.client().get("/things")


def test_companies_do_not_share_a_budget(bench: Bench) -> None:
    bench.vendor.script = [left(0), left(400)]
    bench.client("norway").get("/things")

    assert bench.client("sweden").get("/things").ok
    with pytest.raises(RateLimitedError):
        bench.client("norway").get("/things")


def test_a_new_hour_that_one_has_seen_opens_the_vendor_for_all(bench: Bench) -> None:
    bench.vendor.script = [left(20)]
    worker = bench.client()
    worker.get("/things")
    with pytest.raises(RateLimitedError):
        worker.get("/things")
    bench.vendor.script = [left(40, reset=3600)]

    bench.client(keeps_reserve=False).get("/things")
    bench.clock.turn(seconds=FRESH.total_seconds())

    assert worker.get("/things").ok


def test_work_goes_on_without_the_shared_budget_and_that_is_told(bench: Bench) -> None:
    bench.budgets.is_down = True
    bench.vendor.script = [left(40), left(0)]
    client = bench.client()

    assert client.get("/things").ok
    assert client.get("/things").ok
    with pytest.raises(RateLimitedError):
        client.get("/things")
    assert set(bench.reported.troubles) == {"vendor norway: DynamoDB is busy (ThrottlingException)"}
    assert len(bench.reported.troubles) == 3  # one look, told when short, told when closed


def test_the_share_used_is_shown_for_each_budget(bench: Bench) -> None:
    bench.vendor.script = [left(400), left(125)]
    bench.client("norway").get("/things")
    bench.client("sweden").get("/things")

    assert bench.reported.percent == {("Vendor", "norway"): 20.0, ("Vendor", "sweden"): 75.0}
    assert bench.reported.left == {("Vendor", "norway"): 400, ("Vendor", "sweden"): 125}


def test_answers_without_numbers_are_no_news_so_that_closures_of_others_are_heard(
    bench: Bench,
) -> None:
    bench.vendor.script = [json_response(200, {})]
    client = bench.client()
    for _ in range(5):
        client.get("/things")
        bench.clock.turn(seconds=10)

    bench.budgets.share(
        "vendor norway", Budget(closed_until=bench.clock.now() + timedelta(hours=1))
    )
    bench.clock.turn(seconds=10)

    with pytest.raises(RateLimitedError):
        client.get("/things")
    assert bench.budgets.reads == 4
    assert bench.reported.percent == {}
