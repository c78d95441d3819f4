"""Looking ahead of an act: what it would do, and whether that is to be asked for."""
