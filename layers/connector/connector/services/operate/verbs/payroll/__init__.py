"""The verbs about payroll runs."""
