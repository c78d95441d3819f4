"""The AWS clients of a warm process, one for each service. Every function loads this file.

They are botocore's own: boto3 would load its resources, its transfers and, for both, a pool of
processes with every cold start, and nothing here uses them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.adapters.aws.errors import Client


class LazyClient:
    """A client that is made with its first use: to make one takes as long as many a call."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._made: Client = None

    def __getattr__(self, name: str) -> Any:
        """An operation of the client, or whatever else it has."""
        return getattr(self.get_ready(), name)

    def get_ready(self) -> Client:
        """The client, made now if there is none yet; nothing is sent."""
        if self._made is None:
            self._made = self._make()
        return self._made


@cache
def client(service: str) -> LazyClient:
    """A client that gives up early: the queue is the better place to wait."""
    config = Config(
        connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
    )
    return LazyClient(lambda: _session().create_client(service, config=config))


@cache
def patient_client(service: str, seconds: int) -> LazyClient:
    """A client for work that lasts: it waits so long for the answer, and never asks twice."""
    config = Config(connect_timeout=2, read_timeout=seconds, retries={"total_max_attempts": 1})
    return LazyClient(lambda: _session().create_client(service, config=config))


@cache
def _session() -> Client:
    """The one session: each of its own would load AWS's endpoints and its credentials again."""
    return Session()
