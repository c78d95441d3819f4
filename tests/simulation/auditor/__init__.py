"""The auditor: knows both vendors' records and the promises, and nothing of the connector.

It is told what HR, finance, controller and operator have done only as far as their own systems tell
it, and sees of the connector only rows and texts, see `tests.simulation.stored`.
"""
