"""The settings of the releaser."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.settings.reading import TEXT, Settings


@dataclass(frozen=True, kw_only=True)
class ReleaserSettings(Settings):
    """What the releaser function needs."""

    changes_queue_url: str = field(metadata=TEXT)
    watermarks_table: str = field(metadata=TEXT)
    mappings_table: str = field(metadata=TEXT)
    people_table: str = field(metadata=TEXT)
