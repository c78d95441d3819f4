"""The verbs about the audit: what it says, whether it is whole, and what it may forget."""
