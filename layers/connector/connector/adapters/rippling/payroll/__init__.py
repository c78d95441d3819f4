"""Payroll runs as Rippling's two APIs show them. A run is never approved or changed from here."""
