"""No link leads a token to another server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.adapters.http.client import HttpClient
from connector.domain.errors import (
    ConfigurationError,
    RefusedError,
    UpstreamUnavailableError,
)
from tests.unit.scripted import (
    ClientBench,
    Scripted,
)


@pytest.fixture
def bench() -> Iterator[ClientBench]:
    with Scripted() as vendor:
        yield ClientBench(vendor)


class TestLinks:
    @pytest.mark.parametrize(
        "link",
        [
            "http://evil.example/workers/?cursor=1",
            "https://{host}/workers/?cursor=1",
            "http://127.0.0.1:1/workers/?cursor=1",
            "http://127.0.0.1/workers/?cursor=1",
            "http://evil.example@{host}/workers/",
            "http://{host}@evil.example/workers/",
            "http://evil.example\\@{host}/workers/",
            "//evil.example/workers/",
            "/\\evil.example/workers/",
            "http://{host}\t.evil.example/",
            "http://[bad/",
            "http://{host}:bad/",
            "file:///etc/hostname",
            "\x00",
        ],
    )
    def test_a_link_to_another_server_is_not_followed(self, bench: ClientBench, link: str) -> None:
        client = bench.client()
        response = client.get("/workers/")
        host = bench.vendor.url.removeprefix("http://")

        with pytest.raises(UpstreamUnavailableError, match="the token does not leave"):
            client.link(response, link.format(host=host))

    @pytest.mark.parametrize(
        ("link", "path"),
        [
            ("/workers/?cursor=a%2Fb", "/workers/?cursor=a%2Fb"),
            ("?cursor=ab", "/workers/?cursor=ab"),
            ("{url}/workers/?cursor=ab", "/workers/?cursor=ab"),
        ],
    )
    def test_a_link_on_the_same_server_is_made_complete(
        self, bench: ClientBench, link: str, path: str
    ) -> None:
        client = bench.client()
        response = client.get("/workers/", {"limit": "1"})

        assert client.link(response, link.format(url=bench.vendor.url)) == bench.vendor.url + path

    def test_a_foreign_address_is_refused_before_anything_is_sent(self, bench: ClientBench) -> None:
        with Scripted() as elsewhere:
            client = bench.client(authorization=lambda _: "Bearer token")

            with pytest.raises(UpstreamUnavailableError):
                client.get(f"{elsewhere.url}/workers/")

            assert elsewhere.journal == []

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/employee/..",
            "/v1/../v2",
            "/v1/%2E%2e",
            "/workers/./",
            "/a/%2e",
            "/a\\..\\b",
            "/a/.. ",
        ],
    )
    def test_a_path_that_leads_elsewhere_is_refused_before_anything_is_sent(
        self, bench: ClientBench, path: str
    ) -> None:
        with pytest.raises(RefusedError, match="nothing was sent"):
            bench.client().get(path)

        assert bench.vendor.journal == []

    def test_dots_in_a_name_are_no_step(self, bench: ClientBench) -> None:
        bench.client().get("/v1/a..b/...?x=../..")

        assert bench.vendor.journal[0].path == "/v1/a..b/..."

    @pytest.mark.parametrize(
        "address", ["", "rest.example.com", "ftp://a.example", "https://", "https://u:p@a.example"]
    )
    def test_an_address_that_cannot_be_called_is_a_mistake_in_the_settings(
        self, address: str
    ) -> None:
        with pytest.raises(ConfigurationError, match="address of Vendor"):
            HttpClient("Vendor", address)

    def test_an_address_may_have_a_path_of_its_own(self, bench: ClientBench) -> None:
        bench.client(base_url=f"{bench.vendor.url}/API/controller/").get("/v1/employee")

        assert bench.vendor.journal[0].path == "/API/controller/v1/employee"
