"""The Visma.net ERP API behind its port: reads, single writes, and the JSON they travel in.

What is to be written is decided in the domain.
"""
