"""The shapes of the vendors' answers: what is published, and what an answer does otherwise.

Pure. Which operations a vendor has stands beside its adapter; who is told, in `services/shared`.
"""
