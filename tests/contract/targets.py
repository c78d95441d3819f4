"""The targets that the contract suite runs over. A further implementation is added to `TARGETS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.adapters.memory import InMemorySecrets
from connector.adapters.visma.targets import VismaTargets
from connector.ports.secrets import VismaCredentials
from tests.simulator import Visma, credentials, nordfab_visma
from tests.support.dialects import PUBLISHED_ONLY, VISMA, Dialect, speak

if TYPE_CHECKING:
    from connector.ports.visma import Target

from contextlib import contextmanager

KARI = {
    "status": "Active",
    "department": "PROD",
    "branch": "1",
    "employee_class": "STAFF",
    "calendar": "NORWAY",
    "contact.first_name": "Kari",
    "contact.middle_name": "Moe",
    "contact.last_name": "Testmann",
    "contact.email": "kari.testmann@example.no",
    "contact.phone1": "+47 000 00001",
    "contact.phone2": "+47 000 00002",
    "address.line1": "Prøvegata 1",
    "address.line2": "Leil. 2",
    "address.line3": "Bakgården",
    "address.postal_code": "5003",
    "address.city": "Bergen",
    "address.country": "NO",
}


IDENTITY = {path: KARI[path] for path in ("contact.last_name", "contact.email")}


@dataclass
class Books:
    """Nordfab's books, and a target that reads and writes them."""

    visma: Visma
    target: Target
    naps: list[float] = field(default_factory=list)

    def create(self, code: str = "1001", **fields: str) -> Any:
        """Kari with some fields changed."""
        return self.target.create(code, {**KARI, **fields})

    def update(self, code: str = "1001", etag: str | None = None, **fields: str) -> Any:
        """An update of fields whose dots are written as two underscores."""
        named = {name.replace("__", "."): value for name, value in fields.items()}
        return self.target.update(code, named, identity=IDENTITY, etag=etag)

    def fields(self, code: str = "1001") -> dict[str, str]:
        """The employee's fields as the target reads them."""
        employee = self.target.read(code)
        assert employee is not None
        return dict(employee.fields)

    def erp_calls(self, method: str | None = None) -> list[str]:
        """The methods and paths of the calls to the ERP itself."""
        return [
            f"{call.method} {call.path}"
            for call in self.visma.calls(method)
            if call.path != "/connect/token"
        ]


def visma_erp(visma: Visma, naps: list[float]) -> Target:
    """A company of Visma.net ERP."""
    companies = credentials(1)[1]["companies"]
    secrets = InMemorySecrets(
        visma={key: VismaCredentials(**values) for key, values in companies.items()}
    )
    targets = VismaTargets(secrets, visma.url, visma.token_url, sleep=naps.append, timeouts=(5, 5))
    return targets.company("norway")


TARGETS: dict[str, Callable[[Visma, list[float]], Target]] = {"visma": visma_erp}


@contextmanager
def open_books(name: str, dialect: Dialect = PUBLISHED_ONLY) -> Iterator[Books]:
    """A target of one kind over Nordfab's books; ends with the fake's check of every request."""
    with nordfab_visma() as visma:
        speak(visma, VISMA, dialect)
        naps: list[float] = []
        yield Books(visma, TARGETS[name](visma, naps), naps)
        assert [call.contract_errors for call in visma.journal if call.contract_errors] == []
