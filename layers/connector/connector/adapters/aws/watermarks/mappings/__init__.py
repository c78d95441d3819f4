"""What the watermarks table remembers of mappings: their history, and who was seen under which."""
