"""Finding the people who may differ: what the poller, a re-check and the releaser do.

They read and queue. Nothing is written to Visma here.
"""
