"""Why posted and expected differ on a cost centre: candidates, and which of them explain it.

Pure. A cause names people by number and batches by number, and never an amount.
"""
