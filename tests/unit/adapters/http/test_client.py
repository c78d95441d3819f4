"""The way of a read: retries, renewal of the sign-in, bodies, and what an error may say.

Writes, limits and links are tested in files of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.adapters.http.client import ATTEMPTS, HttpClient
from connector.domain.errors import (
    ConfigurationError,
    ConnectorError,
    UpstreamUnavailableError,
)
from tests.simulator.messages import Response, html_response, json_response
from tests.unit.scripted import (
    OK,
    SECRET,
    ClientBench,
    Scripted,
    everything_in,
    failing,
    raw_server,
)


@pytest.fixture
def bench() -> Iterator[ClientBench]:
    with Scripted() as vendor:
        yield ClientBench(vendor)


class TestReads:
    @pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 409, 422])
    def test_a_read_gives_the_answer_whatever_it_says(
        self, bench: ClientBench, status: int
    ) -> None:
        bench.vendor.script = [failing(status) if status != 204 else Response(204)]

        assert bench.client().get("/things").status_code == status
        assert bench.statuses() == [status]

    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_a_read_is_repeated_until_the_vendor_recovers(
        self, bench: ClientBench, status: int
    ) -> None:
        bench.vendor.script = [failing(status), failing(status), OK]

        assert bench.client().get("/things").json() == {"fine": True}
        assert bench.statuses() == [status, status, 200]

    def test_a_read_is_repeated_after_a_lost_answer(self, bench: ClientBench) -> None:
        bench.vendor.faults.lose_answer(times=1)
        bench.vendor.faults.reset(times=1)

        assert bench.client().get("/things").ok
        assert bench.statuses() == [0, 0, 200]

    def test_the_waits_between_attempts_grow_and_stay_short(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(500)]
        with pytest.raises(UpstreamUnavailableError):
            bench.client().get("/things")

        first, second = bench.naps
        assert 0.3 <= first <= 1.0
        assert 0.6 <= second <= 4.0

    def test_what_fails_to_the_end_is_named_by_host_path_and_status(
        self, bench: ClientBench
    ) -> None:
        bench.vendor.script = [failing(502)]
        client = bench.client()

        with pytest.raises(UpstreamUnavailableError) as caught:
            client.get("/things/7", {"email": SECRET})

        place = bench.vendor.url.removeprefix("http://") + "/things/7"
        assert f"GET {place} (status 502)" in str(caught.value)
        assert len(bench.vendor.journal) == ATTEMPTS

    def test_a_server_that_is_not_there_is_unavailable(self, bench: ClientBench) -> None:
        client = bench.client()
        bench.vendor.stop()

        with pytest.raises(UpstreamUnavailableError, match="the connection failed"):
            client.get("/things")

        assert bench.counted == [("Vendor", 0)] * ATTEMPTS

    def test_a_server_that_is_too_slow_is_unavailable(self, bench: ClientBench) -> None:
        bench.vendor.faults.slow(0.2)

        with pytest.raises(UpstreamUnavailableError, match="no answer in time"):
            bench.client(timeouts=(1, 0.02)).get("/things")

    def test_an_answer_that_breaks_off_is_not_taken_for_a_short_one(
        self, bench: ClientBench
    ) -> None:
        with raw_server(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a": 1}') as address:
            client = bench.client(base_url=f"http://{address}")

            with pytest.raises(UpstreamUnavailableError, match=r"broke off|connection failed"):
                client.get("/things")

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_never_followed(self, bench: ClientBench, status: int) -> None:
        with Scripted() as elsewhere:
            bench.vendor.script = [failing(status, Location=elsewhere.url)]

            with pytest.raises(UpstreamUnavailableError, match=f"redirect, {status}"):
                bench.client(authorization=lambda _: "Bearer token").get("/things")

            assert elsewhere.journal == []
            assert bench.statuses() == [status]

    def test_a_form_is_repeated_like_a_read(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(503), OK]

        assert bench.client().post_form("/token", {"grant_type": "x"}).ok
        assert [call.body for call in bench.vendor.journal] == [{"grant_type": "x"}] * 2


class TestSignIn:
    def test_every_call_carries_the_authorization(self, bench: ClientBench) -> None:
        client = bench.client(authorization=lambda _: "Bearer one")
        client.get("/things")
        client.write("PUT", "/things/7", {})

        assert bench.vendor.authorizations == ["Bearer one", "Bearer one"]

    @pytest.mark.parametrize("write", [False, True])
    def test_a_refused_sign_in_is_renewed_and_the_call_repeated(
        self, bench: ClientBench, write: bool
    ) -> None:
        bench.vendor.script = [failing(401), OK]
        client = bench.client(authorization=lambda renew: "Bearer new" if renew else "Bearer old")

        response = client.write("POST", "/things", {}) if write else client.get("/things")

        assert response.ok
        assert bench.vendor.authorizations == ["Bearer old", "Bearer new"]

    @pytest.mark.parametrize("write", [False, True])
    def test_a_sign_in_is_renewed_only_once(self, bench: ClientBench, write: bool) -> None:
        bench.vendor.script = [failing(401)]
        client = bench.client(authorization=lambda renew: f"Bearer {renew}")

        response = client.write("POST", "/things", {}) if write else client.get("/things")

        assert response.status_code == 401
        assert bench.vendor.authorizations == ["Bearer False", "Bearer True"]

    def test_a_sign_in_that_fails_is_not_the_vendors_fault_to_repeat(
        self, bench: ClientBench
    ) -> None:
        asked: list[bool] = []

        def authorization(renew: bool) -> str:
            asked.append(renew)
            raise UpstreamUnavailableError("the sign-in is down")

        with pytest.raises(UpstreamUnavailableError, match="the sign-in is down"):
            bench.client(authorization=authorization).get("/things")

        assert asked == [False]
        assert bench.vendor.journal == []

    def test_a_token_that_no_header_can_carry_is_not_repeated_in_the_error(
        self, bench: ClientBench
    ) -> None:
        for token in ("abc\ndef", "abc\u2019def"):
            client = bench.client(authorization=lambda _, token=token: f"Bearer {token}")

            with pytest.raises(ConfigurationError) as caught:
                client.get("/things")

            assert "abc" not in everything_in(caught.value)

    def test_a_netrc_file_on_the_machine_is_not_looked_into(
        self, bench: ClientBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login someone password else\n", "utf-8")
        monkeypatch.setenv("NETRC", str(netrc))
        bench.client().get("/things")
        bench.client(authorization=lambda _: "Bearer one").get("/things")

        assert bench.vendor.authorizations == [None, "Bearer one"]

    def test_a_cookie_is_not_sent_back(self, bench: ClientBench) -> None:
        bench.vendor.script = [json_response(200, {}, {"Set-Cookie": "a=b; Path=/"})]
        client = bench.client()
        client.get("/things")
        client.get("/things")

        assert "cookie" not in bench.vendor.journal[1].headers

    def test_every_call_names_the_product(self, bench: ClientBench) -> None:
        bench.client().get("/things")

        agent = bench.vendor.journal[0].headers["user-agent"]
        assert agent.startswith("rippling-visma-connector/")


class TestBodies:
    @pytest.mark.parametrize(
        ("response", "shown"),
        [
            (html_response(200, SECRET), "text/html"),
            (Response(200, b'{"results": [{"id": "' + SECRET.encode()), "none"),
            (Response(200, b"[" * 200_000, content_type="application/json"), "application/json"),
            (Response(200, b"\xff\xfe\xfa", content_type=SECRET), "none"),
            (Response(200, b""), "none"),
        ],
    )
    def test_what_is_not_json_is_told_by_its_type_alone(
        self, bench: ClientBench, response: Response, shown: str
    ) -> None:
        bench.vendor.script = [response]
        client = bench.client()

        with pytest.raises(UpstreamUnavailableError) as caught:
            client.json_of(client.get("/things"))

        assert f"content type {shown}, status 200" in str(caught.value)
        assert SECRET not in everything_in(caught.value)


def _read(client: HttpClient) -> object:
    return client.get(f"/things?email={SECRET}", {"name": SECRET})


def _write(client: HttpClient) -> object:
    return client.write("POST", "/things", {"email": SECRET}, {"X-Name": SECRET})


@pytest.mark.parametrize("call", [_read, _write])
@pytest.mark.parametrize("fault", ["reset", "lose_answer", 429, 500, 503])
def test_no_error_repeats_a_query_a_body_a_header_or_a_token(
    bench: ClientBench, call: Callable[[HttpClient], object], fault: str | int
) -> None:
    if isinstance(fault, int):
        bench.vendor.script = [failing(fault)]
    else:
        getattr(bench.vendor.faults, fault)()
    client = bench.client(authorization=lambda _: f"Bearer {SECRET}")

    with pytest.raises(ConnectorError) as caught:
        call(client)

    assert SECRET not in everything_in(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_every_call_is_counted_with_its_vendor_and_status(bench: ClientBench) -> None:
    bench.vendor.script = [failing(401), failing(503), OK]
    bench.vendor.faults.reset(times=1)
    bench.client(authorization=lambda _: "Bearer one").get("/things")

    assert bench.counted == [("Vendor", status) for status in (0, 401, 503, 200)]
