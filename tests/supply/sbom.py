"""The bill of materials of what is deployed, as CycloneDX JSON."""

from __future__ import annotations

import json
from typing import Any

from connector import __version__
from tests.embedded.template import ROOT
from tests.supply.licences import licences_of
from tests.supply.pins import LAYER, Pin, pins_of

SBOM = ROOT / "sbom.cdx.json"
NAME = "rippling-visma-connector"
FORMAT = "http://cyclonedx.org/schema/bom-1.6.schema.json"


def bill() -> dict[str, Any]:
    """What the layers hold. Without a date or a serial number: the same pins make the same bill."""
    own = f"{NAME}@{__version__}"
    pins = sorted(pins_of(LAYER), key=lambda pin: pin.key)
    return {
        "$schema": FORMAT,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": NAME,
                "version": __version__,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(pin) for pin in pins],
        "dependencies": [{"ref": own, "dependsOn": [_purl(pin) for pin in pins]}],
    }


def text() -> str:
    """The bill as it is written to the file."""
    return json.dumps(bill(), indent=2) + "\n"


def _component(pin: Pin) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(pin),
        "name": pin.key,
        "version": pin.version,
        "scope": "required",
        "licenses": [{"expression": " OR ".join(sorted(licences_of(pin)))}],
        "purl": _purl(pin),
    }


def _purl(pin: Pin) -> str:
    return f"pkg:pypi/{pin.key}@{pin.version}"
