"""AWS in this process, for the functions only: quick enough for days of a company of thousands.

What DynamoDB, SQS, Secrets Manager, CloudWatch and Lambda answer to the calls that the connector
makes, and what these calls cost. `tests/load/test_cloud.py` has moto answer the same calls and
compares.

moto itself is too slow for days; docs/load.md says by how much.
"""
