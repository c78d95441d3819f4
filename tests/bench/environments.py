"""The peers' environments: one for each, of pinned packages, outside everything else.

They are made when they are first wanted, and again when their pins or the interpreter change.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.bench.running import ENVIRONMENTS
from tests.embedded.template import ROOT
from tests.supply.pins import BENCH

# As for our own environments: every package is pinned with its hashes, so nothing is resolved.
INSTALL = ("-m", "pip", "install", "-q", "-q", "--no-deps", "--disable-pip-version-check",
    "--require-hashes", "-r")  # fmt: skip
PEERS = {path.stem.removeprefix("requirements-"): path for path in BENCH}


def make_environments(peers: Iterable[str]) -> None:
    """Makes the environments of these peers, where they are not there already.

    Raises:
        CalledProcessError: an environment cannot be made; pip has said why.
    """
    for peer in sorted(set(peers) - {""}):
        stamp = ENVIRONMENTS / peer / ".ready"
        wanted = _checksum(PEERS[peer])
        if stamp.exists() and stamp.read_text("ascii") == wanted:
            continue
        print(f"making .local/bench/{peer}", flush=True)
        _make(ENVIRONMENTS / peer, PEERS[peer])
        stamp.write_text(wanted, "ascii")


def _make(folder: Path, requirements: Path) -> None:
    python = str(folder / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    tools = str(ROOT / "requirements-pip.txt")
    for pins in (tools, str(requirements)):
        subprocess.run([python, *INSTALL, pins], check=True)
    # Else the first run of each tool would be measured while it compiles.
    compiling = [python, "-m", "compileall", "-q", "-j", "2", str(folder / "lib")]
    subprocess.run(compiling, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _checksum(requirements: Path) -> str:
    content = requirements.read_bytes() + sys.version.encode()
    return hashlib.sha256(content).hexdigest()
