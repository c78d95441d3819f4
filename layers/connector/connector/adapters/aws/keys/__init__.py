"""The keys of the stack: of its digests, in a secret, and of what people cost, in KMS."""
