"""The general ledger of Visma.net ERP behind its port: reads alone, and the JSON they travel in.

No path that writes is known here.
"""
