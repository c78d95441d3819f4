"""The operator's verbs and the checks behind `ping`, as they run inside the account.

How an answer is drawn is up to the command.
"""
