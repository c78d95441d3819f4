"""What the operator does to the running connector: replays and runs."""
