"""What arrives from outside: webhooks of both vendors, and the installation of an app.

Nothing that arrives is believed; it leads to a read at most.
"""
