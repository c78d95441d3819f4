"""Which mapping somebody was decided under, told by digests: what an edit may touch, and when.

Pure; that it is made up for is the business of `services/find/catch_up`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from connector.domain.mapping.derived import once_a_mapping
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.rows import digest_of

SHOWN_BY_PLACEMENTS = ("departments", "branches", "examples")
"""Edits of these show in where somebody would be placed; edits of all else may touch anyone."""
TOUCHES_NOBODY = ("labour", "payroll")
"""What only the month-end report and the payroll export go by."""


@dataclass(frozen=True, slots=True)
class HandledMapping:
    """Up to which mapping everybody has been looked at.

    `whole` has for each company a digest of the rules whose effect no placement shows. It is
    `settled` once everybody was looked at again after any write had ended that may have crossed it.
    """

    digest: str = ""
    whole: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    is_settled: bool = False

    @classmethod
    def of(cls, mapping: MappingFile, now: datetime) -> HandledMapping:
        """A mapping that everybody has just been looked at under."""
        return cls(digest_of(mapping), _whole(mapping), now)

    def after_edits(self, current: HandledMapping, companies: Collection[str]) -> HandledMapping:
        """What is handled once the edits of these companies were; another's may still be lost."""
        handled = {key: each for key, each in current.whole.items() if key in companies}
        whole = {**current.whole, **self.whole, **handled} if self.digest else current.whole
        return replace(current, whole={key: whole[key] for key in current.whole})


@once_a_mapping
def _whole(mapping: MappingFile) -> Mapping[str, str]:
    return {key: whole_digest(rules) for key, rules in mapping.companies.items()}


def whole_digest(rules: CompanyRules) -> str:
    """A digest of the rules of a company whose effect no placement shows."""
    plain = rules.model_dump(mode="json", exclude={*SHOWN_BY_PLACEMENTS, *TOUCHES_NOBODY})
    plain["locations"] = [[row["rippling"], row["address"]] for row in plain["locations"]]
    if not rules.uses_pay:  # otherwise the ledger cannot tell the class
        plain.pop("employee_classes")
    for rule in plain.get("employee_classes", ()):  # the days say when, and not what
        rule.pop("from")
        rule.pop("until")
    text = json.dumps(plain, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
