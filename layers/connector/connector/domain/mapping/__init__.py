"""The controller's mapping: its model, its file, its rows, and the rules by which it decides.

What an edit would do to people is in `impact.py`; reading and storing are elsewhere.
"""
