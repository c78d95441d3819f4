"""What needs a human, told without asking a vendor: `connector status`, and a line of `ping`."""
