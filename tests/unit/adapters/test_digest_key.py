"""The key of the stack's digests, from its secret."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from connector.adapters.aws.keys.digest_key import digest_key
from connector.domain.errors import ConfigurationError, RetryableError
from tests.contract.bench import aws


class Counted:
    """A client that counts what it is asked for, or fails."""

    def __init__(self, text: str = "", error: str = "") -> None:
        self.text, self.error, self.calls = text, error, 0

    def get_secret_value(self, **_: str) -> dict[str, str]:
        self.calls += 1
        if self.error:
            raise ClientError({"Error": {"Code": self.error}}, "GetSecretValue")
        return {"SecretString": self.text}


def test_the_secret_is_read_with_the_first_digest_and_never_again() -> None:
    client = Counted("k" * 64)
    key = digest_key(client, "arn")

    assert client.calls == 0
    assert key.mac("one") != key.mac("other")
    assert key.made(key.mac("one"))
    assert client.calls == 1


def test_two_secrets_are_two_keys_and_neither_is_shown() -> None:
    one, other = (digest_key(Counted(letter * 64), "arn") for letter in "ab")

    assert one.mac("text").partition(":")[2] != other.mac("text").partition(":")[2]
    assert one.name != other.name
    assert not other.made(one.mac("text"))
    assert "aaaa" not in repr(one) + one.mac("text")


@pytest.mark.parametrize("text", ["", " ", "k" * 31])
def test_a_secret_that_is_no_key_says_what_to_do(text: str) -> None:
    with pytest.raises(ConfigurationError, match="put 64 random characters in it"):
        digest_key(Counted(text), "arn").mac("text")


def test_a_secret_without_a_value_says_what_to_do() -> None:
    with aws("secretsmanager") as client:
        arn = client.create_secret(Name="empty")["ARN"]

        with pytest.raises(ConfigurationError, match="restore its last version"):
            digest_key(client, arn).mac("text")


def test_a_busy_secrets_manager_is_tried_again() -> None:
    key = digest_key(Counted(error="ThrottlingException"), "arn")

    with pytest.raises(RetryableError):
        key.mac("text")
