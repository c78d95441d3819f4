"""Which pinned packages have a known weakness, by OSV: its service, or a copy of its files."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packaging.version import Version

from tests.supply.pins import Pin

SERVICE = "https://api.osv.dev/v1/querybatch"
PATIENCE_SECONDS = 10.0

Found = dict[Pin, list[str]]
"""The ids of the advisories about each package that has any."""


class NotReachedError(Exception):
    """The service cannot be reached from here: nothing is known, neither good nor bad."""


def asked(pins: Iterable[Pin], service: str = SERVICE) -> Found:
    """What the service knows.

    Raises:
        NotReachedError: it did not answer, or not with what was asked for.
    """
    wanted = list(pins)
    queries = [
        {"package": {"ecosystem": "PyPI", "name": pin.key}, "version": pin.version}
        for pin in wanted
    ]
    request = urllib.request.Request(  # noqa: S310 - the address is ours
        service,
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            results = json.load(answer)["results"]
        found = zip(wanted, results, strict=True)
        return {pin: [each["id"] for each in told["vulns"]] for pin, told in found if told}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotReachedError(f"{service} did not answer ({error})") from None


def read(pins: Iterable[Pin], database: Path) -> Found:
    """What a folder of OSV files, one advisory each, knows.

    Raises:
        NotReachedError: there is no advisory in the folder.
    """
    wanted = {pin.key: pin for pin in pins}
    found: Found = {}
    paths = sorted(database.rglob("*.json"))
    if not paths:
        raise NotReachedError(f"{database} holds no advisory")
    for path in paths:
        advisory = json.loads(path.read_text(encoding="utf-8"))
        for pin in _hit(advisory, wanted):
            found.setdefault(pin, []).append(advisory["id"])
    return found


def _hit(advisory: dict[str, Any], wanted: dict[str, Pin]) -> Iterator[Pin]:
    if advisory.get("withdrawn"):
        return
    for affected in advisory.get("affected", []):
        package = affected["package"]
        pin = wanted.get(Pin(package["name"], "").key) if package["ecosystem"] == "PyPI" else None
        if pin and _is_affected(pin.version, affected):
            yield pin


def _is_affected(version: str, affected: dict[str, Any]) -> bool:
    if version in affected.get("versions", []):
        return True
    ranges = (each for each in affected.get("ranges", []) if each["type"] == "ECOSYSTEM")
    return any(_is_within(Version(version), each["events"]) for each in ranges)


def _is_within(version: Version, events: list[dict[str, str]]) -> bool:
    """The events of a range stand in the order of the versions."""
    is_within = False
    for event in events:
        ((kind, at),) = event.items()
        if kind == "introduced":
            is_within = is_within or version >= Version(at)
        elif kind == "fixed":
            is_within = is_within and version < Version(at)
        elif kind == "last_affected":
            is_within = is_within and version <= Version(at)
    return is_within
