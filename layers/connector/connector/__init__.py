"""Keeps the employee master of Visma.net ERP true to Rippling."""

__version__ = "0.1.0"
