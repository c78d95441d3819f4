"""The page as text: what stands where, and that nothing in a value becomes part of the page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from connector.domain.report.sheet import Cell, Column, Section, Sheet, Table, Unit
from connector.services.report.html import page_of
from tests.support.report import (
    CET,
    LONG_CODE,
    MADE_AT,
    PICTURE,
    SCRIPT,
    hostile,
    not_ready,
    ready,
)

VOID = {"meta", "rect"}


class Page(HTMLParser):
    """What a parser sees of a page: elements in order, with attributes and text."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.source = page_of(sheet)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for each, attributes in self.elements if each == tag]

    def text(self) -> str:
        return "".join(text for tag, text in self.texts if tag != "style")


def a_sheet(*tables: Table, needs_human: tuple[str, ...] = ()) -> Sheet:
    section = Section("s", "Section", tables, needs_human)
    return Sheet("2026-11", MADE_AT, "stack", "live", (section,))


def cell_of(cell: Cell, unit: Unit = Unit.TEXT) -> str:
    table = Table("t", "T", (Column("A"), Column("B", unit)), (("x", cell), ("y", cell)))
    found = re.search(r"<td[^>]*>(.*?)</td>", page_of(a_sheet(table)))
    assert found
    return found[1]


def test_the_top_says_month_stack_mode_and_when_with_the_zone() -> None:
    text = Page(not_ready()).text()

    for fact in ("November 2026", "2026-11", "nordfab-prod", "live"):
        assert fact in text
    assert "2026-12-01 07:30 CET (UTC+01:00)" in text
    in_utc = replace(not_ready(), made_at=datetime(2026, 12, 1, 6, 30, tzinfo=UTC))
    assert "2026-12-01 06:30 UTC<" in page_of(in_utc)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="with the zone"):
        page_of(replace(not_ready(), made_at=datetime(2026, 12, 1, 6, 30)))  # noqa: DTZ001


def test_a_month_that_is_not_ready_says_so_and_every_reason_leads_to_its_section() -> None:
    page = Page(not_ready())

    assert "Ready to close: no" in page.text()
    assert "5 reasons keep November 2026 open" in page.text()
    verdict = page.source.split('class="reasons"')[1].split("</section>")[0]
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', verdict)
    assert [text for _, text in links] == list(not_ready().reasons)
    assert [name for name, _ in links] == ["waiting", "waiting", "held", "rejected", "gaps"]
    assert "not ready to close" in page.source.split("</title>")[0]


def test_a_month_that_is_ready_says_so_and_has_no_reasons() -> None:
    page = Page(ready())

    assert "Ready to close: yes" in page.text()
    assert "Nothing keeps November 2026 open." in page.text()
    assert 'class="reasons"' not in page.source
    assert "November 2026: ready to close" in page.source.split("</title>")[0]


def test_one_reason_is_told_in_the_singular() -> None:
    assert "1 reason keeps November 2026 open:" in page_of(a_sheet(needs_human=("This.",)))


def test_every_link_leads_somewhere_within_the_page_and_every_id_is_there_once() -> None:
    for sheet in (not_ready(), ready(), hostile()):
        page = Page(sheet)
        ids = Counter(a["id"] for _, a in page.elements if "id" in a)
        assert max(ids.values()) == 1
        targets = [str(a["href"]) for a in page.all("a")]
        assert all(target.startswith("#") and target[1:] in ids for target in targets)
        assert {str(a["href"])[1:] for a in page.all("a")} >= {
            s["id"] for s in page.all("section") if "id" in s
        }


