"""The verbs of `connector mappings`, one file each. They are registered with the other verbs."""
