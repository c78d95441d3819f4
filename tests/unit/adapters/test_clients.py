"""The clients of AWS: one session for all of them, and each made with its first use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import Session

from connector.adapters.aws import clients


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Session, str]]]:
    """Every client that is made: of which session, for which service."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    noted: list[tuple[Session, str]] = []
    create: Any = Session.create_client

    def create_client(self: Session, service: str, **options: Any) -> Any:
        noted.append((self, service))
        return create(self, service, **options)

    monkeypatch.setattr(Session, "create_client", create_client)
    caches: tuple[Any, ...] = (clients.client, clients.patient_client, vars(clients)["_session"])
    for each in caches:
        each.cache_clear()
    yield noted
    for each in caches:
        each.cache_clear()


def test_a_client_is_made_with_its_first_use_and_never_again(
    made: list[tuple[Session, str]],
) -> None:
    sqs = clients.client("sqs")
    assert made == []

    assert callable(sqs.send_message)
    assert callable(sqs.receive_message)
    assert [service for _, service in made] == ["sqs"]
    assert clients.client("sqs") is sqs


def test_all_clients_are_of_one_session(made: list[tuple[Session, str]]) -> None:
    for each in (clients.client("sqs"), clients.patient_client("sqs", 5), clients.client("kms")):
        each.get_ready()

    assert [service for _, service in made] == ["sqs", "sqs", "kms"]
    assert len({id(session) for session, _ in made}) == 1


def test_a_client_that_lasts_waits_as_long_as_it_is_told_and_asks_once() -> None:
    config = clients.patient_client("lambda", 260).meta.config

    assert config.read_timeout == 260
    assert config.retries == {"total_max_attempts": 1, "mode": "legacy"}
