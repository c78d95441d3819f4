"""The demo: the very stack on the embedded AWS, a company on both sides, a story that is checked.

Nothing of the connector is imported here: the story uses the deployed functions and the command.
"""
