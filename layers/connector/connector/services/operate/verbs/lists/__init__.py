"""The lists of people with whom something is open; each is a name and its own columns."""
