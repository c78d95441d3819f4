"""Labour cost beside the posted ledger: what people should cost, what is posted, why they differ.

Pure. Amounts are exact and in the currency of the ledger unless a name says otherwise. What is
read of a ledger, and how, is known to `adapters/visma/books`.
"""
