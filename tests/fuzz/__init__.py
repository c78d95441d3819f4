"""The endpoints to the outside under invented requests: by their contract, and by coverage."""
