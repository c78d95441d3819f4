"""Fields of an employee: which texts are the same one in another form."""

from __future__ import annotations

import pytest

from connector.domain.employees import reads_as, row_version


@pytest.mark.parametrize(
    ("path", "wanted", "shown"),
    [
        ("contact.email", "Kari.Nordmann@Example.com", "kari.nordmann@example.com"),
        ("contact.phone1", "+47 22 33 44 55", "+4722334455"),
        ("contact.phone1", "0047 22334455", "+47 22 33 44 55"),
        ("contact.last_name", " Ødegård  Lie ", "Ødegård Lie"),
        ("contact.last_name", "A\u030adland", "Ådland"),
        ("contact.last_name", "x" * 40, "x" * 30),
        ("address.postal_code", "123 45", "12345"),
    ],
)
def test_another_form_of_a_text_is_the_same_text(path: str, wanted: str, shown: str) -> None:
    assert reads_as(path, wanted, shown)


@pytest.mark.parametrize(
    ("path", "wanted", "shown"),
    [
        ("contact.email", "kari@example.com", "kari.n@example.com"),
        ("contact.phone1", "+47 22 33 44 55", "+47 22 33 44 56"),
        ("contact.phone1", "extension", "none"),
        ("contact.last_name", "Lie Berg", "Lie"),
        ("contact.last_name", "Lie", ""),
        ("contact.last_name", "", "Lie"),
        ("contact.last_name", "x" * 30, "x" * 40),
        ("department", "SALES", "sales"),
        ("status", "Active", "Inactive"),
    ],
)
def test_another_text_is_another_text(path: str, wanted: str, shown: str) -> None:
    assert not reads_as(path, wanted, shown)


@pytest.mark.parametrize("etag", ['"AAA="', "AAA=", 'W/"AAA="', '"AAA=-gzip"', ' "AAA=" '])
def test_a_version_is_the_same_in_every_wrapping(etag: str) -> None:
    assert row_version(etag) == "AAA="
