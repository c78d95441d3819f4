"""The verbs that foretell what the writer would do, and have it done."""
