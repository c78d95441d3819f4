"""What the words of a mapping mean in Rippling, and how that is settled."""
