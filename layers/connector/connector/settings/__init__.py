"""The settings of each function, read from its environment. Nothing has a hidden default.

Every missing or unusable variable is named at once. No secret is ever a setting.
"""
