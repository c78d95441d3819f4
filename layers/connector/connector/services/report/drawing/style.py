"""The style sheet of the page, and the policy that lets it be and forbids everything else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path


@cache
def style_sheet() -> str:
    """What stands in the page's only `style` element."""
    return Path(__file__).with_name("page.css").read_text("utf-8")


@cache
def policy() -> str:
    """A Content Security Policy for a page that has this style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
