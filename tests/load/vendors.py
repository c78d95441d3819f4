"""Both simulated vendors without a socket: how long they take, and how often they were asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulator import Rippling, Server, Visma
from tests.simulator.messages import Request, Response

LIST_SECONDS = {"Rippling": 1.5, "Visma": 5.0}
"""A page of a list, as docs/testing.md reckons with."""

RECORD_SECONDS = {"Rippling": 0.3, "Visma": 0.5}
"""Everything else: a record, a write, a token. Nobody publishes how long it takes."""

TOO_MANY = 429


@dataclass
class Hours:
    """The calls of one company in one window of Visma's, as its own answers count them."""

    most: int = 0
    refused: int = 0
    limit: int = 0
    fewest_left: int = 10**9
    ends: list[datetime] = field(default_factory=list)

    def note(self, answer: Response, now: datetime) -> None:
        """Reads the numbers of an answer."""
        if "X-RateLimit-Remaining" not in answer.headers:
            return
        self.limit = int(answer.headers["X-RateLimit-Limit"])
        left = int(answer.headers["X-RateLimit-Remaining"])
        self.fewest_left = min(self.fewest_left, left)
        self.most = max(self.most, self.limit - left)
        self.refused += answer.status == TOO_MANY
        ends = now + timedelta(seconds=int(answer.headers["X-RateLimit-Reset"]))
        if not self.ends or ends - self.ends[-1] > timedelta(minutes=1):
            self.ends.append(ends)


@dataclass(frozen=True)
class CountedVendors:
    """The fakes by the origin of their addresses; each call takes its time and is counted."""

    fakes: Mapping[str, Server]
    now: Callable[[], datetime]
    takes: Callable[[float], None]
    applied: Counter[str] = field(default_factory=Counter)
    """What changed something, whether its answer arrived or not: by vendor and method."""
    calls: Counter[str] = field(default_factory=Counter)
    """By vendor, method, what was asked and the status, as in `Visma PUT employee 204`."""
    hours: dict[str, Hours] = field(default_factory=dict)
    """By company of Visma's."""

    @classmethod
    def between(
        cls,
        rippling: Rippling,
        visma: Visma,
        now: Callable[[], datetime],
        takes: Callable[[float], None],
    ) -> CountedVendors:
        """Both fakes, which need not listen."""
        fakes: Mapping[str, Server] = {rippling.url: rippling, visma.url: visma}
        return cls(fakes, now, takes)

    def answer(self, origin: str, request: Request) -> Response:
        """What a fake answers."""
        fake = self.fakes[origin]
        vendor = type(fake).__name__
        is_list = request.path.rstrip("/").count("/") == 1 or request.path == "/v1/employee"
        is_list = is_list and request.method == "GET" and "user_id" not in str(request.query)
        self.takes((LIST_SECONDS if is_list else RECORD_SECONDS)[vendor])
        answer = fake.exchange(request)
        asked = request.path.strip("/").removeprefix("v1/").split("/")[0]
        self.calls[f"{vendor} {request.method} {asked} {answer.status}"] += 1
        self.applied[f"{vendor} {request.method}"] += answer.applied
        if vendor == "Visma" and answer.company:
            self.hours.setdefault(answer.company, Hours()).note(answer, self.now())
        return answer

    def asked(self, vendor: str, word: str = "") -> int:
        """How many calls a vendor got, of one kind where a `word` of it is named."""
        counted = self.calls.items()
        return sum(n for name, n in counted if name.startswith(f"{vendor} ") and word in name)
