"""The mapping as rows: one rule a row, in the words of the controller who reads and edits them.

Pure translation between a mapping and its rows; where rows are stored is not known here. A number
typed into a cell may come as text, and blanks around a text mean nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from connector.domain.employees import FIELDS
from connector.domain.errors import ConfigurationError, ConflictError, RetryableError
from connector.domain.mapping.base import did_you_mean
from connector.domain.mapping.derived import once_a_mapping
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.problems import message, no_such_key, path_of
from connector.domain.mapping.rules.places import MARK

NOTHING_YET = "there is no mapping yet; import one with: connector mappings import FILE"

DEPARTMENT, BRANCH, LOCATION, FIELD = "department", "branch", "location", "field"
CLASS, EXAMPLE = "employee_class", "example"
LISTS = {
    DEPARTMENT: "departments",
    BRANCH: "branches",
    LOCATION: "locations",
    CLASS: "employee_classes",
    EXAMPLE: "examples",
}
NAMED = {DEPARTMENT: "rippling", BRANCH: "legal_entity", LOCATION: "rippling"}
"""The kinds of rows that name something, and the attribute that says what."""
NUMBERED = (CLASS, EXAMPLE)
DEFAULTS = "defaults"
PARTS = (DEFAULTS, "scope", "guards", "labour", "payroll")
ALL = "all"
SETTINGS = "company#settings"
SETTING_NAMES = (
    "legal_entities",
    "time_zone",
    "employee_code",
    "cost_centre_segment",
    "department_custom_field",
    "email",
    "lead_days",
)
NO_SETTINGS = "there is no such row; it has to name legal_entities and time_zone"
KINDS = (
    f"{DEPARTMENT}#NAME, {BRANCH}#NAME, {LOCATION}#NAME, {CLASS}#NUMBER, {EXAMPLE}#NUMBER,"
    f" {FIELD}#NAME, {SETTINGS}, {', '.join(f'{part}#{ALL}' for part in PARTS)}"
)
STEP = 10

LONGEST_SOURCE = 960
"""So many bytes of a key may stand behind its kind: a name has 800 at most, a key 1024."""

OF_SOME = ("when", "from", "until")
"""Attributes by which a row is one of several for the same thing."""

IMPORT_SENTINEL = ("-", "import")
"""The key of the row that stands in the table while an import is under way; it is no rule."""

CHANGED_MEANWHILE = (
    "the mapping was changed meanwhile, by another import or by hand: nothing was written;"
    " look with `connector mappings diff` and say it again"
)

Row = dict[str, Any]


def to_rows(mapping: MappingFile) -> list[Row]:
    """A mapping as rows, everything spelled out."""
    return [
        {"company": company, "rule": rule, **values}
        for company, rules in mapping.companies.items()
        for rule, values in _rules_of(rules)
    ]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> MappingFile:
    """The mapping that rows tell of; the order of the rows of one kind is kept.

    Raises:
        ConfigurationError: with every problem, each naming the company and the rule.
    """
    reading = _Reading()
    for row in rows:
        reading.add(row)
    return reading.mapping()


def difference(
    resting: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]
) -> tuple[list[Row], list[Row]]:
    """The rows to write and the rows to remove, in an order that is safe to be cut short.

    A company's settings come last and go first: rows without settings stop everything, while half
    the rules of a company would put people in the wrong place.
    """
    before = {row_key(row): dict(row) for row in resting}
    after = {row_key(row): dict(row) for row in wanted}
    written = [row for key, row in after.items() if before.get(key) != row]
    removed = [row for key, row in before.items() if key not in after]
    written.sort(key=_is_settings)
    removed.sort(key=_is_settings, reverse=True)
    return written, removed


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """What tells one set of rows from another, whatever their order."""
    ordered = sorted(map(dict, rows), key=row_key)
    text = json.dumps(ordered, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def must_be_as_seen(rows: Iterable[Mapping[str, Any]], seen: str | None) -> None:
    """Ends a change of the mapping that was decided by other rows than there are.

    Raises:
        ConflictError: their digest is another than was seen.
    """
    if seen is not None and digest(rows) != seen:
        raise ConflictError(CHANGED_MEANWHILE)


def under_way() -> RetryableError:
    """The error of whoever comes while somebody else is replacing the mapping."""
    return RetryableError("a mapping import is under way; it is over within two minutes")


@once_a_mapping
def digest_of(mapping: MappingFile) -> str:
    """What tells a mapping from another: the digest of its rows."""
    return digest(to_rows(mapping))


def row_key(row: Mapping[str, Any]) -> tuple[str, str]:
    """The key of a row, by which rows are sorted where they are stored."""
    return row["company"], row["rule"]


def _is_settings(row: Mapping[str, Any]) -> bool:
    return bool(row["rule"] == SETTINGS)


def _rules_of(rules: CompanyRules) -> Iterator[tuple[str, Row]]:
    plain = listed_rows(rules.model_dump(exclude_none=True))
    yield SETTINGS, {name: plain[name] for name in SETTING_NAMES if name in plain}
    for part in PARTS:
        if plain.get(part):
            yield f"{part}#{ALL}", plain[part]
    for kind in NAMED:
        for rule, row in zip(getattr(rules, LISTS[kind]), plain[LISTS[kind]], strict=True):
            yield f"{kind}#{source_of(rule.label)}", row
    for kind in NUMBERED:
        for position, row in enumerate(plain[LISTS[kind]], start=1):
            yield f"{kind}#{position * STEP:03}", row
    for path, owner in plain["fields"].items():
        yield f"{FIELD}#{path}", {"owner": owner}


def source_of(label: str) -> str:
    """What a row is called in its key: where that is too long, a digest for its conditions."""
    if len(label.encode()) <= LONGEST_SOURCE:
        return label
    name, mark, conditions = label.partition(MARK)
    return f"{name}{mark}{hashlib.sha256(conditions.encode()).hexdigest()[:16]}"


def listed_rows(value: Any) -> Any:
    """The same with lists for tuples, which is how a table gives them back."""
    if isinstance(value, dict):
        return {name: listed_rows(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [listed_rows(inner) for inner in value]
    return value


@dataclass(slots=True)
class _Company:
    """The rows of one company, by kind, as far as they could be read."""

    settings: Row | None = None
    parts: dict[str, Row] = field(default_factory=dict)
    fields: Row = field(default_factory=dict)
    numbered: dict[tuple[str, int], str] = field(default_factory=dict)
    lists: dict[str, list[tuple[str, Row]]] = field(
        default_factory=lambda: {kind: [] for kind in LISTS}
    )

    def plain(self) -> Row:
        """The rows as one part of a mapping file."""
        for kind in NUMBERED:
            self.lists[kind].sort(key=lambda entry: _number_of(entry[0]))
        lists = {
            LISTS[kind]: [values for _, values in entries] for kind, entries in self.lists.items()
        }
        return {**(self.settings or {}), **self.parts, **lists, "fields": self.fields}

    def rule_at(self, location: Sequence[int | str]) -> tuple[str, Sequence[int | str]]:
        """The rule that stands at a place of `plain()`, and the rest of the way."""
        head, rest = location[0], location[1:]
        kinds = {name: kind for kind, name in LISTS.items()}
        if head in kinds and rest:
            return self.lists[kinds[str(head)]][int(rest[0])][0], rest[1:]
        if head == "fields" and rest:
            return f"{FIELD}#{rest[0]}", rest[1:]
        if head in PARTS:
            return f"{head}#{ALL}", rest
        if head in SETTING_NAMES:
            return SETTINGS, location
        return str(head), rest


class _Reading:
    """Rows being read: what they amount to, and everything that is wrong with them."""

    def __init__(self) -> None:
        self._companies: dict[str, _Company] = {}
        self._problems: list[str] = []
        self._seen: set[tuple[str, str]] = set()

    def add(self, row: Mapping[str, Any]) -> None:
        """Takes in one row."""
        name = str(row.get("company", "")).strip()
        kind, sign, source = (part.strip() for part in str(row.get("rule", "")).partition("#"))
        rule = f"{kind}{sign}{source}"
        company = self._companies.setdefault(name, _Company())
        problems = [] if (name, rule) not in self._seen else ["there is more than one such row"]
        self._seen.add((name, rule))
        problems += _take(company, kind, source, _cleaned(row))
        self._problems += [f"{name}, {rule}: {problem}" for problem in problems]

    def mapping(self) -> MappingFile:
        """What the rows amount to."""
        if not self._companies:
            raise ConfigurationError(NOTHING_YET)
        plain = {name: company.plain() for name, company in sorted(self._companies.items())}
        for name, company in self._companies.items():
            if company.settings is None:
                self._problems.append(f"{name}, {SETTINGS}: {NO_SETTINGS}")
        mapping = self._validated({"companies": plain})
        if mapping is None or self._problems:
            raise ConfigurationError(self._problems)
        return mapping

    def _validated(self, plain: Mapping[str, Any]) -> MappingFile | None:
        try:
            return MappingFile.model_validate(plain)
        except ValidationError as error:
            self._problems += filter(None, map(self._told, error.errors()))
            return None

    def _told(self, problem: Mapping[str, Any]) -> str | None:
        """A problem with the company and the rule it belongs to; None where it has been told."""
        location = problem["loc"][1:]
        if not location:
            return message(problem)
        name, rest = str(location[0]), location[1:]
        if not rest or rest[0] == "[key]":
            return f"{name}: {message(problem)}"
        company = self._companies[name]
        rule, rest = company.rule_at(rest)
        if rule == SETTINGS and company.settings is None:
            return None
        where = f"{path_of(rest)}: " if rest else ""
        return f"{name}, {rule}: {where}{message(problem)}"


def _take(company: _Company, kind: str, source: str, values: Row) -> list[str]:
    """Puts a row where it belongs; what is wrong with it that its place cannot tell."""
    if kind in NAMED:
        return _take_named(company, kind, source, values)
    if kind in NUMBERED:
        return _take_numbered(company, kind, source, values)
    if kind == FIELD:
        return _take_field(company, source, values)
    if f"{kind}#{source}" == SETTINGS:
        company.settings = {name: value for name, value in values.items() if name in SETTING_NAMES}
        return unknown_keys(values, SETTING_NAMES)
    if kind in PARTS and source == ALL:
        company.parts[kind] = values
        return []
    return [f"there is no such rule; there are {KINDS}"]


def _take_named(company: _Company, kind: str, source: str, values: Row) -> list[str]:
    is_one_of_several = any(values.get(name) for name in OF_SOME)
    named = source.partition(MARK)[0] if is_one_of_several else source
    attribute = NAMED[kind]
    told = str(values.get(attribute, named))
    company.lists[kind].append((f"{kind}#{source}", {attribute: told, **values}))
    # Behind the mark anything may stand that tells a row from the others for the same thing.
    is_same = f"{source}{MARK}".startswith(f"{told}{MARK}")
    return [] if is_same else [f"{attribute} says {told}; make it the same as in the rule"]


def _take_numbered(company: _Company, kind: str, source: str, values: Row) -> list[str]:
    if not source.isdecimal():
        return ["write a number after the #; the rows are taken in the order of their numbers"]
    rule = f"{kind}#{source}"
    other = company.numbered.setdefault((kind, int(source)), rule)
    company.lists[kind].append((rule, values))
    return [f"{other} has the same number"] if other != rule else []


def _take_field(company: _Company, source: str, values: Row) -> list[str]:
    if source not in FIELDS:
        has = f"Visma has no such field; it has {', '.join(FIELDS)}"
        return [f"{has}{did_you_mean(source, FIELDS)}"]
    company.fields[source] = values.get("owner")
    return unknown_keys(values, ("owner",))


def _number_of(rule: str) -> int:
    return int(rule.partition("#")[2])


def unknown_keys(values: Iterable[str], known: Sequence[str]) -> list[str]:
    """A problem for each key that no rule has."""
    return [f"{name}: {no_such_key(name, known)}" for name in values if name not in known]


def _cleaned(row: Mapping[str, Any]) -> Row:
    """The cells of a row; one that was emptied counts as left out."""
    cells = {
        name: plain_cell(value) for name, value in row.items() if name not in ("company", "rule")
    }
    return {name: value for name, value in cells.items() if value not in (None, "")}


def plain_cell(value: Any) -> Any:
    """A cell of the table as the mapping takes it."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, set | frozenset):
        return sorted(map(plain_cell, value))
    if isinstance(value, dict):
        return {name: plain_cell(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return list(map(plain_cell, value))
    return order_number(value)


def order_number(value: Any) -> Any:
    """The number of a rule, as the table gives it."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
