"""Bugs that are planted one at a time, to see that they are noticed, and by which check."""
