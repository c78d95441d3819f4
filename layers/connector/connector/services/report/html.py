"""The report as one HTML file that needs nothing else: no script, no picture, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.services.report.drawing.style import policy, style_sheet
from connector.services.report.drawing.tables import rows_of, table_of
from connector.services.report.drawing.top import banner_of, contents_of, month_of, verdict_of
from connector.services.report.drawing.values import safe, sentence
from connector.services.report.naming import named

if TYPE_CHECKING:
    from connector.domain.report.sheet import Section, Sheet, Table


def page_of(sheet: Sheet) -> str:
    """The whole page; whatever stands in a cell is text in it, and nothing else."""
    sections = tuple(named(sheet))
    title = f"{month_of(sheet)}: {'ready' if sheet.is_ready else 'not ready'} to close"
    drawn = "\n".join(_section(*each) for each in sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{safe(title)} ({safe(sheet.stack)})</title>
<style>{style_sheet()}</style>
</head>
<body>
<a class="skip" href="#page-sections">Skip to the sections</a>
{banner_of(sheet)}
<main>
{verdict_of(sheet, sections)}
<div class="page">
{contents_of(sections)}
<div id="page-sections" tabindex="-1">
{drawn}
</div>
</div>
</main>
</body>
</html>
"""


def _section(name: str, section: Section, tables: tuple[tuple[str, Table], ...]) -> str:
    note = f'<p class="note">{sentence(section.note)}</p>' if section.note else ""
    reasons = "".join(f"<li>{sentence(reason)}</li>" for reason in section.needs_human)
    needs = f'<ul class="needs">{reasons}</ul>' if reasons else ""
    is_alone = len(tables) == 1 and tables[0][1].title == section.title
    within = None if is_alone else section.title
    parts = "\n".join(table_of(own, table, within) for own, table in tables)
    rows = rows_of(tables[0][1]) if is_alone else ""
    return f"""<section id="{name}" aria-labelledby="page-title-{name}" tabindex="-1">
<h2 id="page-title-{name}">{safe(section.title)}{rows}</h2>
{note}{needs}<div class="parts">{parts}</div>
<p class="back"><a href="#page-contents">Back to contents</a></p>
</section>"""
