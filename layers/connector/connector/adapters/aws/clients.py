"""The AWS clients of a warm process, one for each service. Every function loads this file."""

from __future__ import annotations

from functools import cache

import boto3
from botocore.config import Config

from connector.adapters.aws.errors import Client


@cache
def client(service: str) -> Client:
    """A client that gives up early: the queue is the better place to wait."""
    config = Config(
        connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
    )
    return _session().client(service, config=config)


@cache
def patient_client(service: str, seconds: int) -> Client:
    """A client for work that lasts: it waits so long for the answer, and never asks twice."""
    config = Config(connect_timeout=2, read_timeout=seconds, retries={"total_max_attempts": 1})
    return _session().client(service, config=config)


@cache
def _session() -> Client:
    """The one session: each of its own would load AWS's endpoints and its credentials again."""
    return boto3.Session()
