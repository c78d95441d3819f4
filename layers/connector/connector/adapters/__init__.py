"""The ports made real: one technology a folder, and what all of them share beside these.

Nothing is decided here, and no service is imported.
"""
