"""Foretelling: what the writer would do now, found out by its own steps and left undone."""
