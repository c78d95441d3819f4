"""The top of the page: which month, made when and where, may it be closed, and what follows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from connector.services.report.drawing.values import safe, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.report.sheet import Section, Sheet, Table

    Named = Sequence[tuple[str, Section, tuple[tuple[str, Table], ...]]]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def month_of(sheet: Sheet) -> str:
    """The month in words, as `November 2026`, whatever language the machine speaks."""
    first = date.fromisoformat(f"{sheet.month}-01")
    return f"{MONTHS[first.month - 1]} {first.year}"


def banner_of(sheet: Sheet) -> str:
    """Which report this is: the month, the stack, its mode, and when it was made."""
    facts = {
        "Month": sheet.month, "Stack": sheet.stack, "Mode": sheet.mode,
        "Made at": moment(sheet.made_at),
    }  # fmt: skip
    listed = "".join(
        f"<div><dt>{name}</dt><dd>{safe(fact)}</dd></div>" for name, fact in facts.items() if fact
    )
    return f"""<header class="top">
<h1>Month-end report <span class="month">{month_of(sheet)}</span></h1>
<dl class="facts">{listed}</dl>
</header>"""


def moment(made_at: datetime) -> str:
    """A time to the minute, with its zone: `2026-12-01 07:30 CET (UTC+01:00)`.

    Raises:
        ValueError: the time has no zone.
    """
    zone = made_at.tzname()
    if zone is None:
        raise ValueError("a report says when it was made, with the zone")
    offset = f"{made_at:%z}"
    written = f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{made_at:%Y-%m-%d %H:%M} " + ("UTC" if zone == "UTC" else f"{zone} ({written})")


def verdict_of(sheet: Sheet, sections: Named) -> str:
    """Whether the month may be closed, in words, and why not, each reason with its section."""
    month = month_of(sheet)
    if sheet.is_ready:
        return f"""<section class="verdict yes" aria-labelledby="page-verdict">
<h2 id="page-verdict">Ready to close: <strong>yes</strong></h2>
<p>Nothing keeps {month} open.</p>
</section>"""
    items = "".join(
        f'<li><span class="where">{safe(section.title)}</span> '
        f"<ul>{_links(name, section)}</ul></li>"
        for name, section, _ in sections
        if section.needs_human
    )
    number = len(sheet.reasons)
    keeps = "1 reason keeps" if number == 1 else f"{number} reasons keep"
    return f"""<section class="verdict no" aria-labelledby="page-verdict">
<h2 id="page-verdict">Ready to close: <strong>no</strong></h2>
<p>{keeps} {month} open:</p>
<ul class="reasons">{items}</ul>
</section>"""


def _links(name: str, section: Section) -> str:
    return "".join(
        f'<li><a href="#{name}">{sentence(reason)}</a></li>' for reason in section.needs_human
    )


def contents_of(sections: Named) -> str:
    """Links to all sections, with how many reasons each has against closing."""
    items = "".join(
        f'<li><a href="#{name}">{safe(section.title)}{_mark(len(section.needs_human))}</a></li>'
        for name, section, _ in sections
    )
    return f"""<nav aria-labelledby="page-contents">
<h2 id="page-contents" tabindex="-1">Contents</h2>
<ul>{items}</ul>
</nav>"""


def _mark(reasons: int) -> str:
    if not reasons:
        return ""
    what = "reason" if reasons == 1 else "reasons"
    return f' <span class="mark">{reasons}<span class="unseen"> {what} not to close</span></span>'
