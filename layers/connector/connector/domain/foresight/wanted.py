"""What an operator wants applied, out of a plan in a file. Light: the command loads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

TO_APPLY = ("created", "updated", "deactivated", "reactivated", "held")
"""The outcomes that can be applied."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator wants applied: of each person and company the digest of the plan."""

    digests: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def in_file(cls, content: Any) -> Wanted:
        """What a plan in a file asks for.

        Raises:
            ValueError: it is not a plan.
        """
        people = content.get("people") if isinstance(content, dict) else None
        if not isinstance(people, list) or content.get("plan") != 1:
            raise ValueError("this is not a plan; `connector plan -o plan.json` writes one")
        to_do = [each for each in people if each.get("outcome") in TO_APPLY]
        return cls(
            {(str(each["person"]), str(each["company"])): str(each["digest"]) for each in to_do},
            {str(each["person"]): str(each.get("number", "")) for each in to_do},
        )

    def only(self, names: Collection[str]) -> Wanted:
        """The part about these people, by id or number."""
        chosen = {
            key: digest
            for key, digest in self.digests.items()
            if key[0] in names or self.numbers.get(key[0]) in names
        }
        return Wanted(chosen, self.numbers)

    def unknown(self, names: Collection[str]) -> list[str]:
        """Those of the names that are nobody's in the plan."""
        known = {*self.numbers, *self.numbers.values()}
        return sorted(name for name in names if name not in known)
