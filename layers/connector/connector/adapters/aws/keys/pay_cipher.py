"""What people cost, encrypted with a KMS key of the stack before it gets into a table.

Bound to person and company: the cost of one row cannot be put into another. Where a function has no
key, no cost is stored, and none that was stored is read.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import answering, code_of
from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from connector.adapters.aws.errors import Client
    from connector.domain.records.allocation import Allocation
    from connector.domain.records.ledger import EmployeeLink


class PayCipher:
    """One key; what was opened or sealed in this process is not asked for again."""

    def __init__(self, client: Client, key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn
        self._known: dict[str, str] = {}

    def sealed(self, link: EmployeeLink) -> EmployeeLink:
        """The link as it may be stored: its cost is encrypted, or left out where there is no key.

        Raises:
            ConfigurationError: KMS does not let this function use the key.
            RetryableError: KMS cannot answer.
        """
        if link.allocation is None:
            return link
        return replace(link, allocation=self._sealed(link.allocation, link))

    def _sealed(self, allocation: Allocation, link: EmployeeLink) -> Allocation:
        earlier = tuple(self._sealed(each, link) for each in allocation.earlier)
        allocation = replace(allocation, earlier=earlier)
        if allocation.yearly_cost is None:
            return allocation
        sealed = allocation.sealed_cost
        if not self._key_arn:
            sealed = None
        elif sealed is None or self._known.get(sealed) != allocation.yearly_cost:
            sealed = self._seal(allocation.yearly_cost, link)
        return replace(allocation, yearly_cost=None, sealed_cost=sealed)

    def opened(self, link: EmployeeLink) -> EmployeeLink:
        """The link with its cost in clear, for who may see it; raises as `sealed` does."""
        if link.allocation is None or not self._key_arn:
            return link
        return replace(link, allocation=self._opened(link.allocation, link))

    def _opened(self, allocation: Allocation, link: EmployeeLink) -> Allocation:
        earlier = tuple(self._opened(each, link) for each in allocation.earlier)
        allocation = replace(allocation, earlier=earlier)
        if allocation.sealed_cost is None:
            return allocation
        return replace(allocation, yearly_cost=self._open(allocation.sealed_cost, link))

    def _seal(self, plain: str, link: EmployeeLink) -> str:
        answer = self._ask(
            "encrypt", KeyId=self._key_arn, Plaintext=plain.encode(), EncryptionContext=about(link)
        )
        sealed = base64.b64encode(answer["CiphertextBlob"]).decode()
        self._known[sealed] = plain
        return sealed

    def _open(self, sealed: str, link: EmployeeLink) -> str:
        if sealed not in self._known:
            answer = self._ask(
                "decrypt",
                KeyId=self._key_arn,
                CiphertextBlob=base64.b64decode(sealed),
                EncryptionContext=about(link),
            )
            self._known[sealed] = answer["Plaintext"].decode()
        return self._known[sealed]

    def _ask(self, verb: str, **request: object) -> dict[str, bytes]:
        try:
            with answering("KMS"):
                answer: dict[str, bytes] = getattr(self._client, verb)(**request)
        except ClientError as error:
            raise ConfigurationError(
                f"KMS does not {verb} what people cost ({code_of(error)}): see that the key PayKey"
                " of the stack is enabled, docs/privacy.md#pay"
            ) from None
        return answer


def about(link: EmployeeLink) -> dict[str, str]:
    """What an encrypted cost is bound to."""
    return {"person": link.person_id, "company": link.company}
