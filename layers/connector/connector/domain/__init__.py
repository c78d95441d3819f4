"""The words of the product as types, and every decision it takes.

Pure: no AWS, no HTTP, no environment, no clock. Whatever a function here needs is handed to it.
"""
