"""The tests of the connector, and the fakes that they run against."""