def test_there_is_one_first_heading_and_none_is_skipped() -> None:
    for sheet in (not_ready(), ready(), hostile()):
        levels = [int(tag[1]) for tag, _ in Page(sheet).elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_every_header_its_scope() -> None:
    page = Page(not_ready())

    assert len(page.all("table")) == len(page.all("caption")) == 15
    assert {a.get("scope") for a in page.all("th")} == {"col", "row"}
    rows = sum(len(t.rows) + bool(t.totals) for s in not_ready().sections for t in s.tables)
    assert sum(a["scope"] == "row" for a in page.all("th")) == rows


def test_the_language_and_the_landmarks_are_named() -> None:
    page = Page(not_ready())

    assert page.all("html") == [{"lang": "en"}]
    for landmark in ("header", "main", "nav"):
        assert len(page.all(landmark)) == 1
    assert all("aria-labelledby" in a for a in page.all("section"))
    assert all(a["aria-label"] for a in page.all("div") if a.get("role") == "region")


def test_an_empty_table_is_a_sentence_instead() -> None:
    page = Page(not_ready())

    assert "No one is in conflict." in page.text()
    assert "No code is blocked." in page.text()


@pytest.mark.parametrize(
    ("cell", "unit", "shown"),
    [
        (1234567, Unit.COUNT, "1\u202f234\u202f567"),
        (-12, Unit.COUNT, "\u221212"),
        (Decimal("1234.5"), Unit.MONEY, "1\u202f234.50"),
        (Decimal("-0.005"), Unit.MONEY, "0.00"),
        (12, Unit.MONEY, "12.00"),
        (Decimal("0.75"), Unit.COUNT, "0.75"),
        (1042, Unit.CODE, "1042"),
        ("0400", Unit.CODE, "0400"),
        (2026, Unit.TEXT, "2026"),
        (date(2026, 11, 3), Unit.DAY, "2026-11-03"),
        (datetime(2026, 11, 3, 9, 5, tzinfo=CET), Unit.DAY, "2026-11-03 09:05+01:00"),
        ("unknown", Unit.MONEY, "unknown"),
    ],
)
def test_a_value_is_written_for_what_it_is(cell: Cell, unit: Unit, shown: str) -> None:
    assert cell_of(cell, unit) == shown


def test_no_value_is_a_dash_for_the_eye_and_words_for_the_ear() -> None:
    assert cell_of(None) == (
        '<span class="none" aria-hidden="true">\u2013</span><span class="unseen">no value</span>'
    )


def test_money_names_its_currency_in_the_head_of_its_column() -> None:
    table = Table(
        "t", "T", (Column("A"), Column("Cost", Unit.MONEY)), (("x", Decimal(1)),), currency="NOK"
    )

    assert '<th scope="col" class="number">Cost (NOK)</th>' in page_of(a_sheet(table))


def bars_of(rows: tuple[tuple[Cell, ...], ...], *units: Unit) -> list[tuple[str, float]]:
    columns = (Column("A"), *(Column("B", unit, is_bar=True) for unit in units))
    page = Page(a_sheet(Table("t", "T", columns, rows)))
    rects = [a for a in page.all("rect") if a["class"] != "ground"]
    assert all(a["aria-hidden"] == "true" for a in page.all("svg"))
    return [(str(a["class"]), float(str(a["width"]))) for a in rects]


def test_bars_of_one_unit_have_one_scale_across_columns_and_rows() -> None:
    rows: tuple[tuple[Cell, ...], ...] = (("a", 50, 100), ("b", 25, 0))

    assert bars_of(rows, Unit.COUNT, Unit.COUNT) == [
        ("series-1", 50.0), ("series-2", 100.0), ("series-1", 25.0), ("series-2", 0.0),
    ]  # fmt: skip


def test_heads_and_money_are_not_drawn_to_the_same_scale() -> None:
    rows: tuple[tuple[Cell, ...], ...] = (("a", 3, Decimal(300_000)),)

    assert [width for _, width in bars_of(rows, Unit.COUNT, Unit.MONEY)] == [100.0, 100.0]


def test_a_little_is_seen_nothing_is_not_and_below_zero_looks_otherwise() -> None:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("a", 100_000), ("b", 1), ("c", 0), ("d", None), ("e", -50_000), ("f", Decimal("NaN")),
    )  # fmt: skip

    assert bars_of(rows, Unit.COUNT) == [
        ("series-1", 100.0), ("series-1", 1.0), ("series-1", 0.0), ("series-1", 0.0),
        ("below", 50.0), ("series-1", 0.0),
    ]  # fmt: skip


