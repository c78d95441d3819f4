"""The layers, built as `sam build` builds them, but for what SAM does around it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.embedded.stack import FETCHED, isolated_environment, machine_parameters
from tests.embedded.template import ROOT

LAYERS = {"ConnectorLayer": "connector", "DependenciesLayer": "dependencies"}
TARGETS = ROOT / "layers" / "targets"


def makefile() -> Path:
    """The Makefile for the Python and the processor of this machine."""
    machine = machine_parameters()
    return TARGETS / f"{machine['PythonRuntime']}-{machine['Architecture']}" / "Makefile"


def build(name: str, folder: Path, makefile: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Builds a layer in a copy of its folder, as SAM does: where its packages are, and its output.

    Nothing is fetched: set-up has done so.
    """
    source, artifacts = folder / "source", folder / "artifacts"
    shutil.copytree(ROOT / "layers" / LAYERS[name], source)
    artifacts.mkdir()
    done = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "--makefile", str(makefile), f"build-{name}"],  # noqa: S607
        cwd=source,
        env={**isolated_environment(), **FETCHED, "ARTIFACTS_DIR": str(artifacts)},
        capture_output=True,
        text=True,
        check=False,
    )
    return artifacts / "python", done
