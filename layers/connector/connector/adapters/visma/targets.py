"""The companies of Visma.net ERP: each has a client, a token and a budget of its own.

What one company is asked is in `client`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.adapters.dialect import Dialect
from connector.adapters.http.client import (
    CONNECT_SECONDS,
    READ_SECONDS,
    HttpClient,
    OnCall,
    TimeLeft,
    utc_now,
)
from connector.adapters.http.rate_limit import Limits
from connector.adapters.visma.client import VENDOR, VismaTarget
from connector.adapters.visma.sign_in import VismaTokens
from connector.ports.dialects import Dialects
from connector.ports.secrets import VismaSecret
from connector.ports.shapes import AnswerWatch


@dataclass(frozen=True, slots=True)
class Way:
    """How one company is reached: its client, what every call carries, and its sign-in."""

    http: HttpClient
    headers: Callable[[], Mapping[str, str]]
    sign_in: Callable[[], tuple[str, ...]]


class VismaTargets:
    """The companies of Visma.net ERP, each with a client, a token and a budget of its own."""

    def __init__(
        self,
        secrets: VismaSecret,
        base_url: str,
        token_url: str,
        *,
        on_call: OnCall | None = None,
        limits: Callable[[str, str], Limits] | None = None,
        dialects: Dialects | None = None,
        watch: Callable[[str], AnswerWatch] | None = None,
        timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
        time_left: TimeLeft | None = None,
    ) -> None:
        self._secrets = secrets
        self._base_url = base_url
        self._token_url = token_url
        self._now = now
        self._limits = limits
        self._dialects = dialects
        self._watch = watch
        self._client: dict[str, Any] = {
            "on_call": on_call, "timeouts": timeouts, "sleep": sleep, "now": now,
        }  # fmt: skip
        if time_left is not None:
            self._client["time_left"] = time_left
        self._sign_in = HttpClient(VENDOR, token_url, **self._client)
        self._companies: dict[str, VismaTarget] = {}
        self._ways: dict[str, Way] = {}
        self._tokens: dict[str, VismaTokens] = {}

    def company(self, key: str) -> VismaTarget:
        """The target for one company of the mapping.

        Raises:
            ConfigurationError: the Visma secret has no such company.
        """
        if key not in self._companies:
            way, dialect = self.way_to(key), Dialect(f"visma {key}", self._dialects)
            target = VismaTarget(key, way.http, way.headers, way.sign_in, dialect)
            self._companies[key] = target
        return self._companies[key]

    def way_to(self, key: str) -> Way:
        """The way to one company, the same for all that is asked of it: its budget is one.

        Raises:
            ConfigurationError: the Visma secret has no such company.
        """
        if key not in self._ways:
            self._ways[key] = self._way(key, self._watch)
        return self._ways[key]

    def way_watched_by(self, key: str, watch: Callable[[str], AnswerWatch] | None) -> Way:
        """Another way to one company, whose answers are shown to another watch.

        Raises:
            ConfigurationError: the Visma secret has no such company.
        """
        return self._way(key, watch)

    def _way(self, key: str, watch: Callable[[str], AnswerWatch] | None) -> Way:
        if key not in self._tokens:
            tokens = VismaTokens(key, self._token_url, self._sign_in, self._secrets, now=self._now)
            tokens.credentials()
            self._tokens[key] = tokens
        tokens = self._tokens[key]
        http = HttpClient(
            VENDOR,
            self._base_url,
            authorization=tokens.authorization,
            limits=self._limits(VENDOR, key) if self._limits else None,
            watch=watch(key) if watch else None,
            **self._client,
        )
        return Way(http, tokens.headers, tokens.sign_in)
