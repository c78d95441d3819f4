"""Load and outage: the functions as they are, through days of a company of thousands.

`python -m tests.load` plays the stories and writes the tables of docs/load.md. What is promised of
each story is tested with tens of people in `test_stories.py`.
"""
