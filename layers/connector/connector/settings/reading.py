"""How settings are read from an environment. The webhook loads this file: it stays light."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

THIS_MACHINE = ("127.0.0.1", "localhost")

AnySettings = TypeVar("AnySettings", bound="Settings")


def _any_text(text: str) -> str:
    return text


def _text(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _address(text: str) -> str:
    """Refuses plain http to anywhere but this machine: tokens travel on it."""
    parts = urlsplit(text)
    is_secure = parts.scheme == "https" and bool(parts.hostname)
    if not is_secure and (parts.scheme != "http" or parts.hostname not in THIS_MACHINE):
        raise ValueError("must begin with https://")
    return text


def _yes_or_no(text: str) -> bool:
    return one_of("true", "false")(text.lower()) == "true"


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a whole number, 0 or more")
    return int(text)


def one_of(*words: str) -> Callable[[str], str]:
    """Reads a variable that may be nothing but one of some words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be {' or '.join(words)}")
        return text

    return read


def read_by(reader: Callable[[str], Any]) -> Mapping[str, Callable[[str], Any]]:
    """What a field is told by how its variable is read; what cannot be read is a ValueError."""
    return {"reader": reader}


ANY_TEXT, TEXT, ADDRESS = read_by(_any_text), read_by(_text), read_by(_address)
YES_OR_NO, DAYS = read_by(_yes_or_no), read_by(_days)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The base of all settings: a field is a variable of the same name in capitals."""

    @classmethod
    def from_env(cls: type[AnySettings], env: Mapping[str, str]) -> AnySettings:
        """The settings in an environment.

        Raises:
            ConfigurationError: with every variable that is missing or unusable.
        """
        values: dict[str, Any] = {}
        problems = []
        for each in fields(cls):
            try:
                values[each.name] = each.metadata["reader"](_given(env, each.name.upper()))
            except ValueError as error:
                problems.append(f"environment variable {each.name.upper()}: {error}")
        problems += cls.contradictions(values)
        if problems:
            raise ConfigurationError(problems)
        return cls(**values)

    @classmethod
    def contradictions(cls, values: Mapping[str, Any]) -> Iterator[str]:
        """What does not go together among the values that could be read."""
        yield from ()


def _given(env: Mapping[str, str], variable: str) -> str:
    if variable not in env:
        raise ValueError("is missing")
    return env[variable]
