"""The bucket of the reports: what is put there is there, and what is refused is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from connector.adapters.aws.reports.bucket import S3ReportsBucket
from connector.adapters.memory import InMemoryReportsBucket
from connector.domain.errors import ConfigurationError, RetryableError
from connector.ports.reports.bucket import ReportsBucket
from tests.contract.bench import REGION, Watched, aws

KEY = "reports/2026-11/20261202T120000Z/report.html"


@pytest.fixture
def s3() -> Iterator[Any]:
    with aws("s3") as client:
        where = {"LocationConstraint": REGION}
        client.create_bucket(Bucket="reports", CreateBucketConfiguration=where)
        yield client


def test_a_report_is_kept_to_the_byte_with_its_kind(s3: Any) -> None:
    bucket: ReportsBucket = S3ReportsBucket(s3, "reports")

    bucket.put(KEY, "Øst".encode(), "text/html; charset=utf-8")

    kept = s3.get_object(Bucket="reports", Key=KEY)
    assert kept["Body"].read().decode() == "Øst"
    assert kept["ContentType"] == "text/html; charset=utf-8"


def test_a_bucket_that_is_not_there_is_told_with_its_name(s3: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"the bucket gone did not take it \(NoSuchBucket"):
        S3ReportsBucket(s3, "gone").put(KEY, b"x", "text/html")


def test_a_right_that_was_taken_away_is_told(s3: Any) -> None:
    watched = Watched(s3)
    refusal = ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")
    watched.answers["put_object"] = [refusal]

    with pytest.raises(ConfigurationError, match="AccessDenied"):
        S3ReportsBucket(watched, "reports").put(KEY, b"x", "text/html")


def test_s3_that_does_not_answer_is_to_be_asked_again(s3: Any) -> None:
    watched = Watched(s3)
    watched.answers["put_object"] = [EndpointConnectionError(endpoint_url="https://s3")]

    with pytest.raises(RetryableError):
        S3ReportsBucket(watched, "reports").put(KEY, b"x", "text/html")


def test_the_bucket_in_memory_keeps_the_same_and_refuses_in_the_same_way() -> None:
    bucket = InMemoryReportsBucket()
    bucket.put(KEY, b"x", "text/html")
    assert bucket.objects == {KEY: (b"x", "text/html")}

    bucket.is_shut = True
    with pytest.raises(ConfigurationError, match="AccessDenied"):
        bucket.put(KEY, b"y", "text/html")
