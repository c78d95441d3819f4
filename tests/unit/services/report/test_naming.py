"""Names of sections and tables, whatever their keys hold."""

from __future__ import annotations

from dataclasses import replace

from connector.domain.report.sheet import Section, Table
from connector.services.report.naming import named
from tests.support.report import hostile, not_ready


def test_a_section_is_called_by_its_key_and_a_table_by_both() -> None:
    names = {name: [own for own, _ in tables] for name, _, tables in named(not_ready())}

    assert names["head-count"] == ["head-count-cost-centres"]
    assert names["changes"] == ["changes-kinds", "changes-days", "changes-cost-centres"]


def test_no_key_leads_out_of_a_folder_and_no_two_names_are_the_same() -> None:
    names = [each for name, _, tables in named(hostile()) for each in (name, *dict(tables))]

    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
    assert len(set(names)) == len(names) == 6


def test_no_section_takes_a_name_that_the_page_has_for_itself() -> None:
    sheet = replace(not_ready(), sections=(Section("page-contents", "S"),))

    assert [name for name, *_ in named(sheet)] == ["the-page-contents"]


def test_keys_that_differ_only_in_what_a_name_cannot_hold_are_numbered() -> None:
    tables = tuple(Table(key, "T", ()) for key in ("a/b", "a b", "A-B", "æ"))
    sheet = replace(not_ready(), sections=(Section("s", "S", tables),))

    [(_, _, own)] = named(sheet)

    assert [name for name, _ in own] == ["s-a-b", "s-a-b-2", "s-a-b-3", "s-part"]
