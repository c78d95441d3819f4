"""Both of Rippling's APIs behind the same port: reading pages, and turning rows into workers.

What follows from a worker is decided in the domain.
"""