def test_totals_are_a_foot_without_bars_and_do_not_shrink_the_others() -> None:
    columns = (Column("A"), Column("B", Unit.COUNT, is_bar=True))
    page = Page(a_sheet(Table("t", "T", columns, (("x", 10),), totals=("All", 1000))))

    assert [a["width"] for a in page.all("rect") if a["class"] == "series-1"] == ["100.0"]
    foot = page.source.split("<tfoot>")[1].split("</tfoot>")[0]
    assert "1\u202f000" in foot
    assert "<svg" not in foot


def test_markup_in_any_text_is_text() -> None:
    page = Page(hostile())

    tags = Counter(tag for tag, _ in page.elements)
    assert not {"script", "img", "b", "iframe", "link", "form"} & set(tags)
    assert not [name for _, a in page.elements for name in a if name.startswith("on")]
    assert page.text().count(SCRIPT) > 5
    assert page.text().count(PICTURE) > 5
    assert LONG_CODE in page.text()
    assert page.open == []


def test_characters_that_hide_or_turn_text_are_named() -> None:
    page = Page(hostile())

    assert "approved by [U+202E]irak[U+2066]" in page.text()
    assert "ingen[U+D800]" in page.text()
    assert "[U+0000][U+001B][31m" in page.text()
    assert page.source.encode("utf-8")


def test_the_policy_lets_in_the_style_of_the_page_and_nothing_else() -> None:
    page = Page(hostile())

    [policy] = [a["content"] for a in page.all("meta") if a.get("http-equiv")]
    [style] = [text for tag, text in page.texts if tag == "style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not [a for _, a in page.elements if "style" in a]


def test_the_page_names_no_address_outside_itself() -> None:
    page = Page(not_ready())

    assert "//" not in page.source.replace("</", "").replace("<!doctype", "")
    assert not [a for _, a in page.elements if "src" in a]
    assert "url(" not in page.source
    assert "@import" not in page.source


def test_a_report_without_sections_is_a_page_too() -> None:
    page = Page(replace(not_ready(), sections=()))

    assert "Ready to close: yes" in page.text()


def test_what_to_type_is_set_apart_within_a_sentence_and_cannot_bring_markup() -> None:
    sheet = a_sheet(needs_human=("Type `connector held`, then <b>.", "One ` alone, `<i>` within."))

    source = page_of(sheet)

    assert source.count("Type <code>connector held</code>, then &lt;b&gt;.") == 2
    assert "One <code> alone, </code>&lt;i&gt;` within." in source


def test_a_difference_is_marked_and_none_is_not() -> None:
    columns = (Column("A"), Column("B", Unit.COUNT, is_difference=True))
    rows: tuple[tuple[Cell, ...], ...] = (("x", -2), ("y", 0), ("z", None), ("w", 3))

    page = Page(a_sheet(Table("t", "T", columns, rows)))

    kinds = [a["class"] for a in page.all("td")]
    assert kinds == ["number differs", "number same", "number same", "number differs"]
    assert [text for tag, text in page.texts if tag == "td"] == ["\u22122", "0", "+3"]


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        ((("norway", "200"), ("norway", "210")), ["200", "210"]),
        ((("norway", "200"),), ["200"]),
        ((("Sales", "200"), ("Finance", "210")), ["Sales", "Finance"]),
    ],
)
def test_a_row_is_headed_by_what_tells_it_from_the_others(
    rows: tuple[tuple[Cell, ...], ...], heads: list[str]
) -> None:
    source = page_of(a_sheet(Table("t", "T", (Column("A"), Column("B", Unit.CODE)), rows)))

    assert re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', source) == heads


def test_a_table_alone_in_its_section_is_titled_once() -> None:
    table = Table("t", "Section", (Column("A"),), (("x",),))

    assert page_of(a_sheet(table)).count("<h3") == 0
    assert page_of(a_sheet(table, table)).count("<h3") == 2
    other = page_of(a_sheet(replace(table, title="Other")))
    assert '<caption class="unseen">Section: Other, 1 row</caption>' in other


def test_a_stack_without_a_name_is_left_out() -> None:
    assert "<dt>Stack</dt>" in page_of(not_ready())
    assert "<dt>Stack</dt>" not in page_of(replace(not_ready(), stack=""))
