"""The tables of published answers are those of the contracts."""

from __future__ import annotations

import pytest

from tests.support.shapes import NEEDED, OPERATIONS, file_of, table_of, text_of


@pytest.mark.parametrize("contract", OPERATIONS)
def test_a_table_is_in_step_with_its_contract(contract: str) -> None:
    command = "python -m tests.support.shapes"
    text = file_of(contract).read_text("utf-8")
    assert text == text_of(table_of(contract)), f"write the tables: {command}"


@pytest.mark.parametrize(("contract", "schema"), NEEDED)
def test_what_the_connector_lives_on_is_published(contract: str, schema: str) -> None:
    members = table_of(contract)["named"][schema]["members"]

    assert set(NEEDED[contract, schema]) <= set(members)
