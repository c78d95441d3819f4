"""The webhook secret: who may knock at the public doors. No vendor credential is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.adapters.aws.errors import Client
from connector.adapters.aws.secret_reader import EmptySecretError, SecretReader, is_text
from connector.domain.errors import ConfigurationError

NAME = "the webhook secret"
SHAPE = '{"webhook_tokens": ["...", "..."], "company_id": "...", "visma": {"<company>": "..."}}'
SHORTEST_TOKEN = 16
EMPTY_FOR = timedelta(seconds=30)
"""Whoever knocks while the secret is empty costs nothing."""


class AwsWebhookSecrets:
    """The webhook secret in AWS Secrets Manager; an empty one lets nobody in."""

    def __init__(self, client: Client, arn: str, now: Callable[[], datetime]) -> None:
        self._secret = SecretReader(client, arn, now, name=NAME, shape=SHAPE, empty_for=EMPTY_FOR)

    def webhook_tokens(self) -> tuple[str, ...]:
        """The bearer tokens that Rippling's webhook may carry."""
        data = self._checked(_token_problems)
        return tuple(token.strip() for token in data.get("webhook_tokens") or ())

    def webhook_company(self) -> str | None:
        """The Rippling company that a webhook must be about, if that is to be checked."""
        company_id = self._checked(_company_problems).get("company_id")
        return company_id.strip() if company_id else None

    def notification_keys(self) -> dict[str, str]:
        """The keys by which Visma signs its notifications, by company."""
        data = self._checked(_key_problems)
        return {company: key.strip() for company, key in (data.get("visma") or {}).items()}

    def problems(self) -> list[str] | None:
        """Everything that is wrong with the secret, read afresh; None where it is empty."""
        try:
            data = self._secret.read(fresh=True)
        except EmptySecretError:
            return None
        every = (_token_problems, _company_problems, _key_problems)
        return [f"{NAME}: {problem}" for look in every for problem in look(data)]

    def _checked(self, look: Callable[[Mapping[str, Any]], Iterator[str]]) -> dict[str, Any]:
        try:
            data = self._secret.read()
        except EmptySecretError:
            return {}
        problems = [f"{NAME}: {problem}" for problem in look(data)]
        if problems:
            raise ConfigurationError(problems)
        return data


def _token_problems(data: Mapping[str, Any]) -> Iterator[str]:
    tokens = data.get("webhook_tokens") or []
    if not isinstance(tokens, list):
        yield "webhook_tokens must be a list"
        return
    for position, token in enumerate(tokens):
        if not _is_long_enough(token):
            yield f"webhook_tokens[{position}] {TOO_SHORT}"


def _company_problems(data: Mapping[str, Any]) -> Iterator[str]:
    company_id = data.get("company_id")
    if company_id is not None and not is_text(company_id):
        yield "company_id must be a text"


def _key_problems(data: Mapping[str, Any]) -> Iterator[str]:
    keys = data.get("visma") or {}
    if not isinstance(keys, dict):
        yield "visma must be an object: a company of the mapping to its signature key"
        return
    for company, key in keys.items():
        if not _is_long_enough(key):
            yield f"visma.{company} {TOO_SHORT}"


TOO_SHORT = f"must be a text of at least {SHORTEST_TOKEN} characters"


def _is_long_enough(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) >= SHORTEST_TOKEN
