"""Cached reference data in the `WatermarksTable`, readable in the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from connector.adapters.aws.watermarks.table import without_empty
from connector.domain.catalogue import Catalogue, Department, EmployeeKey
from connector.domain.facts import alike
from connector.domain.mapping.naming.bindings import ALONE, EARLIER, Binding
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.sighting import Seen
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from connector.adapters.aws.dynamodb import Item
    from connector.adapters.aws.watermarks.table import WatermarksTable

NAMES = "names"
NO_DAY = "0001-01-01"

Made = TypeVar("Made", Binding, Department, EmployeeKey)


class DynamoReferenceCache:
    """A row for each company's catalogue, and one for the names of things in Rippling."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def catalogue(self, company: str) -> Catalogue:
        item = self._rows.read(f"catalogue {company}")
        departments, read_at = item.get("departments", {}), item.get("read_at", {})
        return Catalogue(
            departments={key: _made(Department, values) for key, values in departments.items()},
            branches=item.get("branches", {}),
            cost_centres=item.get("cost_centres", {}),
            employee_key=_made(EmployeeKey, item.get("employee_key", {})),
            read_at={part: datetime.fromisoformat(at) for part, at in read_at.items()},
        )

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        departments = catalogue.departments.items()
        values = {
            "departments": {
                key: without_empty(asdict(department)) for key, department in departments
            },
            "branches": dict(catalogue.branches),
            "cost_centres": dict(catalogue.cost_centres),
            "employee_key": without_empty(asdict(catalogue.employee_key)),
            "read_at": {part: timestamp(at) for part, at in catalogue.read_at.items()},
        }
        self._rows.put_of_any_size(f"catalogue {company}", values)

    def names(self) -> NameMemory:
        return _memory_in(self._rows.read(NAMES))

    def share(self, memory: NameMemory) -> NameMemory:
        item = self._rows.change(
            NAMES, lambda stored: _memory_as_item(memory.merged(_memory_in(stored)))
        )
        return _memory_in(item)


def _memory_in(item: Item) -> NameMemory:
    read_at, looked = item.get("read_at"), item.get("looked", "")
    called = item.get("called", {}).items()
    return NameMemory(
        read_at=datetime.fromisoformat(read_at) if read_at else None,
        read_under=item.get("read_under", ""),
        locations=item.get("locations", {}),
        used={key: tuple(names) for key, names in item.get("used", {}).items()},
        used_in={key: tuple(keys) for key, keys in item.get("used_in", {}).items()},
        called={key: _seen_in(each, looked) for key, each in called},
        bindings=_bindings_in(item["bindings"]) if "bindings" in item else _earlier(item),
        looked=looked,
        swept=item.get("swept_whole", {}),  # not `swept` of earlier: any sweep, also of nothing
    )


def _seen_in(item: Sequence[str], looked: str) -> Seen:
    """What a thing was called; an earlier version stored no moment."""
    name, code, at = (*item[:3], looked)[:3]
    return Seen(name, code, at)


def _memory_as_item(memory: NameMemory) -> dict[str, object]:
    values = {
        "read_at": timestamp(memory.read_at) if memory.read_at else "",
        "read_under": memory.read_under,
        "locations": dict(memory.locations),
        "used": {key: list(names) for key, names in memory.used.items()},
        "used_in": {key: list(keys) for key, keys in memory.used_in.items()},
        "looked": memory.looked,
        "swept_whole": dict(memory.swept),
        "called": {key: list(each) for key, each in memory.called.items()},
        "bindings": {
            key: {digest: asdict(one) for digest, one in versions.items()}
            for key, versions in memory.bindings.items()
        },
    }
    return without_empty(values)


def _bindings_in(item: Item) -> dict[str, dict[str, Binding]]:
    return {
        key: {digest: _binding_in(one) for digest, one in versions.items()}
        for key, versions in item.items()
    }


def _earlier(item: Item) -> dict[str, dict[str, Binding]]:
    """What words meant to a version that stored who had each, and former names of the others."""
    held = {
        key: Binding({thing: day}, day, used=day)
        for key, (thing, day) in item.get("held_by", {}).items()
    }
    for key, names in item.get("used", {}).items():
        kind, _, thing = key.partition(" ")
        if kind in ALONE or not names:
            continue
        word = f"{kind} {alike(names[0])}"
        known = held.get(word, Binding(used=NO_DAY))
        held[word] = replace(known, holders={**known.holders, thing: NO_DAY})
    return {key: {EARLIER: one} for key, one in held.items()}


def _binding_in(item: Item) -> Binding:
    lists = {name: tuple(item.get(name, ())) for name in ("strangers", "presumed")}
    return _made(Binding, {**item, **lists})


def _made(kind: type[Made], item: Item) -> Made:
    """Something of what a row has of it; a later version may store more than is known here."""
    return kind(**{each.name: item[each.name] for each in fields(kind) if each.name in item})
