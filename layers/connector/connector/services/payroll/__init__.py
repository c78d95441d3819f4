"""Payroll runs as balanced batches on hold in Visma's journal: listed, planned, exported."""
