"""Applying one change: what the writer does, from a message on the queue to the audit row.

Whom to look at is decided in `find`.
"""
