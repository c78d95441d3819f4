"""Keeping reports in AWS."""
