"""Answers that would never end: too large, too slow, or larger than they look."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from urllib3.response import GzipDecoder

from connector.adapters.http.client import ATTEMPTS, CLOSING_SECONDS
from connector.adapters.http.exchange import LARGEST_ANSWER
from connector.domain.errors import (
    NonsenseError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)
from tests.simulator.messages import Response
from tests.unit.scripted import ClientBench, Scripted, raw_server

UNPACKED = 200 * 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def bench() -> Iterator[ClientBench]:
    with Scripted() as vendor:
        yield ClientBench(vendor)


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sizes: list[int] = []
    decompress = GzipDecoder.decompress

    def counted(decoder: GzipDecoder, *args: Any, **settings: Any) -> bytes:
        piece = decompress(decoder, *args, **settings)
        sizes.append(len(piece))
        return piece

    monkeypatch.setattr(GzipDecoder, "decompress", counted)
    return sizes


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return gzip.compress(bytes(UNPACKED), 9)


def packed(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nLocation: /x\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def dripping_server(at_once: bytes, drop: bytes) -> Iterator[str]:
    """A server that sends one more drop every twentieth of a second, for as long as it may."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        stopping = threading.Event()

        def serve() -> None:
            while not stopping.is_set():
                try:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65_536)
                        connection.sendall(at_once)
                        while not stopping.wait(0.05):
                            connection.sendall(drop)
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopping.set()
            thread.join()


class TestSize:
    @pytest.mark.parametrize("status", ["200 OK", "302 Found", "500 Internal Server Error"])
    def test_a_small_answer_that_unpacks_to_a_huge_one_is_never_unpacked(
        self, bench: ClientBench, unpacked: list[int], bomb: bytes, status: str
    ) -> None:
        with (
            raw_server(packed(status, bomb)) as address,
            pytest.raises(NonsenseError, match="larger than 16 MB"),
        ):
            bench.client(base_url=f"http://{address}").get("/things")

        assert LARGEST_ANSWER < sum(unpacked) < 2 * LARGEST_ANSWER
        assert bench.naps == []

    def test_a_write_that_is_answered_too_large_has_an_unknown_outcome(
        self, bench: ClientBench, unpacked: list[int], bomb: bytes
    ) -> None:
        with (
            raw_server(packed("201 Created", bomb)) as address,
            pytest.raises(UnknownOutcomeError, match=r"may or may not .* larger than 16 MB"),
        ):
            bench.client(base_url=f"http://{address}").write("POST", "/things", {})

        assert sum(unpacked) < 2 * LARGEST_ANSWER

    def test_the_largest_answer_is_read_whole(self, bench: ClientBench) -> None:
        bench.vendor.script = [Response(200, bytes(LARGEST_ANSWER))]

        assert len(bench.client().get("/things").content) == LARGEST_ANSWER


@pytest.mark.parametrize(
    ("at_once", "drop"),
    [
        pytest.param(HEAD + b"Content-Length: 1000000\r\n\r\n", b" ", id="body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", id="chunks"),
        pytest.param(HEAD, b"x", id="one header"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", id="100"),
    ],
)
class TestTime:
    def test_a_byte_now_and_then_does_not_hold_a_read(
        self, bench: ClientBench, at_once: bytes, drop: bytes
    ) -> None:
        started = time.monotonic()
        with (
            dripping_server(at_once, drop) as url,
            pytest.raises(UpstreamUnavailableError, match="no answer in time"),
        ):
            bench.client(base_url=url, longest=0.3).get("/things")

        assert time.monotonic() - started < ATTEMPTS * 0.3 + 1

    def test_nor_a_write_whose_outcome_is_then_unknown(
        self, bench: ClientBench, at_once: bytes, drop: bytes
    ) -> None:
        with (
            dripping_server(at_once, drop) as url,
            pytest.raises(UnknownOutcomeError, match="no answer in time") as caught,
        ):
            bench.client(base_url=url, longest=0.3).write("PUT", "/things", {})

        assert caught.value.may_land

    def test_a_call_ends_before_the_invocation_does(
        self, bench: ClientBench, at_once: bytes, drop: bytes
    ) -> None:
        ends_at = time.monotonic() + CLOSING_SECONDS + 0.3
        client = {"time_left": lambda: ends_at - time.monotonic()}
        with (
            dripping_server(at_once, drop) as url,
            pytest.raises(UpstreamUnavailableError, match="the time of this run is over"),
        ):
            bench.client(base_url=url, **client).get("/things")

        assert 0 < ends_at - time.monotonic() <= CLOSING_SECONDS


@pytest.mark.parametrize("is_write", [False, True])
def test_nothing_is_sent_when_the_time_of_the_invocation_is_over(
    bench: ClientBench, is_write: bool
) -> None:
    client = bench.client(time_left=lambda: CLOSING_SECONDS)
    with pytest.raises(UpstreamUnavailableError, match="was not sent to Vendor"):
        client.write("PUT", "/things", {}) if is_write else client.get("/things")

    assert bench.statuses() == []
