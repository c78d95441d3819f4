"""A simulated year: one seed drives vendors, people, tables, queue, functions and the clock.

An auditor that knows the vendors' records and the promises looks on; see docs/testing.md.
"""
