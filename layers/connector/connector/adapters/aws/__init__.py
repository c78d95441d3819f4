"""The AWS services behind their ports: tables, queue, secrets, and the call of another function.

A row is translated here and interpreted nowhere here.
"""
