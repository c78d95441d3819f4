"""What several tiers of tests share: worlds in which the real services run against the fakes."""
