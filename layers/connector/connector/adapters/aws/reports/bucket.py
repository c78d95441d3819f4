"""The bucket of the reports in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import answering, code_of
from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from connector.adapters.aws.errors import Client


class S3ReportsBucket:
    """One bucket, in which objects are kept and none is read or taken away."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Keeps an object, encrypted as the bucket says.

        Raises:
            ConfigurationError: S3 refuses it.
            RetryableError: S3 does not answer.
        """
        try:
            with answering("S3"):
                self._client.put_object(
                    Bucket=self._name, Key=key, Body=content, ContentType=media_type
                )
        except ClientError as error:
            raise ConfigurationError(
                f"the bucket {self._name} did not take it ({code_of(error)}): see that it is there"
                " and that the operations function may put objects into it"
            ) from None
