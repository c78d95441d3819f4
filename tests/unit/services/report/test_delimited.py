"""The files as a spreadsheet and as a script read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector.domain.report.sheet import Sheet
from connector.services.report.delimited import files_of
from connector.services.shared.spreadsheets import inert
from tests.support.report import hostile, not_ready

COMPUTED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001


def rows_of(sheet: Sheet, name: str) -> list[dict[str, str]]:
    text = files_of(sheet)[name].removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def cells_cut_at(separator: str, text: str) -> Iterator[str]:
    """What a spreadsheet that knows only this separator makes of a file, quotes or not."""
    for line in text.splitlines():
        yield from (cell.lstrip('" ') for cell in line.split(separator))


def test_there_is_a_file_for_every_table_also_for_an_empty_one() -> None:
    files = files_of(not_ready())

    assert len(files) == sum(len(section.tables) for section in not_ready().sections) == 17
    assert "head-count-cost-centres.csv" in files
    assert files["conflicts-people.csv"] == "\ufeffPerson;Company;Since;Why\r\n"


def test_money_is_a_plain_decimal_with_the_nordic_mark_and_a_day_is_iso() -> None:
    cost = rows_of(not_ready(), "labour-cost-norway.csv")
    waiting = rows_of(not_ready(), "waiting-people.csv")

    assert all(
        row["Expected (NOK)"].replace(",", "", 1).isdigit() for row in cost if row["Expected (NOK)"]
    )
    assert {row["Expected (NOK)"][-3:-2] for row in cost} == {",", ""}
    assert waiting[0]["Since"] == "2026-11-17"


def test_what_is_not_shown_is_empty_and_totals_are_left_to_the_reader() -> None:
    cost = rows_of(not_ready(), "labour-cost-norway.csv")
    people = rows_of(not_ready(), "head-count-cost-centres.csv")

    assert [row["Expected (NOK)"] for row in cost][4] == ""
    assert len(people) == 40
    assert "All" not in {row["Department"] for row in people}


def test_a_file_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    for text in files_of(not_ready()).values():
        assert text.encode("utf-8").startswith(b"\xef\xbb\xbf")


def test_no_cell_is_a_formula_at_whichever_separator_a_spreadsheet_cuts() -> None:
    for text in files_of(hostile()).values():
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
        texts = [row[:2] for row in rows[1:]]
        assert not [cell for row in texts for cell in row if cell.startswith(COMPUTED)]
        for separator in ",;\t":
            cut = cells_cut_at(separator, text)
            formulas = [cell for cell in cut if cell.startswith(COMPUTED)]
            assert [cell for cell in formulas if not cell[1:2].isdigit()] == []


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "＝1", "x;=1", "x,=1", 'x;"=1'],  # noqa: RUF001
)
def test_a_formula_is_text_wherever_a_cell_may_begin(text: str) -> None:
    assert "'" in inert(text)
    assert inert(text).replace("'", "") == text


@pytest.mark.parametrize("text", ["Grønland", "a-b", "2 + 2", "kari@nordfab.example", "a; b", ""])
def test_what_no_spreadsheet_computes_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_an_amount_below_zero_stays_a_number() -> None:
    [first, *_] = files_of(hostile()).values()

    assert ";-1234567,89;" in first


def test_hidden_characters_are_named_and_every_file_can_be_written() -> None:
    text = "".join(files_of(hostile()).values())

    assert "approved by [U+202E]irak[U+2066]" in text
    assert "ingen[U+D800]" in text
    assert text.encode("utf-8")


def test_a_line_break_stays_within_its_cell() -> None:
    sheet = not_ready()
    table = sheet.sections[2].tables[0]
    rows = (("1042", "A\nB", "C;D", None, 'say "no"'),)
    section = replace(sheet.sections[2], tables=(replace(table, rows=rows),))

    [row] = rows_of(replace(sheet, sections=(section,)), "waiting-people.csv")

    assert list(row.values()) == ["1042", "A\nB", "C;D", "", 'say "no"']
