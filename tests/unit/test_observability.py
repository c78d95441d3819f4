"""What may be logged: codes, ids, counts and texts of our own making, and nothing else."""

from __future__ import annotations

import pytest

from connector.observability import LOGGABLE, Log


@pytest.mark.parametrize("key", ["name", "email", "body", "salary", "worker_name"])
def test_a_key_that_is_not_on_the_list_cannot_be_logged(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="may not be logged"):
        Log("writer").info("change applied", **{key: "Kari Testmann"})

    assert "Testmann" not in capsys.readouterr().out


def test_nothing_on_the_list_names_a_person() -> None:
    assert not LOGGABLE & {"name", "email", "phone", "address", "person_name", "body", "token"}
