"""Signing in with an App Shop installation: when tokens are renewed, and that none is ever lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.oauth import LEASE, GrantRefusedError
from connector.adapters.rippling.sign_in import RipplingSignIn
from connector.domain.errors import ConfigurationError, RetryableError, UpstreamUnavailableError
from connector.ports.secrets import RipplingCredentials
from tests.simulator import Rippling, nordfab_rippling
from tests.simulator.messages import Response, html_response, json_response
from tests.simulator.rippling_oauth import DEMO_APP, TOKEN_PATH
from tests.support.clock import HandClock
from tests.unit.oauth_bench import Bench, Vault
from tests.unit.scripted import SECRET, Scripted

ENDED = "the installation has ended .* install again with connector oauth start"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def rippling(clock: HandClock) -> Iterator[Rippling]:
    with nordfab_rippling(clock=clock, people=2) as server:
        yield server


@pytest.fixture
def bench(rippling: Rippling, clock: HandClock) -> Bench:
    return Bench(rippling, clock)


@pytest.fixture
def script() -> Iterator[Scripted]:
    with Scripted() as server:
        yield server


def status(client: HttpClient) -> int:
    return client.get("/workers/").status_code


class TestInstalling:
    def test_a_code_becomes_tokens_in_the_secret(self, bench: Bench) -> None:
        bench.installed()

        assert bench.held.expires_at is not None
        assert (bench.held.expires_at - bench.clock.now()).total_seconds() == 129_600
        assert bench.held.client_secret == DEMO_APP["client_secret"]
        assert status(bench.client()) == 200
        assert bench.token_calls() == ["authorization_code"]

    def test_a_code_that_rippling_does_not_know_changes_nothing(self, bench: Bench) -> None:
        with pytest.raises(GrantRefusedError) as caught:
            bench.installation().install("forged-code")

        assert "forged-code" not in str(caught.value)
        assert bench.vault.stored == []

    def test_a_code_waits_for_a_renewal_but_not_for_ever(self, bench: Bench) -> None:
        with bench.leases.lease(LEASE, 60):
            bench.installed()

        assert bench.naps == [0.0, 0.25, 0.5, 1.0, 2.0]
        assert bench.held.access_token

    def test_until_then_the_sign_in_says_what_to_run(self, bench: Bench) -> None:
        with pytest.raises(ConfigurationError, match=r"not installed .* connector oauth start"):
            status(bench.client())

    def test_without_a_client_in_the_secret_the_sign_in_says_so(self, bench: Bench) -> None:
        bench.vault = Vault(RipplingCredentials(api_token="t"))

        with pytest.raises(ConfigurationError, match="lacks client_id"):
            status(bench.client())

    def test_an_app_without_an_api_token_is_no_use_to_the_other_kind_of_sign_in(
        self, bench: Bench
    ) -> None:
        bench.installed()

        with pytest.raises(ConfigurationError, match="no api_token"):
            RipplingSignIn(bench.vault).authorization(False)


class TestRenewing:
    @pytest.mark.parametrize(("hours", "renewals"), [(33.9, 0), (34.1, 1), (40, 1)])
    def test_a_token_is_renewed_when_less_than_two_hours_are_left(
        self, bench: Bench, hours: float, renewals: int
    ) -> None:
        client = bench.installed().client()
        bench.clock.turn(hours=hours)

        assert [status(client), status(client)] == [200, 200]
        assert bench.token_calls().count("refresh_token") == renewals
        assert [call.status for call in bench.rippling.calls("GET")] == [200, 200]

    def test_a_token_that_is_turned_down_is_renewed_once(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.rippling.app_shop.forget_access_tokens()

        assert status(client) == 200
        assert bench.token_calls() == ["authorization_code", "refresh_token"]

    def test_a_new_token_that_is_turned_down_too_is_not_renewed_again(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.rippling.faults.fail(401, path="/workers/", times=9)

        assert [status(client), status(client)] == [401, 401]
        assert bench.token_calls() == ["authorization_code", "refresh_token"]

    def test_a_token_that_another_function_has_renewed_is_taken_over(self, bench: Bench) -> None:
        one, other = bench.installed().client(), bench.client()
        status(one)
        status(other)
        bench.rippling.app_shop.forget_access_tokens()

        assert [status(one), status(other)] == [200, 200]
        assert bench.token_calls().count("refresh_token") == 1

    @pytest.mark.parametrize("rotates", [True, False])
    def test_the_newest_refresh_token_rests_before_the_access_token_is_used(
        self, bench: Bench, rotates: bool
    ) -> None:
        bench.rippling.app_shop.rotates = rotates
        client = bench.installed().client()
        bench.rippling.app_shop.forget_access_tokens()
        bench.vault.busy = 1

        with pytest.raises(RetryableError):
            status(client)
        assert [call.status for call in bench.rippling.calls("GET")] == [401]

        assert status(client) == 200
        assert bench.token_calls().count("refresh_token") == 1, "what was in hand is not lost"
        assert bench.rippling.app_shop.is_good(bench.held.refresh_token)

    def test_without_a_new_refresh_token_the_old_one_stays(
        self, bench: Bench, script: Scripted
    ) -> None:
        bench.installed()
        script.script = [json_response(200, {"access_token": "next", "expires_in": "soon"})]
        old = bench.held

        renewed = bench.installation(script.url).renew(old, waits=False)

        assert (renewed.access_token, renewed.refresh_token) == ("next", old.refresh_token)

    def test_tokens_that_somebody_put_in_without_their_end_are_renewed_first(
        self, bench: Bench
    ) -> None:
        bench.installed()
        bench.vault._rippling = replace(bench.held, expires_at=None, access_token=None)

        assert status(bench.client()) == 200
        assert bench.token_calls()[-1] == "refresh_token"


class TestTwoAtOnce:
    def test_they_end_with_one_valid_pair(self, bench: Bench) -> None:
        bench.nap = lambda seconds: time.sleep(seconds / 20)
        bench.installed()
        clients = [bench.client() for _ in range(4)]
        for client in clients:
            status(client)
        bench.rippling.app_shop.forget_access_tokens()
        together, found = threading.Barrier(4), []

        def read(client: HttpClient) -> None:
            together.wait()
            found.append(status(client))

        threads = [threading.Thread(target=read, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found == [200] * 4
        assert bench.rippling.app_shop.lets_in(bench.held.access_token)
        assert bench.rippling.app_shop.is_good(bench.held.refresh_token)

    def test_whoever_comes_second_waits_and_takes_what_the_first_has_stored(
        self, bench: Bench
    ) -> None:
        first, lease = bench.installed().installation(), ExitStack()
        bench.rippling.app_shop.forget_access_tokens()

        def first_is_done(seconds: float) -> None:
            bench.naps.append(seconds)
            if seconds == 0.5:
                lease.close()
                first.renew(bench.held, waits=False)

        bench.nap = first_is_done
        client = bench.client()
        lease.enter_context(bench.leases.lease(LEASE, 60))

        assert status(client) == 200
        assert bench.token_calls().count("refresh_token") == 1
        assert [nap for nap in bench.naps if nap] == [0.25, 0.5]

    def test_a_lease_that_is_never_given_back_makes_the_work_come_again(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.rippling.app_shop.forget_access_tokens()

        with (
            bench.leases.lease(LEASE, 60),
            pytest.raises(RetryableError, match="another function") as caught,
        ):
            status(client)

        assert caught.value.retry_after == 60

    def test_a_token_that_is_still_good_is_not_waited_for(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.clock.turn(hours=35)

        with bench.leases.lease(LEASE, 60):
            assert status(client) == 200

        assert not any(bench.naps)

    def test_a_refresh_token_that_another_has_spent_meanwhile_is_no_end(
        self, bench: Bench, script: Scripted
    ) -> None:
        bench.installed()
        script.script = [json_response(400, {"error": "invalid_grant"})]
        installation, worn = bench.installation(script.url), bench.held
        asked = script.answer

        def rotated_meanwhile(request: Any) -> Response:
            bench.vault.store_rippling_tokens("theirs", "their-refresh", bench.clock.now())
            return asked(request)

        script.answer = rotated_meanwhile  # type: ignore[method-assign]

        assert installation.renew(worn, waits=False).access_token == "theirs"
        assert bench.metrics["InstallationEnded"] == 0

    def test_a_renewal_gives_way_to_an_installation_that_came_meanwhile(
        self, bench: Bench, script: Scripted
    ) -> None:
        bench.installed()
        script.script = [json_response(200, {"access_token": "old", "refresh_token": "old-2"})]
        installation, worn = bench.installation(script.url), bench.held
        asked = script.answer

        def installed_meanwhile(request: Any) -> Response:
            bench.vault.store_rippling_tokens("new", "new-refresh", bench.clock.now())
            return asked(request)

        script.answer = installed_meanwhile  # type: ignore[method-assign]

        assert installation.renew(worn, waits=False).access_token == "new"
        assert bench.held.refresh_token == "new-refresh"


class TestLosing:
    def test_a_lost_answer_costs_nothing_where_refresh_tokens_stay(self, bench: Bench) -> None:
        bench.rippling.app_shop.rotates = False
        client = bench.installed().client()
        bench.rippling.app_shop.forget_access_tokens()
        bench.rippling.faults.lose_answer(path=TOKEN_PATH, times=1)

        assert status(client) == 200
        assert bench.metrics["InstallationEnded"] == 0

    def test_a_lost_answer_where_they_rotate_is_told_while_the_token_still_works(
        self, bench: Bench
    ) -> None:
        client = bench.installed().client()
        bench.clock.turn(hours=34.5)
        bench.rippling.faults.lose_answer(path=TOKEN_PATH, times=1)

        assert status(client) == 200
        assert bench.metrics["InstallationEnded"] == 1

        bench.clock.turn(hours=1.6)
        with pytest.raises(ConfigurationError, match=ENDED):
            status(client)

        bench.installed()
        assert status(client) == 200

    def test_an_ended_installation_is_named_in_plain_words(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.rippling.app_shop.end_installation()

        with pytest.raises(ConfigurationError, match=ENDED):
            status(client)

        assert bench.metrics["InstallationEnded"] == 1
        bench.installed()
        assert status(client) == 200

    def test_an_end_right_after_a_renewal_is_named_as_well(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.rippling.app_shop.forget_access_tokens()
        assert [status(client), status(client)] == [200, 200]
        bench.rippling.app_shop.end_installation()

        with pytest.raises(ConfigurationError, match=ENDED):
            status(client)

    def test_an_endpoint_that_fails_is_not_asked_with_every_call(self, bench: Bench) -> None:
        client = bench.installed().client()
        bench.clock.turn(hours=35)
        bench.rippling.faults.fail(503, "html", path=TOKEN_PATH, times=3)

        assert [status(client) for _ in range(5)] == [200] * 5
        assert bench.token_calls().count("refresh_token") == 3

        bench.clock.turn(minutes=5)
        assert status(client) == 200
        assert bench.held.expires_at is not None
        assert bench.held.expires_at > bench.clock.now()

    def test_a_token_whose_end_has_come_is_not_used_while_it_cannot_be_renewed(
        self, bench: Bench
    ) -> None:
        client = bench.installed().client()
        bench.clock.turn(hours=37)
        bench.rippling.faults.fail(503, path=TOKEN_PATH)

        for _ in range(2):
            with pytest.raises(RetryableError):
                status(client)
        assert bench.rippling.calls("GET") == []


class TestNonsense:
    @pytest.mark.parametrize(
        "answer",
        [
            html_response(200, SECRET),
            html_response(400, SECRET),
            html_response(401, SECRET),
            html_response(403, SECRET),
            html_response(503, SECRET),
            json_response(200, {"access_token": 7}),
            json_response(200, [SECRET]),
            json_response(400, {"error": "temporarily_unavailable"}),
            Response(200, b'{"access_token": "kari'),
        ],
    )
    def test_a_page_or_nonsense_names_address_and_status_and_no_more(
        self, bench: Bench, script: Scripted, answer: Response
    ) -> None:
        bench.installed()
        script.script = [answer]

        with pytest.raises(UpstreamUnavailableError) as caught:
            bench.installation(f"{script.url}/api/o/token/").renew(bench.held, waits=False)

        told = str(caught.value)
        assert f"{script.url}/api/o/token/".removeprefix("http://") in told
        assert str(answer.status) in told
        assert SECRET not in told
        assert "kari" not in told

    @pytest.mark.parametrize("code", ["invalid_client", "unauthorized_client", SECRET])
    def test_a_client_that_rippling_does_not_know_is_for_the_operator(
        self, bench: Bench, script: Scripted, code: str
    ) -> None:
        bench.installed()
        script.script = [json_response(400, {"error": code, "error_description": SECRET})]

        with pytest.raises(ConfigurationError, match="check client id") as caught:
            bench.installation(script.url).renew(bench.held, waits=False)

        assert SECRET not in str(caught.value)
        assert DEMO_APP["client_secret"] not in str(caught.value)
