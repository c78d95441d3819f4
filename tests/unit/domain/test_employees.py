"""Fields of an employee: which texts are the same one in another form."""

from __future__ import annotations

import pytest

from connector.domain.employees import (
    Employee,
    is_answer_to,
    is_made_of,
    reads_as,
    row_version,
    shows_same,
    stored_values,
)
from connector.domain.records.digests import DigestKey, Seal

KARI = {
    "contact.first_name": "Kari",
    "contact.last_name": "Hansen",
    "contact.email": "kari@example.com",
}
OLA = {
    "contact.first_name": "Ola",
    "contact.last_name": "Berg",
    "contact.email": "ola@example.com",
}
SEAL = Seal(DigestKey(lambda: b"key"), "salt")


def marked(fields: dict[str, str]) -> dict[str, str]:
    return stored_values(fields, SEAL)


def like_kari(*paths: str) -> dict[str, str]:
    return {**OLA, **{f"contact.{path}": KARI[f"contact.{path}"] for path in paths}}


@pytest.mark.parametrize(
    ("shown", "is_same"),
    [
        (KARI, True),
        (OLA, False),
        (like_kari("last_name"), False),
        (like_kari("first_name"), False),
        (like_kari("first_name", "last_name"), True),  # a new address
        (like_kari("email", "last_name"), True),
        (like_kari("email", "first_name"), True),  # married
        (like_kari("email"), False),  # an address that a family shares
        ({**KARI, "contact.email": ""}, True),
        ({"contact.email": "kari@example.com"}, True),
        ({"contact.last_name": "Hansen"}, None),
        ({}, False),
    ],
)
def test_an_employee_is_known_by_the_address_or_both_names_and_by_no_name_alone(
    shown: dict[str, str], is_same: bool | None
) -> None:
    assert shows_same(marked(KARI), marked(shown), SEAL) is is_same


def test_what_is_desired_by_now_counts_as_what_was_written() -> None:
    married = like_kari("first_name")

    assert shows_same(marked(KARI), marked(married), SEAL) is False
    assert shows_same(marked(KARI), marked(married), SEAL, married)
    assert shows_same(marked(KARI), marked(KARI), SEAL, married)


def test_of_what_was_written_with_another_key_nothing_tells_unless_it_is_desired() -> None:
    old = stored_values(KARI, Seal(DigestKey(lambda: b"old"), "salt"))

    assert shows_same(old, marked(KARI), SEAL) is None
    assert shows_same(old, marked(KARI), SEAL, KARI)
    assert shows_same(old, marked(like_kari("last_name")), SEAL, KARI) is False


@pytest.mark.parametrize(
    ("shown", "answers", "is_made"),
    [
        (KARI, True, True),
        ({**KARI, "contact.email": " KARI@example.com"}, True, True),
        (like_kari("email"), True, False),
        (like_kari("email", "last_name"), True, False),
        ({"contact.email": "kari@example.com"}, True, True),
        (like_kari("last_name", "first_name"), False, False),
        ({}, False, False),
    ],
)
def test_after_a_write_an_employee_is_known_by_what_was_sent(
    shown: dict[str, str], answers: bool, is_made: bool
) -> None:
    employee = Employee("1001", shown)

    assert is_answer_to(KARI, employee) is answers
    assert is_made_of(KARI, employee) is is_made


def test_after_a_write_without_an_address_the_last_name_tells() -> None:
    sent = {"contact.last_name": "Hansen"}

    assert is_answer_to(sent, Employee("1001", KARI))
    assert not is_answer_to(sent, Employee("1001", OLA))
    assert is_answer_to({"status": "Inactive"}, Employee("1001", OLA))


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
