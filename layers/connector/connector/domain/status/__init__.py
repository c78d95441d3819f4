"""What one screen says of the connector: what is so, what is red, and why. Pure."""
