"""A write is sent once, and what is not known of it is said."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connector.adapters.http.client import Refusal
from connector.domain.errors import (
    RateLimitedError,
    RefusedError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)
from tests.simulator.messages import Response
from tests.unit.scripted import (
    OK,
    ClientBench,
    Scripted,
    failing,
    raw_server,
)


@pytest.fixture
def bench() -> Iterator[ClientBench]:
    with Scripted() as vendor:
        yield ClientBench(vendor)


class TestWrites:
    @pytest.mark.parametrize("status", [202, 408, 500, 502, 503, 504])
    def test_a_write_that_was_not_confirmed_is_never_sent_again(
        self, bench: ClientBench, status: int
    ) -> None:
        bench.vendor.script = [failing(status), OK]

        with pytest.raises(UnknownOutcomeError, match=f"status {status}"):
            bench.client().write("POST", "/things", {"name": "x"})

        assert bench.statuses() == [status]
        assert bench.naps == []

    @pytest.mark.parametrize("status", [302, 303, 307, 308])
    def test_a_redirected_write_goes_nowhere_else(self, bench: ClientBench, status: int) -> None:
        with Scripted() as elsewhere:
            bench.vendor.script = [failing(status, Location=elsewhere.url)]

            with pytest.raises(UnknownOutcomeError):
                bench.client().write("POST", "/things", {})

            assert elsewhere.journal == []

    @pytest.mark.parametrize("status", [200, 201, 204, 400, 403, 404, 409, 412, 422])
    def test_a_clear_answer_to_a_write_is_given_back(self, bench: ClientBench, status: int) -> None:
        bench.vendor.script = [failing(status) if status != 204 else Response(204)]

        response = bench.client().write("PUT", "/things/7", {"a": None}, {"If-Match": '"1"'})

        assert response.status_code == status
        call = bench.vendor.journal[0]
        assert (call.method, call.body, call.headers["if-match"]) == ("PUT", {"a": None}, '"1"')

    def test_a_write_whose_answer_is_lost_has_an_unknown_outcome(self, bench: ClientBench) -> None:
        bench.vendor.faults.lose_answer()

        with pytest.raises(UnknownOutcomeError):
            bench.client().write("POST", "/things", {})

        assert bench.statuses() == [0]

    def test_a_write_that_takes_too_long_has_an_unknown_outcome(self, bench: ClientBench) -> None:
        bench.vendor.faults.slow(0.2)

        with pytest.raises(UnknownOutcomeError, match="no answer in time"):
            bench.client(timeouts=(1, 0.02)).write("POST", "/things", {})

    def test_a_write_whose_answer_breaks_off_has_an_unknown_outcome(
        self, bench: ClientBench
    ) -> None:
        with raw_server(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{") as address:
            client = bench.client(base_url=f"http://{address}")

            with pytest.raises(UnknownOutcomeError):
                client.write("POST", "/things", {})

    def test_a_kept_connection_that_breaks_leaves_the_outcome_unknown(
        self, bench: ClientBench
    ) -> None:
        client = bench.client()
        client.get("/things")
        bench.vendor.faults.reset(method="POST")

        with pytest.raises(UnknownOutcomeError):
            client.write("POST", "/things", {})

        assert len(bench.vendor.calls("POST")) == 1

    def test_a_kept_connection_that_was_closed_in_peace_is_replaced(
        self, bench: ClientBench
    ) -> None:
        client = bench.client()
        client.get("/things")
        bench.vendor.stop()
        bench.vendor.start()

        assert client.write("POST", "/things", {}).ok
        assert len(bench.vendor.calls("POST")) == 1

    def test_a_write_to_a_server_that_is_not_there_was_not_applied(
        self, bench: ClientBench
    ) -> None:
        client = bench.client()
        bench.vendor.stop()

        with pytest.raises(UpstreamUnavailableError):
            client.write("POST", "/things", {})

        assert bench.counted == [("Vendor", 0)]

    def test_a_write_to_a_server_that_accepts_nobody_was_not_applied(
        self, bench: ClientBench
    ) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            address = full.getsockname()
            with _crowd(address):
                client = bench.client(base_url=f"http://127.0.0.1:{address[1]}", timeouts=(0.05, 1))

                with pytest.raises(UpstreamUnavailableError, match="could not connect in time"):
                    client.write("POST", "/things", {})

    def test_a_write_over_an_untrusted_connection_was_not_applied(
        self, bench: ClientBench, tmp_path: Path
    ) -> None:
        with raw_server(b"HTTP/1.1 200 OK\r\n\r\n", _self_signed(tmp_path)) as address:
            client = bench.client(base_url=f"https://{address}")

            with pytest.raises(UpstreamUnavailableError, match="no trusted TLS connection"):
                client.write("POST", "/things", {})

    def test_a_full_vendor_did_not_apply_the_write(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(429, Retry_After="2"), OK]

        with pytest.raises(RateLimitedError) as caught:
            bench.client().write("POST", "/things", {})

        assert caught.value.retry_after == 2.0
        assert bench.statuses() == [429]

    def test_the_reason_in_a_failed_answer_comes_with_the_error(self, bench: ClientBench) -> None:
        bench.vendor.script = [failing(500)]
        reason = RefusedError("no", status=500)
        read: Refusal = lambda response: reason if response.status_code == 500 else None  # noqa: E731

        with pytest.raises(UnknownOutcomeError) as caught:
            bench.client().write("POST", "/things", {}, refusal=read)

        assert caught.value.refusal is reason


@contextmanager
def _crowd(address: tuple[str, int]) -> Iterator[None]:
    """Callers who fill a server's queue."""
    callers = [socket.socket() for _ in range(4)]
    for caller in callers:
        caller.setblocking(False)
        caller.connect_ex(address)
    yield
    for caller in callers:
        caller.close()


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, *plain) + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
