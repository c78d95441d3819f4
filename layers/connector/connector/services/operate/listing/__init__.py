"""Lists for operators: rows of the audit, and people with whom something is open."""
