"""Where a report goes: into the bucket, and with the answer to the operator's machine.

An answer of the function is limited; what would be larger is named by where it is kept.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector.domain.errors import ConnectorError
from connector.domain.report.sheet import Sheet
from connector.ports.reports.bucket import ReportsBucket

LARGEST_ANSWER = 5_000_000
"""Bytes of files in an answer; AWS lets a function answer with six million in all."""

PAGE, TABLES = "report.html", "tables.zip"


@dataclass(frozen=True, slots=True)
class Delivered:
    """Under which key the page is kept, or why it is not; `files` are packed for the answer.

    `files` is empty where they are too large for one.
    """

    bucket: str
    key: str
    not_kept: str
    files: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Draws a report, keeps it, and packs it for the way to the operator."""

    bucket: ReportsBucket
    page_of: Callable[[Sheet], str]
    files_of: Callable[[Sheet], Mapping[str, str]]

    def deliver(self, sheet: Sheet, company: str) -> Delivered:
        """The report in the bucket, as a page and as tables, and what the answer carries of it."""
        page = sound(self.page_of(sheet))
        tables = {name: sound(text) for name, text in self.files_of(sheet).items()}
        folder = folder_of(sheet, company)
        not_kept = ""
        try:
            self.bucket.put(f"{folder}{TABLES}", zipped(tables), "application/zip")
            self.bucket.put(f"{folder}{PAGE}", page.encode(), "text/html; charset=utf-8")
        except ConnectorError as error:
            not_kept = str(error)
        packed = packed_files(page, tables)
        fits = len(packed) <= LARGEST_ANSWER
        key = "" if not_kept else f"{folder}{PAGE}"
        return Delivered(self.bucket.name, key, not_kept, packed if fits else "")


def sound(text: str) -> str:
    """The text without halves of characters, which a vendor may send and no file can hold."""
    return text.encode(errors="replace").decode()


def folder_of(sheet: Sheet, company: str) -> str:
    """Where a report is kept: no later one of the same month takes its place."""
    made_at = f"{sheet.made_at:%Y%m%dT%H%M%SZ}"
    return f"reports/{sheet.month}/{made_at}{f'-{company}' if company else ''}/"


def zipped(tables: Mapping[str, str]) -> bytes:
    """All tables in one file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return content.getvalue()


def packed_files(page: str, tables: Mapping[str, str]) -> str:
    """Page and tables as the answer carries them; `unpacked` of the verb reads it."""
    plain = json.dumps({"page": page, "tables": dict(tables)})
    return base64.b64encode(zlib.compress(plain.encode())).decode()
