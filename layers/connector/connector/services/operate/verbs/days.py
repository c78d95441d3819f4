"""Days that an operator types."""

from __future__ import annotations

from datetime import date

from connector.domain.errors import ConfigurationError


def day_in(name: str, text: str) -> date | None:
    """The day that an operator typed for something by this name, or None where none was.

    Raises:
        ConfigurationError: it is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigurationError(f"{name}: write a day like 2027-01-01") from None
