"""One technology a file, each implementing ports. Adapters never import services."""
