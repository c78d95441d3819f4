"""What the services need from outside, as Protocols by role, with the contract of each method.

No technology and no behaviour; values that cross a port and belong to no rule live here.
"""
