"""Keeping reports in AWS, and what they have to remember of each other."""
