"""Faults that a test or a demo can order: outages, lost answers, resets, stale pages.

A fault only says what goes wrong and when; the server carries it out. No knowledge of either
product belongs here.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "fail", "reset", "lose_answer", "fail_after_apply", "slow", "late", "stale_page", "garbage"
]
Body = Literal["json", "html", "empty"]


@dataclass
class Fault:
    """One ordered fault, with the count of requests it has seen and struck."""

    kind: Kind
    method: str | None = None
    path: str | None = None
    times: int | None = None
    every: int = 1
    status: int = 0
    body: Body = "json"
    retry_after: int | None = None
    seconds: float = 0.0
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError("every must be 1 or more")
        self.method = self.method.upper() if self.method else None
        self._pattern = re.compile(self.path) if self.path else None

    def strikes(self, method: str, path: str) -> bool:
        """Counts this request, and says whether the fault hits it."""
        if self.is_spent or not self._concerns(method, path):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        self.struck += 1
        return True

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.times is not None and self.struck >= self.times

    def _concerns(self, method: str, path: str) -> bool:
        if self.method and self.method != method:
            return False
        return self._pattern is None or self._pattern.fullmatch(path) is not None


class Faults:
    """The faults in force on one server.

    Every order takes the same four options: `method` and `path` (a regular expression that must
    match the whole path) narrow it, `every` strikes only each n-th matching request, and `times`
    ends it after that many strikes; without `times` it stays until `clear`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []

    def fail(
        self,
        status: int = 500,
        body: Body = "json",
        retry_after: int | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Answers with this status before anything is applied."""
        return self._order(
            Fault("fail", method, path, times, every, status, body, retry_after=retry_after)
        )

    def reset(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Breaks the connection before anything is applied."""
        return self._order(Fault("reset", method, path, times, every))

    def lose_answer(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Applies the request, then closes the connection without an answer."""
        return self._order(Fault("lose_answer", method, path, times, every))

    def fail_after_apply(
        self,
        status: int = 500,
        body: Body = "json",
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Applies the request, then answers as if it had failed."""
        return self._order(Fault("fail_after_apply", method, path, times, every, status, body))

    def late(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Breaks the connection and applies the request only when the server's `land` is called."""
        return self._order(Fault("late", method, path, times, every))

    def slow(
        self,
        seconds: float,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Waits this long before the request is looked at; other faults still apply."""
        return self._order(Fault("slow", method, path, times, every, seconds=seconds))

    def stale_page(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Makes a Rippling list ignore its filter for one page and give old rows back."""
        return self._order(Fault("stale_page", method, path, times, every))

    def garbage(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> Fault:
        """Answers 200 with a body that is not JSON, and applies nothing."""
        return self._order(Fault("garbage", method, path, times, every))

    def in_force(self) -> list[Fault]:
        """The faults that may still strike, in the order in which they were ordered."""
        with self._lock:
            return [fault for fault in self._ordered if not fault.is_spent]

    def clear(self) -> None:
        """Ends every fault."""
        with self._lock:
            self._ordered.clear()

    def strike(self, method: str, path: str) -> tuple[Fault | None, float]:
        """The fault that hits this request, if any, and how many seconds it must wait first."""
        struck: Fault | None = None
        delay = 0.0
        with self._lock:
            for fault in self._ordered:
                if fault.kind == "slow":
                    delay += fault.seconds if fault.strikes(method, path) else 0.0
                elif struck is None and fault.strikes(method, path):
                    struck = fault
        return struck, delay

    def _order(self, fault: Fault) -> Fault:
        with self._lock:
            self._ordered.append(fault)
        return fault
