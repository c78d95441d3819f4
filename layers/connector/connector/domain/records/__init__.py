"""What is kept of people: the ledger's rows, their cost allocation, and the audit.

How a row is stored is in the adapters; what leads to a row is decided elsewhere.
"""
