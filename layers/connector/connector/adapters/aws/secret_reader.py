"""A secret in AWS Secrets Manager as a JSON object, read once in a while.

The webhook loads this file: it stays light. No value of a secret ever gets into an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.errors import ConfigurationError

MAX_AGE = timedelta(minutes=5)


class EmptySecretError(ConfigurationError):
    """A secret that no one has filled yet."""

    def __init__(self, name: str, shape: str) -> None:
        super().__init__(f"{name} is empty: put {shape} in it")


class SecretReader:
    """One secret; its `name` and `shape` are for whoever has to fill it.

    For as long as `empty_for` one without a value is not asked for again.
    """

    def __init__(
        self,
        client: Client,
        arn: str,
        now: Callable[[], datetime],
        *,
        name: str,
        shape: str,
        max_age: timedelta = MAX_AGE,
        empty_for: timedelta = timedelta(),
    ) -> None:
        self._empty_for = empty_for
        self.name = name
        self._client = client
        self._arn = arn
        self._now = now
        self._shape = shape
        self._max_age = max_age
        self._held: tuple[datetime, dict[str, Any]] | None = None
        self._empty_until: datetime | None = None

    def read(self, *, fresh: bool = False) -> dict[str, Any]:
        """The object in the secret.

        Raises:
            EmptySecretError: there is no value yet.
            ConfigurationError: it is not a JSON object.
            RetryableError: Secrets Manager cannot answer.
        """
        now = self._now()
        if self._held and not fresh and now - self._held[0] < self._max_age:
            return self._held[1]
        if self._empty_until and not fresh and now < self._empty_until:
            raise EmptySecretError(self.name, self._shape)
        data = secret_object(self._text())
        if data is None:
            raise ConfigurationError(f"{self.name} is not a JSON object: put {self._shape} in it")
        self.hold(data)
        return data

    def hold(self, data: dict[str, Any]) -> None:
        """Takes a value for the one that is there: it was just written."""
        self._held, self._empty_until = (self._now(), data), None

    def _text(self) -> str:
        try:
            with answering("Secrets Manager"):
                answer = self._client.get_secret_value(SecretId=self._arn)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            raise self._empty() from error
        text = str(answer.get("SecretString", ""))
        if not text.strip():
            raise self._empty()
        return text

    def _empty(self) -> EmptySecretError:
        self._empty_until = self._now() + self._empty_for
        return EmptySecretError(self.name, self._shape)


def secret_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a secret, or None where it is something else."""
    try:
        data = json.loads(text)
    except ValueError:
        return None  # the error would carry the text
    return data if isinstance(data, dict) else None


def is_text(value: object) -> bool:
    """Whether a value is a text that says something."""
    return isinstance(value, str) and bool(value.strip())
