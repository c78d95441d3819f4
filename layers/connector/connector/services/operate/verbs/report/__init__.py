"""The verb of the month-end report."""
