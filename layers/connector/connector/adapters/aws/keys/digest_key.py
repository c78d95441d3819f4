"""The key of the stack's digests, in a secret that AWS made up when the stack was deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import answering, code_of
from connector.domain.errors import ConfigurationError
from connector.domain.records.digests import DigestKey

if TYPE_CHECKING:
    from connector.adapters.aws.errors import Client

SHORTEST = 32


def digest_key(client: Client, arn: str) -> DigestKey:
    """The key in this secret; it is read when the first digest is made, once a process.

    Making a digest then raises:
        ConfigurationError: there is no such secret, or too little in it to be a key.
        RetryableError: Secrets Manager cannot answer.
    """

    def load() -> bytes:
        try:
            with answering("Secrets Manager"):
                text = client.get_secret_value(SecretId=arn).get("SecretString", "")
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            text = ""
        secret = str(text).strip().encode()
        if len(secret) < SHORTEST:
            raise ConfigurationError(
                "the digest key secret is empty or too short: restore its last version, or put 64"
                " random characters in it, see docs/configuration.md#the-digest-key-secret"
            )
        return secret

    return DigestKey(load)
