"""Journeys that are killed at every port call, and the playing of them."""
