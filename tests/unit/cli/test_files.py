"""Several texts on the operator's machine: a folder of files, or one file with all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.cli.exits import UnwritableFileError
from connector.cli.files import write_texts

TEXTS = {"head-count.csv": "\ufeffA;B\r\n1;2\r\n", "open.csv": "\ufeffC\r\nØst\r\n"}


def test_a_folder_is_made_and_gets_a_file_for_each_text(tmp_path: Path) -> None:
    folder = tmp_path / "2026" / "tables"

    write_texts(folder, TEXTS)

    read = {each.name: each.read_bytes().decode() for each in folder.iterdir()}
    assert read == TEXTS


def test_a_file_that_ends_in_csv_gets_all_of_them_under_their_names(tmp_path: Path) -> None:
    path = tmp_path / "All.CSV"

    write_texts(path, TEXTS)

    read = path.read_bytes().decode()
    assert read == "\ufeffhead-count\r\nA;B\r\n1;2\r\n\r\nopen\r\nC\r\nØst\r\n"


def test_a_folder_may_end_in_csv_where_it_is_there_already(tmp_path: Path) -> None:
    folder = tmp_path / "tables.csv"
    folder.mkdir()

    write_texts(folder, TEXTS)

    assert {each.name for each in folder.iterdir()} == TEXTS.keys()


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    write_texts(tmp_path / "in", {"../out.csv": "x"})

    assert (tmp_path / "in" / "out.csv").read_text() == "x"
    assert not (tmp_path / "out.csv").exists()


def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UnwritableFileError, match=r"cannot write .*file: "):
        write_texts(tmp_path / "file", TEXTS)
