"""AWS in this process, for the functions only: quick enough for days of a company of thousands.

What DynamoDB, SQS, Secrets Manager, CloudWatch and Lambda answer to the calls that the connector
makes, and what these calls cost. `tests/load/test_cloud.py` has moto answer the same calls and
compares.

moto itself is too slow for days: 37 s of CPU for the first load of 300 people and 88 ms for a tick
in which nothing changed, where this takes 2.3 s and 11 ms.
"""
