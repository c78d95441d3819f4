"""The verbs that have the poller run, one class each. They are registered with the other verbs."""
