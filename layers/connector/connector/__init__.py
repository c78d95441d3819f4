"""Keeps the employee master of Visma.net ERP in sync with Rippling."""

__version__ = "0.1.0"
