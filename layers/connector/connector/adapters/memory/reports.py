"""The bucket of the reports, in memory."""

from __future__ import annotations

from connector.domain.errors import ConfigurationError


class InMemoryReportsBucket:
    """Keeps objects for tests to look at; refuses all of them once it is shut."""

    name = "reports"

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.is_shut = False

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Keeps an object."""
        if self.is_shut:
            raise ConfigurationError(f"the bucket {self.name} did not take it (AccessDenied)")
        self.objects[key] = content, media_type
