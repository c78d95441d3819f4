"""Targets over a fake or a scripted Visma, for the tests of its adapter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connector.adapters.visma.client import VismaTarget
from connector.adapters.visma.targets import VismaTargets
from connector.ports.secrets import RipplingCredentials, VismaCredentials
from tests.simulator import Visma, credentials
from tests.simulator.messages import Request, Response, json_response
from tests.unit.scripted import NOW, Scripted

TOKEN_PATH = "/connect/token"
KARI = {
    "status": "Active",
    "department": "PROD",
    "branch": "1",
    "employee_class": "STAFF",
    "calendar": "NORWAY",
    "contact.last_name": "Testmann",
    "contact.email": "kari.testmann@example.no",
}


class ScriptedVisma(Scripted):
    """A Visma that signs everyone in, unless a test lays down something else."""

    def answer(self, request: Request) -> Response:
        if request.path == TOKEN_PATH and f"POST {TOKEN_PATH}" not in self.answers:
            return json_response(200, {"access_token": "one", "expires_in": 3600})
        return super().answer(request)


class Vault:
    """The Visma secret; what is read fresh may be another one than what was cached."""

    def __init__(
        self, cached: Mapping[str, VismaCredentials], fresh: Mapping[str, VismaCredentials] | None
    ) -> None:
        self.cached = cached
        self.stored = cached if fresh is None else fresh
        self.fresh_reads = 0

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        raise NotImplementedError

    def visma(self, *, fresh: bool = False) -> Mapping[str, VismaCredentials]:
        if fresh:
            self.fresh_reads += 1
            self.cached = self.stored
        return self.cached

    def visma_company(self, company: str, *, fresh: bool = False) -> VismaCredentials | None:
        return self.visma(fresh=fresh).get(company)

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        raise NotImplementedError


def credentials_of(companies: int = 1) -> dict[str, VismaCredentials]:
    found = credentials(companies)[1]["companies"]
    return {key: VismaCredentials(**values) for key, values in found.items()}


class VismaBench:
    """Targets over a Visma, with a clock that stands still until it is moved."""

    def __init__(self, visma: Visma | ScriptedVisma) -> None:
        self.visma = visma
        self.now = NOW
        self.counted: list[int] = []

    def targets(
        self,
        cached: Mapping[str, VismaCredentials] | None = None,
        fresh: Mapping[str, VismaCredentials] | None = None,
    ) -> VismaTargets:
        self.vault = Vault(credentials_of() if cached is None else cached, fresh)
        return VismaTargets(
            self.vault,
            self.visma.url,
            self.visma.url + TOKEN_PATH,
            on_call=lambda _, status: self.counted.append(status),
            sleep=lambda _: None,
            now=lambda: self.now,
        )

    def norway(self) -> VismaTarget:
        return self.targets().company("norway")

    def sign_ins(self) -> int:
        return len(self.visma.calls("POST", TOKEN_PATH))
