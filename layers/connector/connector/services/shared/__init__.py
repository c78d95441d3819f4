"""What more than one function does in the same way: guards, reference data, configuration.

A use case of a single function belongs in its own folder.
"""
