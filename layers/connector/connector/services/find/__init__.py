"""Finding whoever may differ: what the poller, a re-check and the releaser do. It only ever queues.

Nothing is written to Visma here.
"""
