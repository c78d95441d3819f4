"""The kinds of rules that a mapping is made of, and which of them speaks for whom.

A company's rules together are in `model.py`, one floor up.
"""
