"""What a month-end needs of the fakes: Visma's general ledger, Rippling's payroll runs.

The accounts and rates of Nordfab are examples, and no one's advice.
"""
