"""Calls over HTTP that any vendor needs: one client, its rate limits, its sign-in.

Nothing here knows Rippling or Visma.
"""
