"""The sources that the contract suite runs over. A further implementation is added to `SOURCES`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.platform import RipplingPlatformSource
from connector.adapters.rippling.rest import RipplingRestSource
from tests.simulator import Rippling, RipplingPlatform, Server
from tests.support.dialects import PLATFORM, PUBLISHED_ONLY, RIPPLING, Dialect, Questions, speak

if TYPE_CHECKING:
    from connector.domain.people import Worker
    from connector.ports.rippling import Page, Source

FOUNDED = datetime(2024, 1, 1, tzinfo=UTC)
TOKEN = "demo-rippling-token"


PERSONAL = ("name", "firstName", "lastName", "workEmail", "personalEmail", "phone", "phoneNumber",
    "address")  # fmt: skip
"""How the Platform API calls what is personal."""


@dataclass
class Staff:
    """A small company in Rippling, a source that reads it, and the API that it reads.

    `lacks` are the facts that this API does not give.
    """

    rippling: Rippling
    source: Source
    api: Rippling | RipplingPlatform
    lacks: frozenset[str] = frozenset()
    naps: list[float] = field(default_factory=list)

    def hire(self, **fields: Any) -> dict[str, Any]:
        """Someone new."""
        return self.rippling.hire(**fields)

    def everyone(self) -> list[Worker]:
        """The workers of all pages."""
        return workers(self.source.everyone())

    def only(self) -> Worker:
        """The one worker there is."""
        (worker,) = self.everyone()
        return worker

    def list_calls(self) -> int:
        """How many calls read lists of workers."""
        return len(self.api.calls("GET", "/workers/|/employees/include_terminated"))

    def hide_personal(self) -> None:
        """Takes the right to see persons from the token."""
        if isinstance(self.api, RipplingPlatform):
            self.api.withheld |= set(PERSONAL)
        else:
            self.rippling.redact = {"user", "work_email", "personal_email"}

    def hide_pay(self) -> None:
        """Takes the right to see pay from the token."""
        if isinstance(self.api, RipplingPlatform):
            self.api.withheld.add("compensation")
        else:
            self.rippling.redact = {"compensation"}


def rest(rippling: Rippling, *, pay: bool = False) -> Staff:
    """A source over the REST API."""
    naps: list[float] = []
    source = RipplingRestSource(
        client(rippling, naps),
        location_names=lambda *_: location_names(rippling),
        custom_fields=lambda: {"Cost centre"},
        compensation=lambda: pay,
    )
    return Staff(rippling, source, rippling, naps=naps)


def platform(rippling: Rippling, *, pay: bool = False) -> Staff:
    """A source over the Platform API."""
    naps: list[float] = []
    api = RipplingPlatform(rippling).start()
    source = RipplingPlatformSource(
        client(api, naps),
        location_names=lambda *_: location_names(rippling),
        custom_fields=lambda: {"Cost centre"},
        compensation=lambda: pay,
    )
    lacks = frozenset({"department_code", "middle_name", "work_phone", "day_of_pay"})
    return Staff(rippling, source, api, lacks, naps)


def client(server: Server, naps: list[float]) -> HttpClient:
    """A client that notes how long it would sleep."""
    return HttpClient(
        "Rippling",
        server.url,
        authorization=lambda _: f"Bearer {TOKEN}",
        sleep=naps.append,
        timeouts=(5, 5),
    )


def location_names(rippling: Rippling) -> dict[str, str]:
    """The work locations, id to name."""
    return {place["id"]: place["name"] for place in rippling.rows("work-locations")}


class Build(Protocol):
    """Builds a source over a Rippling; with `pay` it reads what people earn."""

    def __call__(self, rippling: Rippling, *, pay: bool = False) -> Staff: ...


SOURCES: dict[str, Build] = {"rest": rest, "platform": platform}
INCREMENTAL = ["rest"]
"""The sources that can say what changed."""

QUESTIONS: dict[str, Questions[Any]] = {"rest": RIPPLING, "platform": PLATFORM}
"""What is open about the API behind each source."""

NOT_TOLD = {
    "nulls left out": "empty_members",
    "no type of the company's own": "own_employment_type",
}
"""The facts that a source does not give because of an answer to one of its questions."""


@contextmanager
def read_by(
    name: str, rippling: Rippling, *, pay: bool = False, dialect: Dialect = PUBLISHED_ONLY
) -> Iterator[Staff]:
    """A source of one kind over a Rippling; ends with the fake's check of every request."""
    with rippling:
        staff = SOURCES[name](rippling, pay=pay)
        with staff.api:
            speak(staff.api, QUESTIONS[name], dialect)
            staff.lacks |= {NOT_TOLD[answer] for answer in dialect.values() if answer in NOT_TOLD}
            yield staff
        assert [call.contract_errors for call in staff.api.journal if call.contract_errors] == []


def small_company() -> Rippling:
    """A company with a place for everything, and no one in it."""
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
