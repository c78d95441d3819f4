"""Payroll runs as journal batches: what a run holds, whose cost it is, and which lines it makes.

Pure: nothing is read or sent here, and no message says what a single person is paid.
"""
