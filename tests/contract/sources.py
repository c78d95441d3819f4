"""The sources that the contract suite runs over. A further implementation is added to `SOURCES`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from connector.adapters.http import HttpClient
from connector.adapters.rippling_rest import RipplingRestSource
from tests.simulator import Rippling

if TYPE_CHECKING:
    from connector.domain.people import Worker
    from connector.ports import Page, Source

from contextlib import contextmanager

FOUNDED = datetime(2024, 1, 1, tzinfo=UTC)
TOKEN = "demo-rippling-token"


@dataclass
class Staff:
    """A small company in Rippling, and a source that reads it."""

    rippling: Rippling
    source: Source
    naps: list[float] = field(default_factory=list)

    def hire(self, **fields: Any) -> dict[str, Any]:
        """Somebody new."""
        return self.rippling.hire(**fields)

    def everyone(self) -> list[Worker]:
        """The workers of all pages."""
        return workers(self.source.everyone())

    def only(self) -> Worker:
        """The one worker there is."""
        (worker,) = self.everyone()
        return worker

    def list_calls(self) -> int:
        """How many calls read workers."""
        return len(self.rippling.calls("GET", "/workers/"))


def rest(rippling: Rippling, naps: list[float], *, pay: bool) -> Source:
    """A source over the REST API."""
    http = HttpClient(
        "Rippling",
        rippling.url,
        authorization=lambda _: f"Bearer {TOKEN}",
        sleep=naps.append,
        timeouts=(5, 5),
    )
    names = {place["id"]: place["name"] for place in rippling.rows("work-locations")}
    return RipplingRestSource(
        http,
        location_names=lambda _: names,
        custom_fields=lambda: {"Cost centre"},
        compensation=lambda: pay,
    )


class Build(Protocol):
    """Builds a source over a Rippling; with `pay` it reads what people earn."""

    def __call__(self, rippling: Rippling, naps: list[float], *, pay: bool) -> Source: ...


SOURCES: dict[str, Build] = {"rest": rest}


@contextmanager
def read_by(name: str, rippling: Rippling, *, pay: bool = False) -> Iterator[Staff]:
    """A source of one kind over a Rippling; ends with the fake's check of every request."""
    with rippling:
        naps: list[float] = []
        yield Staff(rippling, SOURCES[name](rippling, naps, pay=pay), naps)
        assert [call.contract_errors for call in rippling.journal if call.contract_errors] == []


def small_company() -> Rippling:
    """A company with a place for everything, and nobody in it."""
    rippling = Rippling()
    rippling.found("Nordfab", FOUNDED)
    rippling.add_legal_entity("Nordfab AS", "NO", FOUNDED)
    rippling.add_location("Bergen", at=FOUNDED)
    rippling.add_employment_type("Salaried", at=FOUNDED)
    rippling.add_custom_field("Cost centre", at=FOUNDED)
    rippling.add_department("Production", "PRD", at=FOUNDED)
    return rippling


def workers(pages: Iterator[Page]) -> list[Worker]:
    return [worker for page in pages for worker in page.workers]


def ids(pages: Iterator[Page]) -> list[str]:
    return [worker.id for worker in workers(pages)]
