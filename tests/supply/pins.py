"""The requirements files: every package at one version, with the hashes of all its files."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.embedded.template import ROOT

LAYER = ROOT / "layers" / "dependencies" / "requirements.txt"
FILES = (
    LAYER,
    ROOT / "requirements-dev.txt",
    ROOT / "requirements-pip.txt",
    ROOT / "tests" / "embedded" / "requirements.txt",
)
BENCH = tuple(sorted((ROOT / "tests" / "bench").glob("requirements-*.txt")))
"""The tools that `make bench` measures beside the connector; nothing of ours needs them."""

PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>[^\s;]+)(?P<marker>\s*;[^\\]*)?"
)
HASH = re.compile(r"^    --hash=sha256:(?P<digest>[0-9a-f]{64})(?: \\)?$")

# Asks for what is pinned and for nothing else; the answer names no index and no file.
COMPILE = (
    "--quiet", "--no-config", "--no-deps", "--universal", "--generate-hashes",
    "--no-header", "--no-annotate", "--no-strip-markers", "--python-version", "3.11",
)  # fmt: skip


@dataclass(frozen=True)
class Pin:
    """One package at one version, and the SHA-256 of every file that is released as it."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name as package indexes compare it."""
        return re.sub(r"[-_.]+", "-", self.name).lower()


def pins_of(path: Path) -> Iterator[Pin]:
    """The pins that stand in a file itself, in order; lines that it includes are left out."""
    pin: Pin | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := HASH.match(line):
            if pin is None:
                raise ValueError(f"{path.name}: a hash without a package: {line}")
            pin = Pin(pin.name, pin.version, (*pin.hashes, found["digest"]))
        else:
            if pin:
                yield pin
            found = PIN.match(line)
            pin = Pin(found["name"], found["version"]) if found else None
    if pin:
        yield pin


def renew_hashes(path: Path) -> None:
    """Writes under each pin of a file the hashes that the package index has for that version.

    Comments and order stay. Needs the index, and `uv` from the requirements of development.
    """
    bare = [line for line in path.read_text(encoding="utf-8").splitlines() if not HASH.match(line)]
    bare = [line.removesuffix(" \\") for line in bare]
    found = _asked([line for line in bare if PIN.match(line)])
    written: list[str] = []
    for line in bare:
        pin = PIN.match(line)
        hashes = found[Pin(pin["name"], "").key] if pin else ()
        written.append(f"{line} \\" if hashes else line)
        written += [f"    --hash=sha256:{each} \\" for each in hashes]
        if hashes:
            written[-1] = written[-1].removesuffix(" \\")
    path.write_text("\n".join(written) + "\n", encoding="utf-8")


def _asked(lines: list[str]) -> dict[str, tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        wanted, answer = Path(folder, "wanted.in"), Path(folder, "answer.txt")
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", *COMPILE]
        subprocess.run([*command, str(wanted), "-o", str(answer)], check=True)
        return {pin.key: pin.hashes for pin in pins_of(answer)}
