"""Labour cost beside the posted ledger of Visma: reading, comparing, explaining. Never writing."""
