"""Under which licence each pinned package stands, and which licences are taken."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

from tests.embedded.template import ROOT
from tests.supply.pins import Pin

DEPLOYED = frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MPL-2.0", "PSF-2.0"})
"""What may be deployed: asks for its text to be kept, and for nothing of the code around it."""

TOOLS = DEPLOYED | {"Artistic-1.0", "BSD", "CNRI-Python", "ISC", "MIT-0"}
"""What may be used to build and test, and reaches no one."""

# In the words of packages that do not tell it as an SPDX expression.
SPDX = {
    "Apache Software License": "Apache-2.0",
    "Artistic License": "Artistic-1.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
SILENT = {"atheris": "Apache-2.0", "cookiecutter": "BSD-3-Clause"}
"""Told by the file LICENSE alone."""


def licences_of(pin: Pin) -> frozenset[str]:
    """The licences to choose from, as SPDX ids, by what the installed package says; maybe none.

    Where all of several licences hold, they are one choice, joined by ` AND `.
    """
    installed = _installed().get(pin.key)
    if installed is None:
        return frozenset()
    if expression := _said(installed, "License-Expression"):
        return frozenset(re.sub(r"[()]", "", expression).split(" OR "))
    told = installed.metadata.get_all("Classifier") or []
    named = (each.rpartition(" :: ")[2] for each in told if each.startswith("License ::"))
    known = {SPDX[each] for each in named if each in SPDX}
    short = _said(installed, "License")
    if not known and short in DEPLOYED:
        known = {short}
    return frozenset(known or ({SILENT[pin.key]} if pin.key in SILENT else set()))


def is_taken(pin: Pin, taken: frozenset[str]) -> bool:
    """Whether a package may be used where these licences are taken."""
    return any(set(each.split(" AND ")) <= taken for each in licences_of(pin))


def _said(installed: Distribution, field: str) -> str:
    return "".join(installed.metadata.get_all(field) or [])


@cache
def _installed() -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for environment in (".venv", ".venv-aws"):
        for folder in Path(ROOT, environment).glob("lib/python3*/site-packages"):
            for each in distributions(path=[str(folder)]):
                found.setdefault(Pin(each.metadata["Name"], "").key, each)
    return found
